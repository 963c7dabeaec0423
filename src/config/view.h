// View reads one section of a checked tree: a value, or the default of the table of settings.
//
// Threads: confined to one load.
// Owns:    its path; points into the tree.
// Cost:    a scan of the section.
// Fails:   never: what the checker has refused reads as the default.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.h"
#include "config/settings.h"

namespace kaiku::config {

class View {
 public:
  // `schema` is the section in the table ("sources.*"), `path` in the file ("sources.posts").
  View(const Node* node, std::string schema, std::string path)
      : node_(node), schema_(std::move(schema)), path_(std::move(path)) {}

  // nullptr if the key is absent, empty, or was refused while variables were filled in.
  [[nodiscard]] const Node* find(std::string_view key) const;

  [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }

  // The section itself, for messages; nullptr if it is not written.
  [[nodiscard]] const Node* node() const { return node_; }

  // The value of a key if there is one, else the section, else `fallback`: where an error is shown.
  [[nodiscard]] const Node& place(std::string_view key, const Node& fallback) const;

  [[nodiscard]] View section(std::string_view key) const;
  // The sections of a map of names or of a list, with their names.
  struct Named;
  [[nodiscard]] std::vector<Named> each(std::string_view key) const;

  [[nodiscard]] std::string text(std::string_view key) const;
  [[nodiscard]] bool boolean(std::string_view key) const;
  // Integers, durations in microseconds, sizes in bytes.
  [[nodiscard]] int64_t number(std::string_view key) const;
  // The same with a default that is not in the table.
  [[nodiscard]] int64_t number(std::string_view key, int64_t fallback) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const;

  [[nodiscard]] std::string path_of(std::string_view key) const;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  [[nodiscard]] const Setting& setting(std::string_view key) const;

  const Node* node_;
  std::string schema_;
  std::string path_;
};

struct View::Named {
  std::string name;           // "" in a list
  const Node* key = nullptr;  // the name, or the element
  View view;
};

}  // namespace kaiku::config
