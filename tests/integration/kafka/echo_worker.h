// EchoWorker: the smallest honest user of the log: it copies every record of the input to the same
// partition of the output, in transactions, from wherever the group's offsets say. What comes out
// must be what went in, once.
//
// Threads: run() on a thread of its own; stop() from another.
// Owns:    its log, closed when run() ends.
// Cost:    one transaction per poll that brought records.
// Fails:   by gtest assertions and `failure`.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <vector>

#include "world.h"

namespace kaiku::kafka::test {

class EchoWorker {
 public:
  EchoWorker(World& world, KafkaOptions options) : world_(world), options_(std::move(options)) {}

  void run() {
    log_ = world_.open(options_);
    while (log_ != nullptr && !stopping_ && failure.empty()) {
      for (const log::Event& event : log_->poll({.wait_us = 20'000, .records = 50})) {
        std::visit([this](const auto& each) { on(each); }, event);
      }
      commit();
    }
    log_.reset();
  }

  void stop() { stopping_ = true; }

  std::string failure;
  std::atomic<int> terms{0};
  std::atomic<uint64_t> copied{0};
  std::atomic<uint64_t> resolved{0};

 private:
  void on(const log::Assigned& assigned) {
    forget();
    term_ = assigned.term;
    for (const log::Partition at : assigned.partitions) {
      if (at.topic == world_.in) {
        partitions_.push_back(at);
      }
    }
    restart();
    ++terms;
  }

  void on(const log::Records& records) {
    for (const log::Record& each : records.records) {
      appends_.push_back({.to = {.topic = world_.out, .number = each.at.number},
                          .key = "k",
                          .value = std::string(each.value),
                          .headers = {}});
      next_[each.at] = each.offset + 1;
    }
  }

  void on(const log::Revoking& /*event*/) {
    commit();
    forget();
  }

  void on(const log::Lost& /*event*/) { forget(); }

  void on(const log::End& /*event*/) {}

  void on(const log::Answer& answer) { ADD_FAILURE() << "unexpected answer " << answer.ticket; }

  void on(const log::Failed& failed) { failure = failed.status.message(); }

  void forget() {
    term_ = 0;
    partitions_.clear();
    appends_.clear();
    next_.clear();
  }

  // Reads on from what is committed.
  void restart() {
    appends_.clear();
    next_.clear();
    std::vector<log::Position> positions;
    for (const log::Partition at : partitions_) {
      auto committed = log_->committed(at);
      for (int i = 0; i < 20 && !committed; ++i) {
        committed = log_->committed(at);
      }
      ASSERT_TRUE(committed) << committed.error().message();
      positions.push_back(
          {.at = at, .offset = std::max<int64_t>(committed.value().next_offset, 0)});
    }
    const base::Status status = log_->start(positions);
    ASSERT_TRUE(status.is_ok()) << status.message();
  }

  void commit() {
    if (next_.empty()) {
      return;
    }
    log::Transaction transaction{.term = term_, .appends = appends_, .offsets = {}};
    for (const auto& [at, offset] : next_) {
      transaction.offsets.push_back(
          {.at = at,
           .next_offset = offset,
           .metadata = options_.transactional_id + ":" + std::to_string(++epoch_)});
    }
    const log::OffsetCommit probe = transaction.offsets.front();
    const log::Ticket ticket = log_->submit(std::move(transaction));
    // The answer is due at once; no budget, so that a revocation is not given back too early.
    std::vector<log::Event> others;
    log::CommitResult result = take_answer(ticket, others);
    for (int i = 0; i < 60 && result == log::CommitResult::kUnknown; ++i) {
      const auto verdict = log_->resolve(ticket, probe);
      if (verdict) {
        result = verdict.value();
        ++resolved;
      }
    }
    if (result == log::CommitResult::kCommitted) {
      copied += appends_.size();
      appends_.clear();
      next_.clear();
    } else if (result == log::CommitResult::kNotCommitted && partitions_.empty()) {
      forget();
    } else if (result == log::CommitResult::kNotCommitted) {
      restart();
      return;  // what was polled with the answer is read again
    } else if (result == log::CommitResult::kFenced) {
      forget();
    } else {
      failure = "a commit could not be resolved";
    }
    for (const log::Event& event : others) {
      std::visit([this](const auto& each) { on(each); }, event);
    }
  }

  log::CommitResult take_answer(log::Ticket ticket, std::vector<log::Event>& others) {
    auto result = log::CommitResult::kUnknown;
    bool found = false;
    for (log::Event& event : log_->poll({.wait_us = 0, .records = 0})) {
      if (const auto* answer = std::get_if<log::Answer>(&event)) {
        EXPECT_EQ(answer->ticket, ticket);
        result = answer->result;
        found = true;
      } else {
        others.push_back(std::move(event));
      }
    }
    EXPECT_TRUE(found) << "no answer";
    return result;
  }

  World& world_;
  KafkaOptions options_;
  std::unique_ptr<log::Log> log_;
  std::atomic<bool> stopping_{false};
  uint64_t term_ = 0;
  uint64_t epoch_ = 0;
  std::vector<log::Partition> partitions_;
  std::vector<log::Append> appends_;
  std::map<log::Partition, int64_t> next_;
};

}  // namespace kaiku::kafka::test
