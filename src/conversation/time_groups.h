// TimeGroups: conversations in groups, each group by a time: those that wait for an answer by when
// they were opened, those with an open alert by their deadline.
//
// Threads: confined to its user.
// Owns:    a tree node per conversation in a group.
// Cost:    a few logarithms; nothing if nothing moved.
// Fails:   never.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"

namespace kaiku::conversation {

template <typename Key>
class TimeGroups {
 public:
  using Members = std::set<std::pair<base::EventTime, base::Digest>>;
  using Groups = std::map<Key, Members>;

  // Where a conversation is; kept by whoever keeps the conversation.
  struct Place {
    typename Groups::value_type* group = nullptr;  // null: in none
    base::EventTime at = base::kNoTime;
  };

  // Moves a conversation to where it belongs now; `key` empty: into none.
  void put(const base::Digest& conversation,
           Place& place,
           const std::optional<Key>& key,
           base::EventTime at) {
    if (place.group != nullptr && key && place.group->first == *key && place.at == at) {
      return;
    }
    if (place.group != nullptr) {
      place.group->second.erase({place.at, conversation});
      if (place.group->second.empty()) {
        groups_.erase(groups_.find(place.group->first));
      }
      place = {};
      --members_;
    }
    if (key) {
      place = {&*groups_.try_emplace(*key).first, at};
      place.group->second.emplace(at, conversation);
      ++members_;
    }
  }

  // Sorted by key; none is empty.
  [[nodiscard]] const Groups& groups() const { return groups_; }

  [[nodiscard]] size_t memory_bytes() const {
    constexpr size_t kNodeBytes = 32 + sizeof(typename Members::value_type);
    return members_ * kNodeBytes + groups_.size() * 256;
  }

 private:
  Groups groups_;
  size_t members_ = 0;
};

}  // namespace kaiku::conversation
