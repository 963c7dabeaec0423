// A replay goes through log, router, edge and commit: a fault in each of them either
// stops the run or changes no figure.
#include "app/memory_run.h"

#include <algorithm>
#include <map>
#include <utility>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kaiku/base/bytes.h"
#include "kaiku/base/crc32c.h"
#include "kaiku/config/pipeline_config.h"
#include "kaiku/exchange/edge.h"

#include "app/collector.h"
#include "unit/state/faulty_store.h"

namespace kaiku::app {
namespace {

using base::Status;
using testing::HasSubstr;

constexpr int kRecords = 60;
constexpr const char* kPipeline = R"(version: 1
name: faulty
shards: 2
sources:
  posts: {topic: posts}
brands: open
channels: [{id: x}]
windows: {day: {size: 1d}}
state: {commit_every: 10ms}
)";

// A log that hands everything on. Faults change what goes through.
struct Faults {
  // Of each transaction, counted from 1. True: the inner log never sees it, and `refusal` answers.
  std::function<bool(int number, log::Transaction& transaction)> swallows;
  log::CommitResult refusal = log::CommitResult::kNotCommitted;
  // Of the answers of the inner log, counted from 1.
  std::function<void(int number, log::Answer& answer)> answers;
  // Of every record that is polled or read: true if its value was changed to `value`.
  std::function<bool(const log::Record& record, std::string& value)> damages;
  // No write to a store succeeds.
  Status store;  // of every write
  // How often a fault struck: a test whose fault never did proves nothing.
  int struck = 0;
};

class FaultyLog final : public log::Log {
 public:
  FaultyLog(std::unique_ptr<log::Log> inner, Faults& faults)
      : inner_(std::move(inner)), faults_(faults) {}

  std::vector<log::Event> poll(const log::PollBudget& budget) override {
    if (refused_ != 0) {
      return {log::Answer{std::exchange(refused_, 0), faults_.refusal, {}}};
    }
    std::vector<log::Event> events = inner_->poll(budget);
    values_.clear();
    for (log::Event& event : events) {
      if (auto* records = std::get_if<log::Records>(&event)) {
        for (log::Record& record : records->records) {
          damage(record);
        }
      }
      if (auto* answer = std::get_if<log::Answer>(&event); answer != nullptr && faults_.answers) {
        const log::CommitResult before = answer->result;
        faults_.answers(++answered_, *answer);
        faults_.struck += before == answer->result ? 0 : 1;
      }
    }
    return events;
  }

  [[nodiscard]] Status start(const std::vector<log::Position>& positions) override {
    return inner_->start(positions);
  }

  log::Ticket submit(log::Transaction transaction) override {
    if (faults_.swallows && faults_.swallows(++submitted_, transaction)) {
      ++faults_.struck;
      refused_ = kOwnTicket;
      return kOwnTicket;
    }
    return inner_->submit(std::move(transaction));
  }

  [[nodiscard]] base::Result<log::CommitResult> resolve(log::Ticket ticket,
                                                        const log::OffsetCommit& probe) override {
    if (ticket != kOwnTicket) {
      return inner_->resolve(ticket, probe);
    }
    auto committed = inner_->committed(probe.at);
    if (!committed.has_value()) {
      return committed.error();
    }
    return committed->next_offset == probe.next_offset ? log::CommitResult::kCommitted
                                                       : log::CommitResult::kNotCommitted;
  }

  [[nodiscard]] base::Result<log::Committed> committed(log::Partition at) override {
    return inner_->committed(at);
  }

  [[nodiscard]] base::Result<log::Ends> ends(log::Partition at, log::Isolation level) override {
    return inner_->ends(at, level);
  }

  [[nodiscard]] Status read(log::Partition at, int64_t from, log::RecordSink& sink) override {
    class Between final : public log::RecordSink {
     public:
      Between(FaultyLog& log, log::RecordSink& sink) : log_(log), sink_(sink) {}

      bool on_record(const log::Record& record) override {
        log::Record changed = record;
        log_.damage(changed);
        return sink_.on_record(changed);
      }

     private:
      FaultyLog& log_;
      log::RecordSink& sink_;
    };

    Between between(*this, sink);
    return inner_->read(at, from, between);
  }

  [[nodiscard]] base::Result<int32_t> partition_count(log::TopicId topic) override {
    return inner_->partition_count(topic);
  }

  void close() override { inner_->close(); }

 private:
  static constexpr log::Ticket kOwnTicket = ~log::Ticket{0};

  void damage(log::Record& record) {
    std::string value;
    if (faults_.damages && faults_.damages(record, value)) {
      ++faults_.struck;
      values_.push_back(std::make_unique<std::string>(std::move(value)));
      record.value = *values_.back();
    }
  }

  std::unique_ptr<log::Log> inner_;
  Faults& faults_;
  log::Ticket refused_ = 0;
  int submitted_ = 0;
  int answered_ = 0;
  std::vector<std::unique_ptr<std::string>> values_;
};

std::string post(int number) {
  return R"({"event_id":"e)" + std::to_string(number) +
         R"(","type":"mention","channel":"x","brand_id":"b)" + std::to_string(number % 3) +
         R"(","native_id":"n)" + std::to_string(number) +
         R"(","occurred_at":"2026-03-02T10:00:00Z"})";
}

class MemoryRunTest : public testing::Test {
 protected:
  MemoryRunTest() {
    auto loaded = config::load_pipeline_text(kPipeline, "p.yaml", {});
    EXPECT_NE(loaded.plan, nullptr);
    plan_ = std::make_shared<shard::Plan>(*loaded.plan);
    plan_->state.commit_bytes = 1;  // an epoch ends as soon as something is in it
  }

  // Of the posts and of `more` behind them, which may be no posts.
  Status run(const std::vector<std::string>& more = {}) {
    RunPorts ports;
    ports.log = [this](auto inner) {
      return std::make_unique<FaultyLog>(std::move(inner), faults_);
    };
    ports.store = [this](auto inner) {
      return std::make_unique<state::FaultyStore>(std::move(inner), faults_.store);
    };
    auto made = MemoryRun::make(*plan_, {{2, false}}, clock_, std::move(ports));
    EXPECT_TRUE(made.has_value());
    run_ = std::move(made).value();
    std::vector<std::string> values;
    for (int i = 0; i < kRecords; ++i) {
      values.push_back(post(i));
    }
    values.insert(values.end(), more.begin(), more.end());
    for (size_t i = 0; i < values.size(); ++i) {
      local::NewRecord record;
      record.partition = static_cast<int32_t>(i % 2);
      record.value = values[i];
      EXPECT_TRUE(run_->append(0, {&record, 1}).is_ok());
    }
    return run_->run();
  }

  std::map<std::string, std::string> outputs() {
    auto reader = run_->reader();
    EXPECT_TRUE(reader.has_value());
    auto collected = collect_outputs(run_->plan(), *reader.value());
    EXPECT_TRUE(collected.has_value());
    std::map<std::string, std::string> lines;
    for (Output& output : collected.value()) {
      lines[output.name] = std::move(output.lines);
    }
    return lines;
  }

  // What a run without a fault gives.
  std::map<std::string, std::string> expected() {
    const Faults faults = std::exchange(faults_, {});
    EXPECT_TRUE(run().is_ok());
    EXPECT_TRUE(shard::balances(run_->ledger()));
    auto lines = outputs();
    faults_ = faults;
    return lines;
  }

  void expect_same_figures() {
    const auto wanted = expected();
    EXPECT_THAT(wanted.at("aggregates"), HasSubstr(R"("count_total":20)"));
    const Status status = run();
    ASSERT_TRUE(status.is_ok()) << status.message();
    EXPECT_GT(faults_.struck, 0);
    EXPECT_TRUE(shard::balances(run_->ledger()));
    EXPECT_EQ(outputs(), wanted);
  }

  void expect_stop(const std::string& words) {
    const Status status = run();
    EXPECT_GT(faults_.struck, 0);
    ASSERT_FALSE(status.is_ok());
    EXPECT_THAT(status.message(), HasSubstr(words));
  }

  base::SystemClock clock_;
  std::shared_ptr<shard::Plan> plan_;
  Faults faults_;
  std::unique_ptr<MemoryRun> run_;
};

TEST_F(MemoryRunTest, ARefusedAppendIsDoneAgain) {
  faults_.swallows = [](int number, log::Transaction&) { return number <= 3; };
  expect_same_figures();
}

TEST_F(MemoryRunTest, ARecordThatTheRouterCannotUseIsADeadLetterAndNothingElse) {
  const auto wanted = expected();
  ASSERT_TRUE(run({"{\"event_id\":", R"({"event_id":"late"})"}).is_ok());
  EXPECT_EQ(run_->ledger().at(0).outcome(model::Outcome::kDeadLetter), 2U);
  EXPECT_TRUE(shard::balances(run_->ledger()));
  auto got = outputs();
  EXPECT_THAT(got.at("dead_letters"), HasSubstr(R"("error_class":"parse")"));
  EXPECT_THAT(got.at("dead_letters"), HasSubstr(R"("error_code":"missing_field")"));
  EXPECT_EQ(got.at("aggregates"), wanted.at("aggregates"));
}

// Another sequence number in an edge record that is in order otherwise.
std::string with_sequence(std::string record, uint64_t add) {
  exchange::EdgeHeader header;
  if (!exchange::decode_edge_header(record, header)) {
    return "";
  }
  const std::string source = header.from_router ? header.source : std::string();
  // Layout and kind, then the sender: a shard's number, or a source with its partition; receiver.
  const size_t at = header.from_router ? 2 + 1 + source.size() + 1 + 2 : 2 + 2 + 2;
  record[at] = static_cast<char>(record[at] + static_cast<char>(add));
  record.resize(record.size() - sizeof(uint32_t));
  base::ByteWriter(record).u32(base::crc32c(record));
  return record;
}

TEST_F(MemoryRunTest, AnEdgeWithAGapStopsTheRun) {
  faults_.damages = [this](const log::Record& record, std::string& value) {
    exchange::EdgeHeader header;
    if (faults_.struck > 0 || record.at.topic != plan_->exchange ||
        !exchange::decode_edge_header(record.value, header) || !header.from_router) {
      return false;
    }
    value = with_sequence(std::string(record.value), 1);
    exchange::EdgeHeader changed;
    EXPECT_TRUE(exchange::decode_edge_header(value, changed));
    EXPECT_EQ(changed.sequence, header.sequence + 1);
    return true;
  };
  expect_stop("torn edge");
}

TEST_F(MemoryRunTest, ADamagedEdgeStopsTheRun) {
  faults_.damages = [this](const log::Record& record, std::string& value) {
    if (faults_.struck > 0 || record.at.topic != plan_->exchange) {
      return false;
    }
    value = std::string(record.value);
    value.back() = static_cast<char>(value.back() ^ 1);
    return true;
  };
  expect_stop("exchange record is damaged");
}

TEST_F(MemoryRunTest, ALostAnswerOfACommitThatHappenedChangesNothing) {
  faults_.answers = [](int number, log::Answer& answer) {
    if (number <= 2) {
      answer.result = log::CommitResult::kUnknown;
    }
  };
  expect_same_figures();
}

TEST_F(MemoryRunTest, ALostAnswerOfACommitThatDidNotHappenChangesNothing) {
  faults_.swallows = [](int number, log::Transaction&) { return number == 2; };
  faults_.refusal = log::CommitResult::kUnknown;
  expect_same_figures();
}

// An epoch is refused when the first rows of shards are in the changelog, and the stores could not
// follow: what is loaded again comes from there. Rows with a key are routers'.
class ChangelogTest : public MemoryRunTest {
 protected:
  ChangelogTest() {
    faults_.swallows = [this](int, log::Transaction& transaction) {
      const bool swallows = has_rows_ && faults_.struck == 0;
      for (const log::Append& append : transaction.appends) {
        has_rows_ = has_rows_ || (append.to.topic == plan_->changelog && append.key.empty());
      }
      faults_.store = swallows ? Status::stop(base::Exit::kDiskFull, "no room") : Status::ok();
      return swallows;
    };
  }

  void on_row(std::function<void(std::string& value)> change) {
    faults_.damages = [this, change](const log::Record& record, std::string& value) {
      if (record.at.topic != plan_->changelog || record.has_key) {
        return false;
      }
      ++rows_;
      value = std::string(record.value);
      change(value);
      return true;
    };
  }

  bool has_rows_ = false;
  int rows_ = 0;
};

TEST_F(ChangelogTest, WhatAStoreLacksIsReadAgain) {
  on_row([](std::string&) {});
  expect_same_figures();
  EXPECT_GT(rows_, 0);
}

TEST_F(ChangelogTest, ADamagedRowStopsTheRun) {
  on_row([](std::string& value) {
    value[value.size() / 2] = static_cast<char>(value[value.size() / 2] ^ 1);
  });
  expect_stop("the record is damaged");
  EXPECT_GT(rows_, 0);
}

}  // namespace
}  // namespace kaiku::app
