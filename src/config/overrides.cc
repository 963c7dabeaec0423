#include "config/overrides.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "config/settings.h"
#include "config/values.h"
#include "config/yaml_reader.h"

namespace kaiku::config {
namespace {

constexpr size_t kSegments = 16;

std::string join(std::string_view path, std::string_view key) {
  return path.empty() ? std::string(key) : std::string(path) + "." + std::string(key);
}

// The way to the value: keys of the tree.
std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> out;
  std::string schema;
  while (!path.empty()) {
    const Setting* setting = find_setting(schema);
    const bool takes_rest = setting != nullptr && setting->type == Type::kProperties;
    const size_t dot = takes_rest ? std::string_view::npos : path.find('.');
    const std::string_view key = path.substr(0, dot);
    out.emplace_back(key);
    const bool any_key =
        setting != nullptr && (setting->type == Type::kNamed || setting->type == Type::kList);
    schema = join(schema, any_key ? "*" : key);
    if (dot == std::string_view::npos) {
      break;
    }
    path.remove_prefix(dot + 1);
    if (path.empty()) {
      out.emplace_back();
    }
  }
  return out;
}

std::optional<Node> value_of(std::string_view text, uint32_t source, Report& report) {
  const char first = text.empty() ? '\0' : text.front();
  if (first == '[' || first == '{' || first == '"' || first == '\'') {
    return read_yaml(text, source, report);
  }
  Node node;
  node.kind = Node::Kind::kScalar;
  node.place = {source, 1, 1};
  node.text = text;
  node.written = text;
  return node;
}

Node key_node(const std::string& key, uint32_t source) {
  Node node;
  node.kind = Node::Kind::kScalar;
  node.place = {source, 1, 1};
  node.text = key;
  node.written = key;
  return node;
}

// The node at `segments`, made where it is missing; nullptr with `why` if it cannot be there.
Node* reach(Node& root,
            const std::vector<std::string>& segments,
            uint32_t source,
            std::string& why) {
  Node* at = &root;
  std::string walked;
  for (const std::string& key : segments) {
    if (at->is_list()) {
      std::string ignored;
      const auto index = read_integer(key, ignored);
      if (!index.has_value() || *index < 0 || static_cast<size_t>(*index) >= at->items.size()) {
        why = walked + " is a list of " + std::to_string(at->items.size()) +
              ": name an element by its number";
        return nullptr;
      }
      at = &at->items[static_cast<size_t>(*index)];
    } else {
      if (!at->is_map()) {
        at->kind = Node::Kind::kMap;  // takes the place of a value or of nothing
        at->place = {source, 1, 1};
      }
      Node* below = at->find(key);
      if (below == nullptr) {
        at->keys.push_back(key_node(key, source));
        at->items.emplace_back();
        below = &at->items.back();
        below->place = {source, 1, 1};
      }
      at = below;
    }
    walked = join(walked, key);
  }
  return at;
}

void apply_one(Node& root, std::string_view text, Report& report) {
  const size_t equals = text.find('=');
  const std::string name = "--set " + std::string(text.substr(0, equals));
  const std::string_view value = equals == std::string_view::npos ? "" : text.substr(equals + 1);
  const uint32_t source = report.add_source(name, value);
  const auto refuse = [&](std::string message, std::string suggestion) {
    report.error({"KA023",
                  {source, 1, 1},
                  static_cast<int>(value.size()),
                  std::string(text.substr(0, equals)),
                  std::move(message),
                  std::move(suggestion)});
  };
  if (equals == std::string_view::npos || equals == 0) {
    refuse("an override is KEY=VALUE", "--set time.lateness=1m");
    return;
  }
  const std::vector<std::string> segments = segments_of(text.substr(0, equals));
  if (segments.size() > kSegments) {
    refuse("no setting lies so deep", "");
    return;
  }
  if (std::find(segments.begin(), segments.end(), "") != segments.end()) {
    refuse("an empty key", "");
    return;
  }
  std::optional<Node> node = value_of(value, source, report);
  if (!node.has_value()) {
    return;
  }
  std::string why;
  Node* at = reach(root, segments, source, why);
  if (at == nullptr) {
    refuse(why, "");
    return;
  }
  *at = std::move(*node);
}

}  // namespace

void apply_overrides(Node& root, const std::vector<std::string>& overrides, Report& report) {
  for (const std::string& text : overrides) {
    apply_one(root, text, report);
  }
}

}  // namespace kaiku::config
