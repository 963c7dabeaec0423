#include "config/mapping_reader.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "config/input_file.h"
#include "config/nearest.h"
#include "config/rule_reader.h"
#include "config/values.h"
#include "config/yaml_reader.h"

namespace kaiku::config {
namespace {

constexpr size_t kMappingBytes = 1 << 20;

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

class MappingReader {
 public:
  explicit MappingReader(Report& report) : report_(report) {}

  [[nodiscard]] parse::Mapping read(const Node& node, const std::string& path, std::string name) {
    mapping_.name = std::move(name);
    for (size_t i = 0; i < node.keys.size(); ++i) {
      const Node& key = node.keys[i];
      if (!key.is_scalar() || key.text == "<<") {
        continue;
      }
      const std::string here = path + "." + key.text;
      if (key.text == "items") {
        read_items(node.items[i], here);
      } else if (key.text == "items_optional") {
        read_optional(node.items[i], here);
      } else if (key.text == "when") {
        mapping_.when = read_conditions(node.items[i], here, report_);
      } else {
        read_field(key, node.items[i], "", here);
      }
    }
    return std::move(mapping_);
  }

  // Where a field of the mapping stands; nullptr for one that does not.
  [[nodiscard]] const Node* place_of(const std::string& field) const {
    const auto known = places_.find(field);
    return known == places_.end() ? nullptr : known->second;
  }

 private:
  void read_items(const Node& node, const std::string& path) {
    const std::vector<Node> single{node.is_list() ? Node() : node};
    const std::vector<Node>& places = node.is_list() ? node.items : single;
    for (const Node& place : places) {
      if (!place.is_scalar() || place.text.empty() || place.text.front() != '/') {
        report_.error_at(
            place, "KA040", path, "items has to be a JSON Pointer to the array, such as /statuses");
        return;
      }
      if (mapping_.items.empty()) {
        mapping_.items = place.text;
      } else {
        mapping_.items_alternatives.push_back(place.text);
      }
    }
  }

  void read_optional(const Node& node, const std::string& path) {
    std::string why;
    const auto value = node.is_scalar() ? read_boolean(node.text, why) : std::nullopt;
    if (!value.has_value()) {
      report_.error_at(node, "KA040", path, "items_optional has to be true or false", why);
    }
    mapping_.items_optional = value.value_or(false);
  }

  void read_field(const Node& key,
                  const Node& value,
                  const std::string& prefix,
                  const std::string& path) {
    const std::string name = prefix.empty() ? key.text : prefix + "." + key.text;
    const auto& fields = parse::canonical_fields();
    if (std::find(fields.begin(), fields.end(), name) != fields.end()) {
      if (!places_.emplace(name, &key).second) {
        report_.error_at(key, "KA040", path, "the field " + name + " is given twice");
        return;
      }
      parse::FieldRule rule{name, read_rule(value, path, report_)};
      if (!rule.alternatives.empty()) {
        mapping_.rules.push_back(std::move(rule));
      }
      return;
    }
    const bool is_group =
        std::any_of(fields.begin(), fields.end(), [&name](std::string_view field) {
          return field.size() > name.size() && field[name.size()] == '.' &&
                 field.substr(0, name.size()) == name;
        });
    if (!is_group) {
      unknown_field(key, name, prefix, path);
      return;
    }
    if (!value.is_map()) {
      report_.error_at(value, "KA040", path, name + " has fields of its own: give a map of them");
      return;
    }
    for (size_t i = 0; i < value.keys.size(); ++i) {
      if (value.keys[i].is_scalar() && value.keys[i].text != "<<") {
        read_field(value.keys[i], value.items[i], name, path + "." + value.keys[i].text);
      }
    }
  }

  // Suggests a field of this group, then the same word in another group, then what looks alike.
  void unknown_field(const Node& key,
                     const std::string& name,
                     const std::string& prefix,
                     const std::string& path) {
    std::vector<std::string_view> here;
    std::string suggestion;
    for (const std::string_view field : parse::canonical_fields()) {
      if (field.substr(0, prefix.size()) == prefix) {
        const std::string_view rest = field.substr(prefix.empty() ? 0 : prefix.size() + 1);
        here.push_back(rest);
        here.push_back(rest.substr(0, rest.find('.')));
      }
      if (ends_with(field, "." + key.text) && suggestion.empty()) {
        suggestion = "did you mean \"" + std::string(field) + "\"?";
      }
    }
    if (prefix.empty()) {
      here.insert(here.end(), {"items", "items_optional", "when"});
    }
    const std::string_view near = nearest(key.text, here);
    if (!near.empty()) {
      suggestion = "did you mean \"" + std::string(near) + "\"?";
    }
    report_.error_at(
        key, "KA042", path, "no canonical field \"" + name + "\"", std::move(suggestion));
  }

  Report& report_;
  parse::Mapping mapping_;
  std::map<std::string, const Node*> places_;
};

// "mapping 'x': author.id: is wrong" -> "author.id".
std::string field_of(const parse::Mapping& mapping, const std::string& message) {
  const std::string start = "mapping '" + mapping.name + "': ";
  if (message.compare(0, start.size(), start) != 0) {
    return {};
  }
  return message.substr(start.size(), message.find(':', start.size()) - start.size());
}

// parse::check() tells the first thing wrong: a field that was told is taken out, and the rest is
// asked again, so that all of them are told at once.
bool check_meaning(parse::Mapping mapping,
                   const MappingReader& reader,
                   const Node& node,
                   const std::string& path,
                   Report& report) {
  std::vector<std::string> told;
  for (size_t round = 0; round <= parse::canonical_fields().size(); ++round) {
    const base::Status bad = parse::check(mapping);
    if (bad.is_ok()) {
      break;
    }
    const std::string field = field_of(mapping, bad.message());
    if (std::find(told.begin(), told.end(), field) != told.end()) {
      break;  // missing now, because it was taken out
    }
    const Node* at = reader.place_of(field);
    report.error_at(at == nullptr ? node : *at,
                    "KA040",
                    at == nullptr ? path : path + "." + field,
                    bad.message());
    told.push_back(field);
    const size_t erased = std::erase_if(
        mapping.rules, [&field](const parse::FieldRule& rule) { return rule.field == field; });
    if (erased == 0) {
      break;
    }
  }
  return told.empty();
}

std::shared_ptr<const parse::Mapping> inline_mapping(const Node& node,
                                                     const std::string& path,
                                                     const std::string& name,
                                                     Report& report) {
  const size_t before = report.error_count();
  MappingReader reader(report);
  parse::Mapping mapping = reader.read(node, path, name);
  if (report.error_count() != before || !check_meaning(mapping, reader, node, path, report)) {
    return nullptr;
  }
  return std::make_shared<const parse::Mapping>(std::move(mapping));
}

std::shared_ptr<const parse::Mapping> mapping_file(const Node& node,
                                                   const std::string& path,
                                                   const ExpansionScope& scope,
                                                   Report& report) {
  const std::string file = resolve_path(scope.base_dir, node.text);
  auto content = read_input_file(file, kMappingBytes);
  if (!content.has_value()) {
    report.error_at(node, "KA022", path, content.error().message());
    return nullptr;
  }
  const uint32_t source = report.add_source(file, content.value());
  std::optional<Node> root = read_yaml(content.value(), source, report);
  if (!root.has_value()) {
    return nullptr;
  }
  if (!root->is_map()) {
    report.error_at(*root, "KA011", path, "a mapping file holds a map of fields");
    return nullptr;
  }
  expand(*root, scope, report);
  return inline_mapping(*root, path, node.text, report);
}

}  // namespace

std::shared_ptr<const parse::Mapping> read_mapping(const Node* node,
                                                   const std::string& path,
                                                   const std::string& name,
                                                   const ExpansionScope& scope,
                                                   Report& report) {
  if (node == nullptr) {
    return parse::shipped_mapping("canonical");
  }
  if (node->is_map()) {
    return inline_mapping(*node, path, name, report);
  }
  if (!node->is_scalar() || node->failed) {
    return nullptr;  // reported by the checker
  }
  if (ends_with(node->text, ".yaml") || ends_with(node->text, ".yml")) {
    return mapping_file(*node, path, scope, report);
  }
  auto shipped = parse::shipped_mapping(node->text);
  if (shipped == nullptr) {
    const std::vector<std::string_view> names = parse::shipped_mapping_names();
    const std::string_view near = nearest(node->text, names);
    std::string all = "shipped are:";
    for (const std::string_view each : names) {
      all += " " + std::string(each);
    }
    report.error_at(*node,
                    "KA041",
                    path,
                    "no mapping is called \"" + node->written + "\"",
                    near.empty() ? all + "; a path ends in .yaml"
                                 : "did you mean \"" + std::string(near) + "\"?");
  }
  return shipped;
}

}  // namespace kaiku::config
