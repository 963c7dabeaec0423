#include "sim/sim_partition.h"

#include <algorithm>

namespace kaiku::sim {

int64_t SimPartition::append(const log::Append& append, base::EventTime now, uint64_t transaction) {
  SimEntry entry;
  entry.state = transaction == 0 ? SimEntry::State::kCommitted : SimEntry::State::kPending;
  entry.timestamp = append.timestamp == base::kNoTime ? now : append.timestamp;
  entry.has_key = !append.key.empty();
  entry.has_value = append.has_value;
  entry.key = append.key;
  entry.value = append.value;
  entry.headers = append.headers;
  const int64_t offset = high();
  entries_.push_back(std::move(entry));
  if (transaction != 0) {
    undecided_[transaction].push_back(offset);
  }
  return offset;
}

void SimPartition::decide(uint64_t transaction, bool commit) {
  const auto found = undecided_.find(transaction);
  if (found == undecided_.end()) {
    return;
  }
  for (const int64_t offset : found->second) {
    entries_[static_cast<size_t>(offset)].state =
        commit ? SimEntry::State::kCommitted : SimEntry::State::kAborted;
  }
  undecided_.erase(found);
  SimEntry marker;
  marker.state = SimEntry::State::kMarker;
  entries_.push_back(std::move(marker));
}

int64_t SimPartition::stable() const {
  int64_t stable = high();
  for (const auto& [transaction, offsets] : undecided_) {
    stable = std::min(stable, offsets.front());
  }
  return stable;
}

int64_t SimPartition::next_readable(int64_t from) const {
  const int64_t end = stable();
  while (from < end && at(from).state != SimEntry::State::kCommitted) {
    ++from;
  }
  return from;
}

void SimPartition::trim(int64_t low) {
  low_ = std::max(low_, low);
}

}  // namespace kaiku::sim
