// PathTrie: all JSON Pointers a mapping reads, as one tree, so that one walk over an object finds
// them all.
//
// Threads: immutable once sealed.
// Owns:    its names.
// Cost:    a lookup is a hash of at most 16 bytes of the key and, if it is there, one comparison.
// Fails:   add() returns nothing for what is no JSON Pointer (RFC 6901), or one that is too deep.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kaiku::parse {

// The tokens of a pointer, unescaped; nothing if it is none.
[[nodiscard]] std::optional<std::vector<std::string>> split_pointer(std::string_view pointer);

class PathTrie {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};
  static constexpr uint32_t kRoot = 0;

  PathTrie() : building_(1) {}

  // The node of a pointer.
  [[nodiscard]] std::optional<uint32_t> add(std::string_view pointer);
  // Before the first lookup, after the last add.
  void seal();

  [[nodiscard]] size_t size() const { return building_.size(); }

  [[nodiscard]] bool has_children(uint32_t node) const { return nodes_[node].mask != kNone; }

  // Whether any child may be an element of an array.
  [[nodiscard]] bool has_indexes(uint32_t node) const { return nodes_[node].has_indexes; }

  // The child of that name. At least 8 bytes must be readable from key.data().
  [[nodiscard]] uint32_t find(uint32_t node, std::string_view key) const {
    const Node& at = nodes_[node];
    const Ends ends = ends_of(key);
    for (uint32_t slot = hash(ends, key.size()) & at.mask;; slot = (slot + 1) & at.mask) {
      const Entry& entry = entries_[at.first + slot];
      if (entry.node == kNone) {
        return kNone;
      }
      if (entry.size == key.size() && entry.ends.head == ends.head &&
          entry.ends.tail == ends.tail &&
          (key.size() <= 2 * sizeof(uint64_t) ||
           std::memcmp(names_.data() + entry.name, key.data(), key.size()) == 0)) {
        return entry.node;
      }
    }
  }

  [[nodiscard]] uint32_t find_index(uint32_t node, size_t index) const;

 private:
  struct Node {
    uint32_t first = 0;
    uint32_t mask = kNone;
    bool has_indexes = false;
  };

  // The first and the last 8 bytes of a name (they overlap in short ones): all of it up to 16
  // bytes.
  struct Ends {
    uint64_t head = 0;
    uint64_t tail = 0;
  };

  struct Entry {
    Ends ends;
    uint32_t name = 0;
    uint32_t size = 0;
    uint32_t node = kNone;
  };

  static Ends ends_of(std::string_view key) {
    Ends ends;
    std::memcpy(&ends.head, key.data(), sizeof(ends.head));
    if (key.size() < sizeof(ends.head)) {
      ends.head &= (uint64_t{1} << (8 * key.size())) - 1;
    } else {
      std::memcpy(&ends.tail, key.data() + key.size() - sizeof(ends.tail), sizeof(ends.tail));
    }
    return ends;
  }

  static uint32_t hash(const Ends& ends, size_t size) {
    const uint64_t mixed =
        (ends.head ^ (ends.tail << 21 | ends.tail >> 43) ^ size) * 0x9E3779B97F4A7C15ULL;
    return static_cast<uint32_t>(mixed >> 40);
  }

  std::vector<std::map<std::string, uint32_t>> building_;
  std::vector<Node> nodes_;
  std::vector<Entry> entries_;
  std::string names_;
};

}  // namespace kaiku::parse
