// SignalBookTest: a book over a store in memory, what is said to it, and what it tells; every
// record is held against its schema.
//
// Threads: confined to its test.
// Owns:    store, tables, budget, book and what was told.
// Cost:    tests only.
// Fails:   never.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/digest.h"
#include "kaiku/signal/signal_book.h"
#include "kaiku/state/memory_store.h"

#include "unit/json_schema.h"

namespace kaiku::signal {

// Monday 2026-03-02 00:00.
inline constexpr int64_t kMonday = 20'514 * base::kDay;

struct Said {
  int64_t hour = 0;  // since Monday
  int64_t minute = 0;
  std::string term;
  uint64_t author = 0;
  std::string brand = "kirkas";
  int risk = -1;  // of model::Risk: `term` is its subject
  int sentiment = 0;
  uint64_t item = 0;  // not 0: an example
};

class SignalBookTest : public ::testing::Test {
 protected:
  SignalBookTest() : plan_(std::make_shared<SignalPlan>()) {
    plan_->final_after = 0;
    open();
  }

  void open() {
    book_.reset();
    tables_ = state::open_tables(*store_, "test", 0).value();
    budget_ = std::make_unique<AlertBudget>(alerts_per_day_, plan_->final_after, *tables_);
    ASSERT_TRUE(budget_->load(watermark_).is_ok());
    book_ = std::make_unique<SignalBook>(plan_, *budget_, *tables_);
    ASSERT_TRUE(book_->load().is_ok());
  }

  void say(const Said& said) {
    aggregate::Aggregate delta;
    delta.by_relation[static_cast<size_t>(model::Relation::kOriginal)] = 1;
    delta.sentiment_negative = said.sentiment < 0 ? 1 : 0;
    delta.sentiment_positive = said.sentiment > 0 ? 1 : 0;
    if (!said.term.empty()) {
      const uint64_t hash = base::HashKey().hash64(said.term);
      aggregate::SignalFigures& told = delta.signals.make();
      if (said.risk >= 0) {
        told.subjects[static_cast<size_t>(said.risk)].add(hash, said.term, &said.author);
      } else {
        told.terms.add(hash, said.term, &said.author);
      }
    }
    if (said.item != 0) {
      aggregate::Example example;
      example.item = said.item;
      example.author = said.author;
      example.has_risk = said.risk >= 0;
      example.url = "https://x.example/" + std::to_string(said.item);
      example.add(base::HashKey().hash64(said.term));
      delta.signals.make().examples.add(example);
    }
    const base::EventTime at = kMonday + said.hour * base::kHour + said.minute * base::kMinute;
    book_->accept({base::minute_of(at), model::ItemType::kMention, said.brand, "x"}, delta);
  }

  void take_away(uint64_t item, int64_t hour, int64_t minute) {
    aggregate::Aggregate delta;
    delta.signals.make().examples.take_away(item);
    const base::EventTime at = kMonday + hour * base::kHour + minute * base::kMinute;
    book_->accept({base::minute_of(at), model::ItemType::kMention, "kirkas", "x"}, delta);
  }

  // The addresses in the last record, and then no record.
  std::string samples() {
    const std::string mark = "\"sample_refs\":";
    const std::string value = told_.empty() ? "" : told_.back().value;
    told_.clear();
    const size_t at = value.find(mark);
    return at == std::string::npos
               ? ""
               : value.substr(at + mark.size(), value.find(']', at) + 1 - at - mark.size());
  }

  // Of `count` authors in one hour.
  void say_often(int64_t hour, const std::string& term, int count) {
    for (int i = 0; i < count; ++i) {
      say({hour, i % 60, term, static_cast<uint64_t>(i)});
    }
  }

  void close(int64_t hour) { commit(kMonday + (hour + 1) * base::kHour); }

  void commit(base::EventTime watermark) {
    const auto sink = [this](const AlertRecord& record) { hear(record); };
    book_->seal(watermark, sink);
    budget_->tell(watermark, sink);
    watermark_ = watermark;
    (void)tables_->seal_packed();
    ASSERT_TRUE(tables_->commit({++epoch_, 0}).is_ok());
  }

  // Every record that a test hears is as its schema says.
  void hear(const AlertRecord& record) {
    static const tests::JsonValue kSignal = tests::schema_of("signal");
    static const tests::JsonValue kDigest = tests::schema_of("signal_digest", 2);
    const auto json = tests::JsonValue::parse(record.value);
    ASSERT_TRUE(json.has_value()) << record.value;
    const bool is_digest = record.state == RecordState::kDigest;
    EXPECT_EQ(tests::problem_of(is_digest ? kDigest : kSignal, *json, "record"), "")
        << record.value;
    told_.push_back(record);
  }

  static std::string text_of(const std::string& json, const std::string& name) {
    const std::string mark = "\"" + name + "\":";
    const size_t at = json.find(mark);
    if (at == std::string::npos) {
      return "";
    }
    size_t begin = at + mark.size();
    const bool quoted = json[begin] == '"';
    begin += quoted ? 1 : 0;
    return json.substr(begin, json.find_first_of(quoted ? "\"" : ",}", begin) - begin);
  }

  // "burst #lasi open 8" of what was told since the last call.
  std::vector<std::string> told() {
    std::vector<std::string> out;
    for (const AlertRecord& record : told_) {
      if (record.state == RecordState::kDigest) {
        out.push_back("digest " + text_of(record.value, "hour"));
      } else {
        out.push_back(text_of(record.value, "kind") + " " + text_of(record.value, "subject") + " " +
                      text_of(record.value, "state") + " " + text_of(record.value, "count"));
      }
    }
    told_.clear();
    return out;
  }

  std::shared_ptr<SignalPlan> plan_;
  int64_t alerts_per_day_ = 20;
  base::EventTime watermark_ = base::kTimeBegin;
  std::unique_ptr<state::MemoryStore> store_ = std::make_unique<state::MemoryStore>();
  std::unique_ptr<state::Tables> tables_;
  std::unique_ptr<AlertBudget> budget_;
  std::unique_ptr<SignalBook> book_;
  std::vector<AlertRecord> told_;
  uint64_t epoch_ = 0;
};

}  // namespace kaiku::signal
