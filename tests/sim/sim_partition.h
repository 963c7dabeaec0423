// SimPartition: one partition of the simulated log: records, aborted records and markers by offset,
// and how far a reader of committed records may go.
//
// Threads: one.
// Owns:    its entries.
// Cost:    append is a push; deciding a transaction visits its own entries.
// Fails:   never.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "kaiku/base/event_time.h"
#include "kaiku/log/log.h"

namespace kaiku::sim {

struct SimEntry {
  enum class State : uint8_t { kPending, kCommitted, kAborted, kMarker };

  State state = State::kCommitted;
  base::EventTime timestamp = 0;
  bool has_key = false;
  bool has_value = true;
  std::string key;
  std::string value;
  std::vector<log::Header> headers;
};

class SimPartition {
 public:
  // Returns the offset. `transaction` 0: committed at once.
  int64_t append(const log::Append& append, base::EventTime now, uint64_t transaction);
  // Ends a transaction here: its records become readable or void. A marker takes an offset of its
  // own.
  void decide(uint64_t transaction, bool commit);

  [[nodiscard]] int64_t low() const { return low_; }

  [[nodiscard]] int64_t high() const { return static_cast<int64_t>(entries_.size()); }

  // The last stable offset: the first one of an undecided transaction, else the end.
  [[nodiscard]] int64_t stable() const;
  // The first committed record at or after `from` below the last stable offset; else that.
  [[nodiscard]] int64_t next_readable(int64_t from) const;

  [[nodiscard]] const SimEntry& at(int64_t offset) const {
    return entries_.at(static_cast<size_t>(offset));
  }

  // Retention: nothing below `low` can be read any more.
  void trim(int64_t low);

 private:
  std::deque<SimEntry> entries_;  // by offset
  std::map<uint64_t, std::vector<int64_t>> undecided_;
  int64_t low_ = 0;
};

}  // namespace kaiku::sim
