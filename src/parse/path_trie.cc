#include "path_trie.h"

#include <array>
#include <charconv>

#include "kaiku/base/check.h"
#include "kaiku/base/limits.h"

namespace kaiku::parse {
namespace {

// "0", "17", but not "01": what can be an element of an array.
bool is_index(std::string_view name) {
  return !name.empty() && name.size() < 10 &&
         name.find_first_not_of("0123456789") == std::string_view::npos &&
         (name.size() == 1 || name[0] != '0');
}

}  // namespace

std::optional<std::vector<std::string>> split_pointer(std::string_view pointer) {
  std::vector<std::string> names;
  if (pointer.empty()) {
    return names;
  }
  if (pointer[0] != '/') {
    return std::nullopt;
  }
  for (size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      names.emplace_back();
    } else if (pointer[i] != '~') {
      names.back().push_back(pointer[i]);
    } else if (i + 1 < pointer.size() && (pointer[i + 1] == '0' || pointer[i + 1] == '1')) {
      names.back().push_back(pointer[++i] == '0' ? '~' : '/');
    } else {
      return std::nullopt;
    }
  }
  return names;
}

std::optional<uint32_t> PathTrie::add(std::string_view pointer) {
  const std::optional<std::vector<std::string>> names = split_pointer(pointer);
  if (!names || names->size() >= base::limits::kJsonDepth) {
    return std::nullopt;
  }
  uint32_t node = kRoot;
  for (const std::string& name : *names) {
    const auto [child, is_new] =
        building_[node].emplace(name, static_cast<uint32_t>(building_.size()));
    node = child->second;
    if (is_new) {
      building_.emplace_back();
    }
  }
  return node;
}

void PathTrie::seal() {
  KAIKU_CHECK(nodes_.empty(), "a path trie is sealed once");
  nodes_.resize(building_.size());
  for (const auto& children : building_) {
    for (const auto& child : children) {
      names_ += child.first;
    }
  }
  names_.append(sizeof(uint64_t), '\0');  // ends_of() reads whole words
  uint32_t name = 0;
  for (size_t i = 0; i < building_.size(); ++i) {
    if (building_[i].empty()) {
      continue;
    }
    Node& node = nodes_[i];
    uint32_t slots = 2;
    while (slots < 2 * building_[i].size() + 1) {
      slots *= 2;
    }
    node.first = static_cast<uint32_t>(entries_.size());
    node.mask = slots - 1;
    entries_.resize(entries_.size() + slots);
    for (const auto& [text, child] : building_[i]) {
      const auto size = static_cast<uint32_t>(text.size());
      const Ends ends = ends_of({names_.data() + name, size});
      uint32_t slot = hash(ends, size) & node.mask;
      while (entries_[node.first + slot].node != kNone) {
        slot = (slot + 1) & node.mask;
      }
      entries_[node.first + slot] = {ends, name, size, child};
      node.has_indexes = node.has_indexes || is_index(text);
      name += size;
    }
  }
}

uint32_t PathTrie::find_index(uint32_t node, size_t index) const {
  std::array<char, 32> text{};  // more than the number needs: find() reads whole words
  const auto end = std::to_chars(text.data(), text.data() + 20, index).ptr;
  return find(node, {text.data(), static_cast<size_t>(end - text.data())});
}

}  // namespace kaiku::parse
