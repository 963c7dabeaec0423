// Names: brands and channels as small numbers, so that the keys of cells are compared without text.
//
// Threads: confined to the board.
// Owns:    one copy of every name, for good: the board keeps what it has ever announced.
// Cost:    a keyed hash and a look-up, about 30 ns.
// Fails:   intern() gives kNoName to a name with a zero byte (it would break table keys) and to new
//          ones beyond the limit.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "kaiku/base/digest.h"
#include "kaiku/base/flat_map.h"

namespace kaiku::board {

using NameId = uint32_t;
inline constexpr NameId kNoName = UINT32_MAX;

class Names {
 public:
  Names(size_t limit, const base::HashKey& key) : limit_(limit), ids_(0, Hash{key}) {}

  [[nodiscard]] NameId intern(std::string_view name) {
    const auto found = ids_.find(name);
    if (found != ids_.end()) {
      return found->second;
    }
    if (names_.size() >= limit_ || name.find('\0') != std::string_view::npos) {
      return kNoName;
    }
    const auto id = static_cast<NameId>(names_.size());
    ids_.emplace(names_.emplace_back(name), id);
    return id;
  }

  // kNoName if it was never interned.
  [[nodiscard]] NameId find(std::string_view name) const {
    const auto found = ids_.find(name);
    return found == ids_.end() ? kNoName : found->second;
  }

  [[nodiscard]] const std::string& at(NameId id) const { return names_[id]; }

  [[nodiscard]] size_t size() const { return names_.size(); }

 private:
  struct Hash {
    using is_avalanching = void;

    size_t operator()(std::string_view name) const noexcept { return key.hash64(name); }

    base::HashKey key;
  };

  size_t limit_;
  std::deque<std::string> names_;  // stable, so the map may hold views of them
  base::FlatMap<std::string_view, NameId, Hash> ids_;
};

}  // namespace kaiku::board
