// Desk: a board on a memory store as tests handle it: merge, advance, seal, restart.
//
// Threads: confined to its test.
// Owns:    store, tables and board.
// Cost:    of no concern.
// Fails:   a failed status fails the test.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/board/board.h"
#include "kaiku/state/memory_store.h"
#include "kaiku/state/tables.h"

#include "unit/board/json_value.h"

namespace kaiku::board {

using aggregate::Aggregate;
using base::EventTime;
using base::kDay;
using base::kHour;
using base::kMinute;
using model::ItemType;

inline EventTime at(const char* text) {
  const EventTime time = base::parse_rfc3339(text);
  EXPECT_NE(time, base::kNoTime) << text;
  return time;
}

inline window::WindowSpec window_of(const std::string& name,
                                    int64_t size,
                                    int64_t advance = 0,
                                    const std::string& zone = "",
                                    int64_t final_after = 10 * kMinute,
                                    int64_t retention = 3'650 * kDay) {
  auto spec = window::WindowSpec::make(name, size, advance, zone, final_after, retention);
  EXPECT_TRUE(spec.has_value()) << spec.error().message();
  return *spec;
}

inline model::Currency currency_of(const char* code) {
  return {{code[0], code[1], code[2], 0}};
}

inline BoardPlan plan_of(std::vector<window::WindowSpec> windows,
                         std::vector<std::string> kpi_windows = {}) {
  BoardPlan plan;
  plan.pipeline = "drinks-eu";
  plan.windows = std::move(windows);
  plan.kpi_windows = std::move(kpi_windows);
  plan.rates = std::make_shared<const money::Rates>(currency_of("EUR"));
  return plan;
}

// Originals, all of people outside of the brand.
inline Aggregate mentions(int64_t count) {
  Aggregate delta;
  delta.by_relation[0] = delta.inbound = delta.inbound_original = count;
  return delta;
}

inline std::string bytes_of(const Aggregate& aggregate) {
  std::string bytes;
  base::ByteWriter out(bytes);
  aggregate.encode(out);
  return bytes;
}

class Desk {
 public:
  explicit Desk(BoardPlan plan) : plan_(std::make_shared<const BoardPlan>(std::move(plan))) {
    open();
  }

  void merge(EventTime time,
             const std::string& brand,
             const std::string& channel,
             ItemType type,
             const Aggregate& delta) {
    exchange::DeltaKey key;
    key.minute = base::minute_of(time);
    key.type = type;
    key.brand = brand;
    key.channel = channel;
    const base::Status status = board().merge(key, delta);
    ASSERT_TRUE(status.is_ok()) << status.message();
  }

  void advance(EventTime watermark, EventTime purge = base::kTimeBegin) {
    watermark_ = watermark;
    purge_ = purge;
    board().advance(watermark, purge);
  }

  // Seals the board, commits the tables as a shard would, and gives what was published.
  std::vector<Published> seal(bool with_early = false) {
    std::vector<Published> out;
    const base::Status status = board().seal(with_early, out);
    EXPECT_TRUE(status.is_ok()) << status.message();
    const std::vector<state::Change> changes = tables_->seal();
    puts_ = changes.size();
    EXPECT_TRUE(tables_->commit({++epoch_, static_cast<int64_t>(epoch_)}).is_ok());
    return out;
  }

  // A new process on the same store, told the watermarks of the last epoch again.
  void restart() {
    board_.reset();
    tables_.reset();
    open();
    board().advance(watermark_, purge_);
  }

  Board& board() { return *board_; }

  state::Tables& tables() { return *tables_; }

  // Changes written by the last seal.
  [[nodiscard]] size_t puts() const { return puts_; }

 private:
  void open() {
    auto tables = state::open_tables(store_, "drinks-eu", 0);
    ASSERT_TRUE(tables.has_value()) << tables.error().message();
    tables_ = std::move(*tables);
    board_ = std::make_unique<Board>(plan_, *tables_);
    const base::Status status = board_->load();
    ASSERT_TRUE(status.is_ok()) << status.message();
  }

  std::shared_ptr<const BoardPlan> plan_;
  state::MemoryStore store_;
  std::unique_ptr<state::Tables> tables_;
  std::unique_ptr<Board> board_;
  EventTime watermark_ = base::kTimeBegin;
  EventTime purge_ = base::kTimeBegin;
  uint64_t epoch_ = 0;
  size_t puts_ = 0;
};

inline JsonValue json_of(const Published& record) {
  const auto value = JsonValue::parse(record.value);
  EXPECT_TRUE(value.has_value()) << record.value;
  return value.value_or(JsonValue());
}

inline std::vector<Published> of(Dataset dataset, const std::vector<Published>& all) {
  std::vector<Published> some;
  for (const Published& record : all) {
    if (record.dataset == dataset) {
      some.push_back(record);
    }
  }
  return some;
}

// "hour 10:00 kirkas/x mention final 0: 3", what most tests look at.
inline std::string summary(const Published& record) {
  const JsonValue json = json_of(record);
  return json.at("window") + " " + json.at("window_start").substr(11, 5) + " " + json.at("brand") +
         "/" + json.at("channel") + " " + json.at("type") + " " + json.at("kind") + " " +
         json.at("revision") + ": " + json.at("count_total");
}

inline std::vector<std::string> activity(const std::vector<Published>& all) {
  std::vector<std::string> lines;
  for (const Published& record : of(Dataset::kActivity, all)) {
    lines.push_back(summary(record));
  }
  return lines;
}

inline std::vector<std::string> closed(const std::vector<Published>& all) {
  std::vector<std::string> lines;
  for (const Published& record : of(Dataset::kClosed, all)) {
    const JsonValue json = json_of(record);
    lines.push_back(json.at("window") + " " + json.at("brand") + " " + json.at("closed_through"));
  }
  return lines;
}

}  // namespace kaiku::board
