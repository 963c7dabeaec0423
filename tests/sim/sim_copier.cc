#include "sim/sim_copier.h"

#include <algorithm>
#include <utility>

namespace kaiku::sim {
namespace {

class LastValue final : public log::RecordSink {
 public:
  bool on_record(const log::Record& record) override {
    value = std::string(record.value);
    return true;
  }

  std::string value = "0";
};

}  // namespace

SimCopier::SimCopier(SimBroker& broker,
                     SimProcess& process,
                     const std::string& instance,
                     Mistake mistake)
    : log_(std::make_unique<SimLog>(broker, process, instance)), mistake_(mistake) {}

void SimCopier::turn() {
  if (stopped_) {
    return;
  }
  for (const log::Event& event : log_->poll({0, 100})) {
    on(event);
  }
  if (has_to_resolve_) {
    resolve();
  }
  if (has_to_restore_) {
    try_restore();
  }
  if (can_submit() && ++turns_since_commit_ > 2) {
    submit();
  }
}

bool SimCopier::can_submit() const {
  return !open_.empty() && !ticket_ && !has_to_restore_;
}

void SimCopier::on(const log::Event& event) {
  if (const auto* records = std::get_if<log::Records>(&event)) {
    on_records(*records);
  } else if (const auto* answer = std::get_if<log::Answer>(&event)) {
    if (ticket_ == answer->ticket) {
      on_answer(answer->result);
    }
  } else if (const auto* assigned = std::get_if<log::Assigned>(&event)) {
    if (mistake_ == Mistake::kKeepsLostShards) {
      ticket_.reset();
      has_to_resolve_ = false;
    } else {
      drop();
    }
    term_ = assigned->term;
    assignment_ = assigned->partitions;
    has_to_restore_ = true;
  } else if (std::holds_alternative<log::Revoking>(event)) {
    if (can_submit()) {
      submit();
    }
  } else if (std::holds_alternative<log::Lost>(event)) {
    if (mistake_ != Mistake::kKeepsLostShards) {
      drop();
    }
  } else if (std::holds_alternative<log::Failed>(event)) {
    drop();
    stopped_ = true;
  }
}

void SimCopier::on_records(const log::Records& records) {
  for (const log::Record& record : records.records) {
    const auto found = shards_.find(record.at);
    if (found == shards_.end()) {
      continue;
    }
    Shard& shard = found->second;
    shard.next = record.offset + 1;
    ++shard.count;
    log::Append copy;
    copy.to = {kOutputTopic, -1};
    copy.key = std::string(record.value);
    copy.value = std::to_string(record.at.number) + ":" + std::to_string(shard.count) + ":" +
                 std::string(record.value);
    open_.push_back(std::move(copy));
  }
}

void SimCopier::submit() {
  turns_since_commit_ = 0;
  log::Transaction transaction;
  transaction.term = term_;
  transaction.appends = std::exchange(open_, {});
  for (const auto& [at, shard] : shards_) {
    log::Append count;
    count.to = {kChangelogTopic, at.number};
    count.value = std::to_string(shard.count);
    transaction.appends.push_back(std::move(count));
    if (mistake_ != Mistake::kNoOffsets) {
      transaction.offsets.push_back({at, shard.next, std::to_string(shard.count)});
      known_[at] = shard.next;
    }
  }
  // The partition of the first copy: its count has moved, so it can tell whether this was
  // committed.
  const std::string& copied = transaction.appends.front().value;
  for (const log::OffsetCommit& offset : transaction.offsets) {
    if (copied.rfind(std::to_string(offset.at.number) + ":", 0) == 0) {
      probe_ = offset;
    }
  }
  ticket_ = log_->submit(std::move(transaction));
}

void SimCopier::on_answer(log::CommitResult result) {
  switch (result) {
    case log::CommitResult::kCommitted:
      ticket_.reset();
      break;
    case log::CommitResult::kNotCommitted:
      ticket_.reset();
      has_to_restore_ = mistake_ != Mistake::kForgetsToUndo;
      break;
    case log::CommitResult::kFenced:
      drop();
      break;
    case log::CommitResult::kUnknown:
      if (mistake_ == Mistake::kUnknownIsCommitted) {
        ticket_.reset();
      } else if (mistake_ == Mistake::kUnknownIsNotCommitted) {
        ticket_.reset();
        has_to_restore_ = true;
      } else {
        has_to_resolve_ = true;
      }
      break;
  }
}

void SimCopier::resolve() {
  const auto result = log_->resolve(*ticket_, probe_);
  if (!result.has_value()) {
    return;  // again next turn, or never if the process is dead
  }
  has_to_resolve_ = false;
  on_answer(*result);
}

void SimCopier::try_restore() {
  std::map<log::Partition, Shard> shards;
  std::vector<log::Position> positions;
  for (const log::Partition& at : assignment_) {
    Shard shard;
    if (mistake_ == Mistake::kKeepsLostShards && shards_.count(at) != 0) {
      shard = shards_[at];
    } else if (!restore(at, shard)) {
      return;
    }
    shards[at] = shard;
    positions.push_back({at, shard.next});
  }
  if (mistake_ != Mistake::kKeepsLostShards) {
    open_.clear();
  }
  shards_ = std::move(shards);
  has_to_restore_ = !log_->start(positions).is_ok();
}

bool SimCopier::restore(log::Partition at, Shard& shard) {
  const auto committed = log_->committed(at);
  LastValue last;
  if (!committed.has_value() || !log_->read({kChangelogTopic, at.number}, 0, last).is_ok()) {
    return false;
  }
  shard.next = std::max<int64_t>(committed->next_offset, 0);
  shard.count = mistake_ == Mistake::kIgnoresChangelog ? 0 : std::stoll(last.value);
  if (mistake_ == Mistake::kTrustsItsMemory && known_.count(at) != 0) {
    shard.next = known_[at];
  }
  return true;
}

void SimCopier::drop() {
  term_ = 0;
  assignment_.clear();
  shards_.clear();
  open_.clear();
  ticket_.reset();
  has_to_restore_ = false;
  has_to_resolve_ = false;
}

}  // namespace kaiku::sim
