// Node: the pipeline file as a tree that knows where everything was written.
//
// Threads: confined to one load.
// Owns:    its children.
// Cost:    small files.
// Fails:   never.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kaiku::config {

// Where something stands: a text of Sources, line and byte column from 1.
struct Place {
  uint32_t source = 0;
  int line = 0;
  int column = 0;
};

struct Node {
  enum class Kind : uint8_t { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  bool quoted = false;    // "on" in quotes is text, whatever it looks like
  bool expanded = false;  // holds something from outside the file
  bool failed = false;    // reported already: say no more about it
  Place place;
  std::string text;         // scalar: the value, filled in
  std::string written;      // scalar: as it stands in the file
  std::vector<Node> items;  // elements of a list, values of a map
  std::vector<Node> keys;   // of a map, parallel to items

  [[nodiscard]] const Node* find(std::string_view key) const {
    for (size_t i = 0; i < keys.size(); ++i) {
      if (keys[i].text == key) {
        return &items[i];
      }
    }
    return nullptr;
  }

  [[nodiscard]] Node* find(std::string_view key) {
    return const_cast<Node*>(std::as_const(*this).find(key));
  }

  [[nodiscard]] bool is_scalar() const { return kind == Kind::kScalar; }

  [[nodiscard]] bool is_map() const { return kind == Kind::kMap; }

  [[nodiscard]] bool is_list() const { return kind == Kind::kList; }
};

// "text", "a list", ...: for messages.
[[nodiscard]] inline std::string_view kind_name(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return "nothing";
    case Node::Kind::kScalar:
      return "a value";
    case Node::Kind::kList:
      return "a list";
    case Node::Kind::kMap:
      return "a map";
  }
  return "something";
}

}  // namespace kaiku::config
