// Slots hold facts as long as something refers to them: a record to come, or a place among the
// recent ones. A slot is taken over by a new fact afterwards.
//
// Threads: confined to its user.
// Owns:    its facts; references to one die with the next add().
// Cost:    an array access.
// Fails:   never.
#pragma once

#include <cstdint>
#include <vector>

#include "kaiku/base/check.h"

namespace kaiku::generate {

template <typename Fact>
class Slots {
 public:
  // The fact has no references yet: hold() it before the next add().
  uint32_t add(const Fact& fact) {
    if (free_.empty()) {
      facts_.push_back({fact, 0});
      return static_cast<uint32_t>(facts_.size() - 1);
    }
    const uint32_t slot = free_.back();
    free_.pop_back();
    facts_[slot] = {fact, 0};
    return slot;
  }

  [[nodiscard]] const Fact& at(uint32_t slot) const { return facts_[slot].fact; }

  void hold(uint32_t slot) { ++facts_[slot].references; }

  void release(uint32_t slot) {
    KAIKU_DCHECK(facts_[slot].references > 0, "a slot is released more often than it is held");
    if (--facts_[slot].references == 0) {
      free_.push_back(slot);
    }
  }

 private:
  struct Entry {
    Fact fact;
    uint32_t references;
  };

  std::vector<Entry> facts_;
  std::vector<uint32_t> free_;
};

}  // namespace kaiku::generate
