#include "kaiku/config/reference.h"

#include <optional>
#include <string_view>

#include "kaiku/base/json_writer.h"
#include "kaiku/parse/mapping.h"

#include "config/settings.h"
#include "config/values.h"

namespace kaiku::config {
namespace {

std::string_view type_name(const Setting& setting) {
  switch (setting.type) {
    case Type::kSection:
      return "map";
    case Type::kNamed:
      return "map of names";
    case Type::kList:
      return "list";
    case Type::kText:
      return "text";
    case Type::kName:
    case Type::kWord:
      return "name";
    case Type::kTopic:
      return "topic";
    case Type::kInteger:
      return "whole number";
    case Type::kBoolean:
      return "true, false";
    case Type::kDuration:
      return "time";
    case Type::kSize:
      return "size";
    case Type::kChoice:
      return "choice";
    case Type::kTextList:
      return "list of texts";
    case Type::kProperties:
      return "map of values";
    case Type::kMapping:
      return "mapping";
    case Type::kTests:
      return "list";
  }
  return "";
}

std::string write_bound(Type type, int64_t value) {
  return type == Type::kDuration ? write_duration(value)
         : type == Type::kSize   ? write_size(value)
                                 : std::to_string(value);
}

bool has_range(const Setting& setting) {
  return setting.most != std::numeric_limits<int64_t>::max();
}

std::string type_cell(const Setting& setting) {
  std::string out(type_name(setting));
  if (setting.type == Type::kChoice) {
    out.clear();
    for (const std::string_view choice : choices_of(setting)) {
      out += (out.empty() ? "`" : ", `") + std::string(choice) + "`";
    }
  } else if (setting.type == Type::kList && !setting.choices.empty()) {
    out += " or `" + std::string(setting.choices) + "`";
  }
  if (has_range(setting)) {
    out += setting.least == setting.most ? ": " + write_bound(setting.type, setting.least)
                                         : ", " + write_bound(setting.type, setting.least) +
                                               " to " + write_bound(setting.type, setting.most);
  }
  return out;
}

std::string default_cell(const Setting& setting) {
  if (setting.required) {
    return "**needed**";
  }
  if (!setting.fallback_help.empty()) {
    return std::string(setting.fallback_help);
  }
  return setting.fallback.empty() ? "" : "`" + std::string(setting.fallback) + "`";
}

// The heading a setting stands under: its first word.
std::string_view chapter_of(const Setting& setting) {
  return setting.path.substr(0, setting.path.find('.'));
}

bool is_structure(const Setting& setting) {
  return setting.type == Type::kSection || setting.type == Type::kNamed ||
         setting.type == Type::kList;
}

void append_row(const Setting& setting, std::string& out) {
  out += "| `" + path_for_people(setting.path) + "` | " + type_cell(setting) + " | " +
         default_cell(setting) + " | " + std::string(setting.help) + " |\n";
}

void append_table_head(std::string& out) {
  out += "\n| key | value | default | |\n|---|---|---|---|\n";
}

void append_chapters(std::string& out) {
  std::string_view chapter;
  for (const Setting& setting : settings()) {
    if (setting.path.empty()) {
      continue;
    }
    const bool is_top_level = setting.path.find('.') == std::string_view::npos;
    if (is_top_level && !is_structure(setting)) {
      continue;
    }
    if (is_top_level) {
      chapter = setting.path;
      out += "\n### " + std::string(chapter) + "\n\n" + std::string(setting.help);
      if (!setting.fallback_help.empty()) {
        out += " Without it: " + std::string(setting.fallback_help) + ".";
      }
      out += "\n";
      append_table_head(out);
    } else if (chapter_of(setting) == chapter && !is_structure(setting)) {
      append_row(setting, out);
    }
  }
}

void append_fields(std::string& out) {
  out += "\n### Canonical fields\n\nWhat a mapping may set:\n\n";
  std::string line;
  for (const std::string_view field : parse::canonical_fields()) {
    line += (line.empty() ? "`" : ", `") + std::string(field) + "`";
  }
  out += line + ".\n\nShipped mappings: ";
  line.clear();
  for (const std::string_view name : parse::shipped_mapping_names()) {
    line += (line.empty() ? "`" : ", `") + std::string(name) + "`";
  }
  out += line + ".\n";
}

class SchemaWriter {
 public:
  explicit SchemaWriter(std::string& out) : json_(out) {}

  void document() {
    json_.begin_object();
    json_.field("$schema", "http://json-schema.org/draft-07/schema#");
    json_.field("title", "kaiku pipeline, version 1");
    body(*find_setting(""));
    json_.end_object();
  }

 private:
  void of(const Setting& setting) {
    json_.begin_object();
    if (!setting.help.empty()) {
      json_.field("description", setting.help);
    }
    body(setting);
    json_.end_object();
  }

  void body(const Setting& setting) {
    switch (setting.type) {
      case Type::kSection:
        section(setting.path);
        return;
      case Type::kNamed:
        json_.field("type", "object");
        json_.key("propertyNames")
            .begin_object()
            .field("pattern", "^[a-z0-9][a-z0-9_-]{0,62}$")
            .end_object();
        json_.key("additionalProperties").begin_object();
        section(std::string(setting.path) + ".*");
        json_.end_object();
        return;
      case Type::kList:
        list(setting);
        return;
      case Type::kTextList:
        json_.field("type", "array");
        json_.key("items").begin_object().field("type", "string").end_object();
        return;
      case Type::kProperties:
        json_.field("type", "object");
        json_.key("additionalProperties").begin_object();
        types({"string", "number", "boolean"});
        json_.end_object();
        return;
      case Type::kMapping:
        types({"string", "object"});
        return;
      case Type::kTests:
        json_.field("type", "array");
        return;
      default:
        scalar(setting);
    }
  }

  void types(std::initializer_list<std::string_view> names) {
    json_.key("type").begin_array();
    for (const std::string_view name : names) {
      json_.string(name);
    }
    json_.end_array();
  }

  // A section may be empty, with all its keys commented out.
  void section(std::string_view path) {
    if (path.empty()) {
      json_.field("type", "object");
    } else {
      types({"object", "null"});
    }
    json_.field("additionalProperties", false);
    json_.key("properties").begin_object();
    std::vector<std::string_view> needed;
    for (const Setting* child : children_of(path)) {
      json_.key(key_of(*child));
      of(*child);
      if (child->required) {
        needed.push_back(key_of(*child));
      }
    }
    json_.end_object();
    if (!needed.empty()) {
      json_.key("required").begin_array();
      for (const std::string_view name : needed) {
        json_.string(name);
      }
      json_.end_array();
    }
  }

  void list(const Setting& setting) {
    const auto array = [this, &setting] {
      json_.field("type", "array");
      json_.key("items").begin_object();
      section(std::string(setting.path) + ".*");
      json_.end_object();
    };
    if (setting.choices.empty()) {
      array();
      return;
    }
    json_.key("anyOf").begin_array();
    json_.begin_object().field("const", setting.choices).end_object();
    json_.begin_object();
    array();
    json_.end_object();
    json_.end_array();
  }

  // Every value may be a variable instead.
  void scalar(const Setting& setting) {
    static constexpr std::string_view kVariable = "\\$\\{.+\\}";
    switch (setting.type) {
      case Type::kInteger:
        json_.key("anyOf").begin_array();
        json_.begin_object().field("type", "integer");
        if (has_range(setting)) {
          json_.field("minimum", setting.least).field("maximum", setting.most);
        }
        json_.end_object();
        json_.begin_object().field("type", "string").field("pattern", kVariable).end_object();
        json_.end_array();
        break;
      case Type::kBoolean:
        json_.key("anyOf").begin_array();
        json_.begin_object().field("type", "boolean").end_object();
        json_.begin_object().field("type", "string").field("pattern", kVariable).end_object();
        json_.end_array();
        break;
      case Type::kDuration:
        json_.field("type", "string").field("pattern", "^([0-9]+(us|ms|s|m|h|d|w))+$|\\$\\{.+\\}");
        break;
      case Type::kSize:
        json_.field("type", "string").field("pattern", "^[0-9]+([kMGT]B|[KMGT]iB|B)$|\\$\\{.+\\}");
        break;
      case Type::kChoice:
        json_.key("anyOf").begin_array();
        json_.begin_object().key("enum").begin_array();
        for (const std::string_view choice : choices_of(setting)) {
          json_.string(choice);
        }
        json_.end_array().end_object();
        json_.begin_object().field("type", "string").field("pattern", kVariable).end_object();
        json_.end_array();
        break;
      default:
        types({"string", "number"});
    }
    if (!setting.fallback.empty()) {
      json_.field("default", setting.fallback);
    }
  }

  base::JsonWriter json_;
};

}  // namespace

std::string reference_markdown() {
  std::string out = "### General\n";
  append_table_head(out);
  for (const Setting& setting : settings()) {
    const bool is_top_level = setting.path.find('.') == std::string_view::npos;
    if (is_top_level && !setting.path.empty() && !is_structure(setting)) {
      append_row(setting, out);
    }
  }
  append_chapters(out);
  append_fields(out);
  return out;
}

std::string config_schema_json() {
  std::string out;
  SchemaWriter(out).document();
  out += "\n";
  return out;
}

}  // namespace kaiku::config
