// Schedule: keys by the time they wait for. A key whose time moved stays at the old one too;
// whoever takes it out there sees that it is not due.
//
// Threads: confined to its book.
// Owns:    the keys.
// Cost:    a tree node per time, 16 bytes per key.
// Fails:   never.
#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"

namespace kaiku::journey {

class Schedule {
 public:
  void add(base::EventTime at, const base::Digest& key) {
    if (at < base::kTimeEnd) {
      by_time_[at].push_back(key);
    }
  }

  // Takes out everything up to `through`; each key once.
  std::vector<base::Digest> take(base::EventTime through) {
    std::vector<base::Digest> keys;
    while (!by_time_.empty() && by_time_.begin()->first <= through) {
      const std::vector<base::Digest>& due = by_time_.begin()->second;
      keys.insert(keys.end(), due.begin(), due.end());
      by_time_.erase(by_time_.begin());
    }
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
  }

  [[nodiscard]] size_t memory_bytes() const {
    constexpr size_t kNodeBytes = 72;
    size_t bytes = by_time_.size() * kNodeBytes;
    for (const auto& [at, keys] : by_time_) {
      bytes += keys.capacity() * sizeof(base::Digest);
    }
    return bytes;
  }

 private:
  std::map<base::EventTime, std::vector<base::Digest>> by_time_;
};

}  // namespace kaiku::journey
