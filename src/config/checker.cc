#include "config/checker.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "config/nearest.h"
#include "config/settings.h"
#include "config/values.h"

namespace kaiku::config {
namespace {

constexpr size_t kNameBytes = 63;
constexpr size_t kTopicBytes = 249;
constexpr std::string_view kWindowVariable = "{window}";
constexpr std::string_view kNameRule =
    "use small letters, digits, - and _, at most 63, a letter or digit first";

// Words that other engines use for what has another name here.
struct Synonym {
  std::string_view word;
  std::string_view path;
};

constexpr Synonym kSynonyms[] = {
    {"kafka", "log"},
    {"brokers", "log.common (bootstrap.servers)"},
    {"bootstrap.servers", "log.common"},
    {"broker", "log.common (bootstrap.servers)"},
    {"group.id", "log.consumer"},
    {"grace", "windows.<name>.final_after"},
    {"allowed_lateness", "time.lateness"},
    {"watermark", "time.out_of_orderness"},
    {"ttl", "dedup.horizon"},
    {"checkpoint_every", "state.commit_every"},
    {"threads", "workers"},
    {"format", "sources.<name>.mapping"},
    {"inputs", "sources"},
    {"sinks", "outputs"},
    {"dlq", "outputs.dead_letters"},
    {"port", "server.listen"},
};

std::string join(std::string_view path, std::string_view key) {
  return path.empty() ? std::string(key) : std::string(path) + "." + std::string(key);
}

std::string article(std::string_view kind) {
  return "has to be " + std::string(kind);
}

std::string_view described(Type type) {
  switch (type) {
    case Type::kSection:
    case Type::kNamed:
    case Type::kProperties:
      return "a map";
    case Type::kList:
    case Type::kTests:
      return "a list";
    case Type::kTextList:
      return "a list of texts";
    case Type::kInteger:
      return "a whole number";
    case Type::kBoolean:
      return "true or false";
    case Type::kDuration:
      return "a time with its unit";
    case Type::kSize:
      return "a size with its unit";
    case Type::kMapping:
      return "a name, a path or a map";
    default:
      return "text";
  }
}

class Checker {
 public:
  explicit Checker(Report& report) : report_(report) {}

  void visit(const Node& node, const Setting& setting, const std::string& path) {
    switch (setting.type) {
      case Type::kSection:
        visit_section(node, setting.path, path);
        return;
      case Type::kNamed:
        visit_named(node, setting, path);
        return;
      case Type::kList:
        visit_list(node, setting, path);
        return;
      case Type::kTextList:
        visit_texts(node, setting, path);
        return;
      case Type::kProperties:
        visit_properties(node, setting, path);
        return;
      case Type::kMapping:
        if (node.is_list() || node.kind == Node::Kind::kNull) {
          wrong_type(node, setting.type, path);
        }
        return;
      case Type::kTests:
        if (!node.is_list() && node.kind != Node::Kind::kNull) {
          wrong_type(node, setting.type, path);
        }
        return;
      default:
        visit_scalar(node, setting, path);
    }
  }

 private:
  void wrong_type(const Node& node, Type type, const std::string& path) {
    const std::string name = path.empty() ? "the pipeline file" : path;
    if (node.kind == Node::Kind::kNull) {
      report_.error_at(node,
                       "KA011",
                       path,
                       name + " has no value",
                       article(described(type)) + "; leave the key out for the default");
      return;
    }
    report_.error_at(
        node,
        "KA011",
        path,
        name + " " + article(described(type)) + ", not " + std::string(kind_name(node)));
  }

  void visit_section(const Node& node, std::string_view schema, const std::string& path) {
    const std::vector<const Setting*> known = children_of(schema);
    if (!node.is_map()) {
      // A section whose keys are all commented out is as good as none.
      const bool empty = node.kind == Node::Kind::kNull && !path.empty();
      if (empty) {
        report_missing(node, known, {}, path);
      } else {
        wrong_type(node, Type::kSection, path);
      }
      return;
    }
    std::vector<std::string_view> meant;
    for (size_t i = 0; i < node.keys.size(); ++i) {
      const Node& key = node.keys[i];
      if (!key.is_scalar() || key.text == "<<") {
        continue;  // reported by the reader
      }
      const auto found = std::find_if(known.begin(), known.end(), [&key](const Setting* setting) {
        return key_of(*setting) == key.text;
      });
      if (found != known.end()) {
        visit(node.items[i], **found, join(path, key.text));
      } else {
        meant.push_back(unknown_key(key, known, path));
      }
    }
    report_missing(node, known, meant, path);
  }

  // The key that was probably meant, "" if that is not clear.
  std::string_view unknown_key(const Node& key,
                               const std::vector<const Setting*>& known,
                               const std::string& path) {
    std::vector<std::string_view> names;
    names.reserve(known.size());
    for (const Setting* setting : known) {
      names.push_back(key_of(*setting));
    }
    const std::string_view near = nearest(key.text, names);
    std::string suggestion = elsewhere(key.text);
    if (suggestion.empty() && !near.empty()) {
      suggestion = "did you mean \"" + std::string(near) + "\"?";
    }
    if (suggestion.empty()) {
      suggestion = "known here:";
      for (const std::string_view name : names) {
        suggestion += " " + std::string(name) + ",";
      }
      suggestion.pop_back();
    }
    report_.error_at(key,
                     "KA014",
                     join(path, key.text),
                     "unknown key \"" + key.text + "\"" + (path.empty() ? "" : " in " + path),
                     std::move(suggestion));
    return near;
  }

  // Where a key that is right in itself belongs.
  static std::string elsewhere(std::string_view key) {
    for (const Synonym& synonym : kSynonyms) {
      if (synonym.word == key) {
        return "here that is " + std::string(synonym.path);
      }
    }
    std::string places;
    for (const Setting& setting : settings()) {
      const size_t dot = setting.path.rfind('.');
      if (!setting.path.empty() && key_of(setting) == key) {
        places += places.empty() ? "" : " or ";
        places += dot == std::string_view::npos ? "the top level"
                                                : path_for_people(setting.path.substr(0, dot));
      }
    }
    return places.empty() ? "" : "it belongs under " + places;
  }

  void report_missing(const Node& node,
                      const std::vector<const Setting*>& known,
                      const std::vector<std::string_view>& meant,
                      const std::string& path) {
    for (const Setting* setting : known) {
      const std::string_view key = key_of(*setting);
      const bool is_meant = std::find(meant.begin(), meant.end(), key) != meant.end();
      if (setting->required && node.find(key) == nullptr && !is_meant) {
        std::string suggestion =
            setting->path == "brands"
                ? "list them, or write \"brands: open\" to take the brand field as it stands"
                : std::string(setting->help);
        report_.error_at(
            node,
            "KA012",
            join(path, key),
            "\"" + std::string(key) + "\" is missing" + (path.empty() ? "" : " in " + path),
            std::move(suggestion));
      }
    }
  }

  void visit_named(const Node& node, const Setting& setting, const std::string& path) {
    if (!node.is_map() || node.items.empty()) {
      if (!node.is_map()) {
        wrong_type(node, setting.type, path);
      } else if (setting.required) {
        report_.error_at(node, "KA012", path, path + " is empty");
      }
      return;
    }
    const std::string below = std::string(setting.path) + ".*";
    for (size_t i = 0; i < node.keys.size(); ++i) {
      const Node& key = node.keys[i];
      if (!key.is_scalar() || key.text == "<<") {
        continue;
      }
      const std::string here = join(path, key.text);
      if (!is_user_name(key.text)) {
        report_.error_at(
            key, "KA017", here, "\"" + key.text + "\" cannot be a name", std::string(kNameRule));
      }
      visit_section(node.items[i], below, here);
    }
  }

  void visit_list(const Node& node, const Setting& setting, const std::string& path) {
    if (node.is_scalar() && !setting.choices.empty()) {
      if (node.text != setting.choices && !node.failed) {
        report_.error_at(node,
                         "KA015",
                         path,
                         path + " is a list or the word \"" + std::string(setting.choices) + "\"");
      }
      return;
    }
    if (!node.is_list()) {
      wrong_type(node, setting.type, path);
      return;
    }
    if (setting.required && node.items.empty()) {
      report_.error_at(node, "KA012", path, path + " is empty");
    }
    const std::string below = std::string(setting.path) + ".*";
    for (size_t i = 0; i < node.items.size(); ++i) {
      visit_section(node.items[i], below, path + "[" + std::to_string(i) + "]");
    }
  }

  void visit_texts(const Node& node, const Setting& setting, const std::string& path) {
    if (!node.is_list()) {
      if (node.is_scalar()) {
        report_.error_at(node,
                         "KA011",
                         path,
                         path + " has to be a list of texts",
                         "write [" + node.written + "]");
      } else {
        wrong_type(node, setting.type, path);
      }
      return;
    }
    for (size_t i = 0; i < node.items.size(); ++i) {
      const Node& item = node.items[i];
      const std::string here = path + "[" + std::to_string(i) + "]";
      if (!item.is_scalar()) {
        report_.error_at(item,
                         "KA011",
                         here,
                         here + " has to be text, not " + std::string(kind_name(item)),
                         item.kind == Node::Kind::kNull ? "put it in quotes" : "");
      } else {
        check_text(item, here);
      }
    }
  }

  void visit_properties(const Node& node, const Setting& setting, const std::string& path) {
    if (node.kind == Node::Kind::kNull) {
      return;
    }
    if (!node.is_map()) {
      wrong_type(node, setting.type, path);
      return;
    }
    for (size_t i = 0; i < node.items.size(); ++i) {
      if (!node.items[i].is_scalar() && node.keys[i].is_scalar()) {
        const std::string here = join(path, node.keys[i].text);
        report_.error_at(
            node.items[i],
            "KA011",
            here,
            here + " has to be one value, not " + std::string(kind_name(node.items[i])));
      }
    }
  }

  // Text that YAML 1.1 would read as something else is nearly always a slip.
  void check_text(const Node& node, const std::string& path) {
    if (node.failed) {
      return;
    }
    if (node.text.empty()) {
      report_.error_at(node, "KA017", path, path + " is empty");
    } else if (!node.quoted && !node.expanded && (node.text == "true" || node.text == "false")) {
      report_.error_at(node,
                       "KA011",
                       path,
                       path + " has to be text, not true or false",
                       "put it in quotes if it is meant");
    } else if (node.text.substr(0, 3) == "\u201C" || node.text.substr(0, 3) == "\u2018") {
      report_.warning_at(node,
                         "KA006",
                         path,
                         "typographic quotes belong to the value here",
                         "use \" or ' to quote");
    }
  }

  void visit_scalar(const Node& node, const Setting& setting, const std::string& path) {
    if (!node.is_scalar()) {
      wrong_type(node, setting.type, path);
      return;
    }
    if (node.failed) {
      return;
    }
    switch (setting.type) {
      case Type::kInteger:
        check_number(node, setting, path, "KA011", read_integer, [](int64_t v) {
          return std::to_string(v);
        });
        return;
      case Type::kDuration:
        check_number(node, setting, path, "KA016", read_duration, write_duration);
        return;
      case Type::kSize:
        check_number(node, setting, path, "KA016", read_size, write_size);
        return;
      case Type::kBoolean: {
        std::string why;
        if (!read_boolean(node.text, why).has_value()) {
          report_.error_at(node, "KA011", path, path + " has to be true or false", why);
        }
        return;
      }
      case Type::kChoice:
        check_choice(node, setting, path);
        return;
      case Type::kName:
        check_text(node, path);
        if (!node.text.empty() && !is_plain_name(node.text)) {
          report_.error_at(node,
                           "KA017",
                           path,
                           path + " cannot be " + shown(node),
                           "use small letters, digits and -, at most 63, a letter or digit first");
        }
        return;
      case Type::kWord:
        check_text(node, path);
        if (!node.text.empty() && !is_user_name(node.text)) {
          report_.error_at(
              node, "KA017", path, path + " cannot be " + shown(node), std::string(kNameRule));
        }
        return;
      case Type::kTopic:
        check_topic(node, path);
        return;
      default:
        check_text(node, path);
    }
  }

  // What came from outside the file is never shown: it may be a secret.
  static std::string shown(const Node& node) {
    return node.expanded ? "what " + node.written + " gives" : "\"" + node.text + "\"";
  }

  template <typename Read, typename Write>
  void check_number(const Node& node,
                    const Setting& setting,
                    const std::string& path,
                    std::string_view code,
                    Read read,
                    Write write) {
    std::string why;
    const std::optional<int64_t> value = read(node.text, why);
    if (!value.has_value()) {
      report_.error_at(node,
                       code,
                       path,
                       path + " " + article(described(setting.type)) + ", not " + shown(node),
                       node.expanded ? "" : why);
      return;
    }
    if (*value < setting.least || *value > setting.most) {
      std::string range = path + " has to be ";
      if (setting.least == setting.most) {
        range += write(setting.least);
      } else {
        range += "from " + write(setting.least) + " to " + write(setting.most);
      }
      report_.error_at(node, "KA013", path, std::move(range));
    }
  }

  void check_choice(const Node& node, const Setting& setting, const std::string& path) {
    const std::vector<std::string_view> choices = choices_of(setting);
    if (std::find(choices.begin(), choices.end(), node.text) != choices.end()) {
      return;
    }
    std::string all;
    for (const std::string_view choice : choices) {
      all += (all.empty() ? "" : ", ") + std::string(choice);
    }
    const std::string_view near = nearest(node.text, choices);
    report_.error_at(node,
                     "KA015",
                     path,
                     path + " cannot be " + shown(node) + "; it is one of: " + all,
                     near.empty() ? "" : "did you mean \"" + std::string(near) + "\"?");
  }

  void check_topic(const Node& node, const std::string& path) {
    check_text(node, path);
    std::string name = node.text;
    const size_t variable = name.find(kWindowVariable);
    if (variable != std::string::npos && path == "outputs.aggregates.topic") {
      name.replace(variable, kWindowVariable.size(), "window");
    }
    if (!name.empty() && !is_topic_name(name)) {
      const bool braces = name.find('{') != std::string::npos;
      report_.error_at(node,
                       "KA017",
                       path,
                       path + " cannot be " + shown(node),
                       braces ? "{window} is the only variable, in outputs.aggregates.topic, once"
                              : "Kafka takes letters, digits, '.', '_' and '-', at most 249");
    }
  }

  Report& report_;
};

}  // namespace

bool is_plain_name(std::string_view name) {
  if (name.empty() || name.size() > kNameBytes || name.front() == '-') {
    return false;
  }
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool is_user_name(std::string_view name) {
  std::string plain(name);
  std::replace(plain.begin() + static_cast<ptrdiff_t>(!plain.empty()), plain.end(), '_', '-');
  return is_plain_name(plain);
}

bool is_topic_name(std::string_view name) {
  if (name.empty() || name.size() > kTopicBytes || name == "." || name == "..") {
    return false;
  }
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

void check_tree(const Node& root, Report& report) {
  Checker(report).visit(root, *find_setting(""), "");
}

}  // namespace kaiku::config
