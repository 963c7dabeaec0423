// LogWorld: what a test of the log contract needs around a log: topics, a plain producer, clients
// that remember what they were told.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/log/log.h"
#include "kaiku/log/topic_table.h"

namespace kaiku::log {

// One log with its topics, empty at first, and everything outside of the port that a test needs.
class LogWorld {
 public:
  // Decides an open transaction: true commits, false aborts.
  using Decide = std::function<void(bool)>;

  LogWorld() = default;
  LogWorld(const LogWorld&) = delete;
  LogWorld& operator=(const LogWorld&) = delete;
  virtual ~LogWorld() = default;

  // The table the factory was given; names may have been made unique.
  [[nodiscard]] virtual const TopicTable& topics() const = 0;
  // A new member of the group; `number` tells members apart.
  virtual std::unique_ptr<Log> connect(int number) = 0;
  // A plain record, visible when this returns.
  virtual void produce(Partition to,
                       const std::string& key,
                       const std::string& value,
                       base::EventTime timestamp) = 0;

  // A transaction of somebody else with one record; empty where a log has no open transactions.
  virtual Decide begin(Partition /*to*/, const std::string& /*value*/) { return {}; }

  // The process ends and starts again; no client is open.
  virtual void restart() {}
};

struct LogWorldFactory {
  std::string name;
  std::function<std::unique_ptr<LogWorld>(const TopicTable& topics)> make;
};

inline std::string log_name(const ::testing::TestParamInfo<LogWorldFactory>& each) {
  return each.param.name;
}

struct OwnedRecord {
  int64_t offset = 0;
  base::EventTime timestamp = 0;
  bool has_key = false;
  bool has_value = false;
  std::string key;
  std::string value;
};

// A client that remembers what it was told.
class Reader {
 public:
  explicit Reader(std::unique_ptr<Log> log) : log_(std::move(log)) {}

  Log* operator->() { return log_.get(); }

  void poll(int64_t wait_us) {
    for (Event& event : log_->poll({wait_us, 1'000})) {
      take(event);
    }
  }

  // True as soon as `done` holds; false when that takes too long.
  template <typename Done>
  bool poll_until(const Done& done) {
    constexpr int kPolls = 1'500;
    for (int i = 0; i < kPolls && !done(); ++i) {
      poll(20'000);
    }
    return done();
  }

  bool poll_until_assigned() {
    return poll_until([&] { return assigned.has_value(); });
  }

  // Some polls that should bring nothing.
  void poll_some() {
    for (int i = 0; i < 10; ++i) {
      poll(10'000);
    }
  }

  [[nodiscard]] std::vector<std::string> values(Partition at) const {
    std::vector<std::string> all;
    const auto found = records.find(at);
    if (found != records.end()) {
      for (const OwnedRecord& record : found->second) {
        all.push_back(record.value);
      }
    }
    return all;
  }

  CommitResult commit(Transaction transaction) {
    answer.reset();
    const Ticket ticket = log_->submit(std::move(transaction));
    EXPECT_TRUE(poll_until([&] { return answer.has_value(); })) << failure.message();
    if (!answer) {
      return CommitResult::kUnknown;
    }
    EXPECT_EQ(answer->ticket, ticket);
    return answer->result;
  }

  std::map<Partition, std::vector<OwnedRecord>> records;
  std::map<Partition, std::vector<End>> ends;
  std::optional<Assigned> assigned;
  int revocations = 0;
  std::optional<Answer> answer;
  base::Status failure;

 private:
  void take(Event& event) {
    if (const auto* batch = std::get_if<Records>(&event)) {
      for (const Record& record : batch->records) {
        records[record.at].push_back({record.offset,
                                      record.timestamp,
                                      record.has_key,
                                      record.has_value,
                                      std::string(record.key),
                                      std::string(record.value)});
      }
    } else if (auto* assignment = std::get_if<Assigned>(&event)) {
      assigned = std::move(*assignment);
    } else if (std::holds_alternative<Revoking>(event) || std::holds_alternative<Lost>(event)) {
      ++revocations;
      assigned.reset();
    } else if (const auto* end = std::get_if<End>(&event)) {
      ends[end->at].push_back(*end);
    } else if (auto* answered = std::get_if<Answer>(&event)) {
      answer = std::move(*answered);
    } else if (auto* failed = std::get_if<Failed>(&event)) {
      failure = std::move(failed->status);
    }
  }

  std::unique_ptr<Log> log_;
};

class OwnedSink final : public RecordSink {
 public:
  explicit OwnedSink(size_t limit = SIZE_MAX) : limit_(limit) {}

  bool on_record(const Record& record) override {
    values.emplace_back(record.value);
    offsets.push_back(record.offset);
    has_value.push_back(record.has_value);
    return values.size() < limit_;
  }

  std::vector<std::string> values;
  std::vector<int64_t> offsets;
  std::vector<bool> has_value;

 private:
  size_t limit_;
};

}  // namespace kaiku::log
