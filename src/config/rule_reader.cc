#include "config/rule_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "config/nearest.h"
#include "config/values.h"
#include "config/zones.h"

namespace kaiku::config {
namespace {

using parse::Extract;
using parse::TimeFormat;

struct FormatName {
  std::string_view name;
  TimeFormat format;
};

constexpr FormatName kFormats[] = {
    {"auto", TimeFormat::kAuto},
    {"rfc3339", TimeFormat::kRfc3339},
    {"twitter", TimeFormat::kTwitter},
    {"unix_s", TimeFormat::kUnixSeconds},
    {"unix_ms", TimeFormat::kUnixMillis},
    {"unix_us", TimeFormat::kUnixMicros},
    {"seconds_nanos", TimeFormat::kSecondsNanos},
    {"local", TimeFormat::kLocal},
};

// The keys of each form; the first one names it.
struct Form {
  Extract::Kind kind;
  std::vector<std::string_view> keys;
};

const std::vector<Form>& forms() {
  static const std::vector<Form> all{
      {Extract::Kind::kExists, {"exists", "then", "else", "when"}},
      {Extract::Kind::kPrefix, {"prefix", "path", "then", "else", "when"}},
      {Extract::Kind::kMultiply, {"multiply", "when"}},
      {Extract::Kind::kJoin, {"join", "when"}},
      {Extract::Kind::kConstant, {"constant", "when"}},
      {Extract::Kind::kPath, {"path", "format", "map", "default", "zone", "html", "when"}},
  };
  return all;
}

bool is_pointer(std::string_view text) {
  return !text.empty() && text.front() == '/';
}

class RuleReader {
 public:
  explicit RuleReader(Report& report) : report_(report) {}

  std::vector<Extract> alternatives(const Node& value, const std::string& path) {
    std::vector<Extract> out;
    if (!value.is_list()) {
      one(value, path, out);
      return out;
    }
    if (value.items.empty()) {
      wrong(value, path, "an empty list gives no value");
    }
    for (size_t i = 0; i < value.items.size(); ++i) {
      one(value.items[i], path + "[" + std::to_string(i) + "]", out);
    }
    return out;
  }

  std::vector<parse::Condition> conditions(const Node& value, const std::string& path) {
    std::vector<parse::Condition> out;
    if (value.is_map()) {
      condition(value, path, out);
      return out;
    }
    if (!value.is_list()) {
      wrong(
          value, path, "when has to be a list of conditions", "[{path: /kind, in: [post, reply]}]");
      return out;
    }
    for (size_t i = 0; i < value.items.size(); ++i) {
      condition(value.items[i], path + "[" + std::to_string(i) + "]", out);
    }
    return out;
  }

 private:
  void wrong(const Node& node,
             const std::string& path,
             std::string message,
             std::string suggestion = {}) {
    report_.error_at(node, "KA040", path, std::move(message), std::move(suggestion));
  }

  bool known_keys(const Node& map,
                  const std::vector<std::string_view>& keys,
                  const std::string& path) {
    bool all_known = true;
    for (const Node& key : map.keys) {
      if (!key.is_scalar() || std::find(keys.begin(), keys.end(), key.text) != keys.end()) {
        continue;
      }
      all_known = false;
      const std::string_view near = nearest(key.text, keys);
      std::string suggestion =
          near.empty() ? "known here:" : "did you mean \"" + std::string(near) + "\"?";
      for (const std::string_view known : keys) {
        suggestion += near.empty() ? " " + std::string(known) : "";
      }
      report_.error_at(
          key, "KA014", path, "unknown key \"" + key.text + "\" in " + path, std::move(suggestion));
    }
    return all_known;
  }

  void one(const Node& value, const std::string& path, std::vector<Extract>& out) {
    if (value.failed) {
      return;
    }
    if (value.is_scalar()) {
      if (value.text.empty()) {
        wrong(value, path, "an empty constant is no value", "leave the field out");
        return;
      }
      Extract extract;
      extract.kind = is_pointer(value.text) ? Extract::Kind::kPath : Extract::Kind::kConstant;
      (extract.kind == Extract::Kind::kPath ? extract.path : extract.constant) = value.text;
      out.push_back(std::move(extract));
      return;
    }
    if (value.is_map()) {
      from_map(value, path, out);
      return;
    }
    wrong(value,
          path,
          "a field is a path, a constant, a map or a list of these, not " +
              std::string(kind_name(value)));
  }

  void from_map(const Node& map, const std::string& path, std::vector<Extract>& out) {
    const auto form = std::find_if(forms().begin(), forms().end(), [&map](const Form& each) {
      return map.find(each.keys.front()) != nullptr;
    });
    if (form == forms().end()) {
      unknown_form(map, path);
      return;
    }
    if (!fits_form(map, *form, path)) {
      return;
    }
    Extract extract;
    extract.kind = form->kind;
    if (const Node* when = map.find("when"); when != nullptr) {
      extract.when = conditions(*when, path + ".when");
    }
    const size_t before = report_.error_count();
    fill(map, path, extract);
    if (report_.error_count() != before) {
      return;
    }
    const std::optional<std::string> otherwise =
        extract.kind == Extract::Kind::kPath && extract.map.empty()
            ? std::exchange(extract.fallback, std::nullopt)
            : std::nullopt;
    out.push_back(std::move(extract));
    // Without a map a default is the last alternative.
    if (otherwise.has_value()) {
      Extract constant;
      constant.kind = Extract::Kind::kConstant;
      constant.constant = *otherwise;
      constant.when = out.back().when;
      out.push_back(std::move(constant));
    }
  }

  // The word that was probably meant among the keys of all forms, "" if none is near.
  static std::string_view near_any(std::string_view key) {
    std::vector<std::string_view> all;
    for (const Form& form : forms()) {
      all.insert(all.end(), form.keys.begin(), form.keys.end());
    }
    return nearest(key, all);
  }

  static bool is_known_somewhere(std::string_view key) { return near_any(key) == key; }

  // Misspelt keys first: one of them may be the very key that names the form, and then the others
  // are right.
  bool fits_form(const Node& map, const Form& form, const std::string& path) {
    const Node* stray = nullptr;
    bool misspelt = false;
    for (const Node& key : map.keys) {
      if (!key.is_scalar() ||
          std::find(form.keys.begin(), form.keys.end(), key.text) != form.keys.end()) {
        continue;
      }
      if (is_known_somewhere(key.text)) {
        stray = &key;
        continue;
      }
      misspelt = true;
      unknown_key(key, path);
    }
    if (stray != nullptr && !misspelt) {
      report_.error_at(
          *stray,
          "KA014",
          path,
          "\"" + stray->text + "\" does not go with \"" + std::string(form.keys.front()) + "\"");
    }
    return stray == nullptr && !misspelt;
  }

  void unknown_key(const Node& key, const std::string& path) {
    const std::string_view near = near_any(key.text);
    report_.error_at(key,
                     "KA014",
                     path,
                     "unknown key \"" + key.text + "\" in " + path,
                     near.empty() ? "known are path, exists, prefix, multiply, join and constant"
                                  : "did you mean \"" + std::string(near) + "\"?");
  }

  void unknown_form(const Node& map, const std::string& path) {
    bool misspelt = false;
    for (const Node& key : map.keys) {
      if (key.is_scalar() && !is_known_somewhere(key.text)) {
        misspelt = true;
        unknown_key(key, path);
      }
    }
    if (!misspelt) {
      wrong(map, path, "a map here needs one of path, exists, prefix, multiply, join and constant");
    }
  }

  void fill(const Node& map, const std::string& path, Extract& extract) {
    switch (extract.kind) {
      case Extract::Kind::kPath:
        fill_path(map, path, extract);
        return;
      case Extract::Kind::kConstant:
        extract.constant = text(map.find("constant"), map, path, "constant");
        return;
      case Extract::Kind::kExists:
        extract.path = pointer(map.find("exists"), map, path, "exists");
        fill_branches(map, path, extract);
        return;
      case Extract::Kind::kPrefix:
        extract.path = pointer(map.find("path"), map, path, "path");
        extract.prefix = text(map.find("prefix"), map, path, "prefix");
        fill_branches(map, path, extract);
        return;
      case Extract::Kind::kMultiply:
        fill_multiply(map, path, extract);
        return;
      case Extract::Kind::kJoin:
        fill_join(map, path, extract);
        return;
    }
  }

  std::string text(const Node* node,
                   const Node& owner,
                   const std::string& path,
                   std::string_view key) {
    if (node == nullptr) {
      wrong(owner, path, "\"" + std::string(key) + "\" is missing in " + path);
      return {};
    }
    if (!node->is_scalar()) {
      wrong(*node,
            path,
            std::string(key) + " has to be one value, not " + std::string(kind_name(*node)));
      return {};
    }
    return node->text;
  }

  std::string pointer(const Node* node,
                      const Node& owner,
                      const std::string& path,
                      std::string_view key) {
    std::string value = text(node, owner, path, key);
    // "" in quotes is the element itself.
    if (node != nullptr && node->is_scalar() && !is_pointer(value) &&
        !(value.empty() && node->quoted)) {
      wrong(*node, path, std::string(key) + " has to be a JSON Pointer", "write /" + node->written);
    }
    return value;
  }

  void fill_branches(const Node& map, const std::string& path, Extract& extract) {
    extract.then_value = text(map.find("then"), map, path, "then");
    if (const Node* other = map.find("else");
        other != nullptr && other->kind != Node::Kind::kNull) {
      extract.else_value = text(other, map, path, "else");
    }
  }

  void fill_multiply(const Node& map, const std::string& path, Extract& extract) {
    const Node& pair = *map.find("multiply");
    if (!pair.is_list() || pair.items.size() != 2) {
      wrong(pair, path, "multiply takes two paths", "[/quantity, /unit_price]");
      return;
    }
    extract.path = pointer(&pair.items[0], pair, path, "a factor");
    extract.second_path = pointer(&pair.items[1], pair, path, "a factor");
  }

  void fill_join(const Node& map, const std::string& path, Extract& extract) {
    const Node& parts = *map.find("join");
    if (!parts.is_list() || parts.items.empty()) {
      wrong(parts, path, "join takes a list of paths and constants", "[\"at://\", /did]");
      return;
    }
    for (const Node& part : parts.items) {
      if (!part.is_scalar() || part.text.empty()) {
        wrong(part, path, "join takes paths and constants only");
        return;
      }
      one(part, path, extract.parts);
    }
  }

  void fill_path(const Node& map, const std::string& path, Extract& extract) {
    extract.path = pointer(map.find("path"), map, path, "path");
    if (const Node* html = map.find("html"); html != nullptr) {
      std::string why;
      const auto value = html->is_scalar() ? read_boolean(html->text, why) : std::nullopt;
      if (!value.has_value()) {
        wrong(*html, path, "html has to be true or false", why);
      }
      extract.html = value.value_or(false);
    }
    if (const Node* other = map.find("default"); other != nullptr) {
      extract.fallback = text(other, map, path, "default");
    }
    if (const Node* names = map.find("map"); names != nullptr) {
      fill_map(*names, path, extract);
    }
    fill_time(map, path, extract);
  }

  void fill_map(const Node& names, const std::string& path, Extract& extract) {
    if (!names.is_map() || names.items.empty()) {
      wrong(names, path, "map takes values and what they become", "{spam: bug_report}");
      return;
    }
    for (size_t i = 0; i < names.keys.size(); ++i) {
      if (!names.keys[i].is_scalar()) {
        continue;
      }
      const Node& to = names.items[i];
      if (!to.is_scalar() && to.kind != Node::Kind::kNull) {
        wrong(to, path, "a replacement has to be one value, not " + std::string(kind_name(to)));
        continue;
      }
      extract.map.emplace_back(names.keys[i].text, to.text);
    }
  }

  void fill_time(const Node& map, const std::string& path, Extract& extract) {
    const Node* format = map.find("format");
    const Node* zone = map.find("zone");
    if (format != nullptr) {
      const std::string name = text(format, map, path, "format");
      const auto* known =
          std::find_if(std::begin(kFormats), std::end(kFormats), [&name](const FormatName& each) {
            return each.name == name;
          });
      if (known == std::end(kFormats)) {
        std::vector<std::string_view> names;
        std::string all;
        for (const FormatName& each : kFormats) {
          names.push_back(each.name);
          all += (all.empty() ? "" : ", ") + std::string(each.name);
        }
        const std::string_view near = nearest(name, names);
        wrong(*format,
              path,
              "no time format \"" + format->written + "\"; it is one of: " + all,
              near.empty() ? "" : "did you mean \"" + std::string(near) + "\"?");
      } else {
        extract.time_format = known->format;
      }
    }
    if (zone == nullptr) {
      if (format != nullptr && extract.time_format == TimeFormat::kLocal) {
        wrong(*format, path, "local times need a zone", "zone: Europe/Helsinki");
      }
      return;
    }
    if (format == nullptr) {
      extract.time_format = TimeFormat::kLocal;
    } else if (extract.time_format != TimeFormat::kLocal) {
      wrong(*zone, path, "a zone goes with format: local only");
    }
    extract.zone = text(zone, map, path, "zone");
    if (const std::string why = zone_problem(extract.zone); !why.empty()) {
      wrong(*zone, path, why);
    }
  }

  void condition(const Node& node, const std::string& path, std::vector<parse::Condition>& out) {
    if (!node.is_map()) {
      wrong(node, path, "a condition has to be a map", "{path: /kind, in: [post, reply]}");
      return;
    }
    if (!known_keys(node, {"path", "in", "not_in", "exists"}, path)) {
      return;
    }
    parse::Condition made;
    made.path = pointer(node.find("path"), node, path, "path");
    const Node* in = node.find("in");
    const Node* not_in = node.find("not_in");
    const Node* exists = node.find("exists");
    if ((in != nullptr ? 1 : 0) + (not_in != nullptr ? 1 : 0) + (exists != nullptr ? 1 : 0) > 1) {
      wrong(node, path, "a condition has one of in, not_in and exists");
      return;
    }
    if (exists != nullptr) {
      std::string why;
      const auto value = exists->is_scalar() ? read_boolean(exists->text, why) : std::nullopt;
      if (!value.has_value()) {
        wrong(*exists, path, "exists has to be true or false", why);
      }
      made.negate = !value.value_or(true);
    } else if (in != nullptr || not_in != nullptr) {
      made.negate = not_in != nullptr;
      made.values = values(in != nullptr ? *in : *not_in, path);
    }
    out.push_back(std::move(made));
  }

  std::vector<std::string> values(const Node& node, const std::string& path) {
    if (node.is_scalar()) {
      return {node.text};
    }
    std::vector<std::string> out;
    if (!node.is_list() || node.items.empty()) {
      wrong(node, path, "a list of values is needed here", "[post, reply]");
    }
    for (const Node& item : node.items) {
      if (item.is_scalar()) {
        out.push_back(item.text);
      } else {
        wrong(item, path, "a value here has to be text, a number, true or false");
      }
    }
    return out;
  }

  Report& report_;
};

}  // namespace

std::vector<Extract> read_rule(const Node& value, const std::string& path, Report& report) {
  return RuleReader(report).alternatives(value, path);
}

std::vector<parse::Condition> read_conditions(const Node& value,
                                              const std::string& path,
                                              Report& report) {
  return RuleReader(report).conditions(value, path);
}

}  // namespace kaiku::config
