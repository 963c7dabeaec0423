// Books over a store that can be closed and opened again, with everything they told, added up.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/bytes.h"
#include "kaiku/journey/key_book.h"
#include "kaiku/journey/verdict_book.h"
#include "kaiku/state/memory_store.h"

namespace kaiku::journey {

inline base::Digest id(uint64_t number) {
  return {number * 0x9e3779b97f4a7c15ULL + 1, number};
}

using Figures =
    std::map<std::tuple<int32_t, std::string, std::string>, aggregate::AttributionFigures>;

inline void add(Figures& sums,
                const exchange::DeltaKey& key,
                const aggregate::AttributionFigures& figures) {
  EXPECT_EQ(key.type, model::ItemType::kBusinessEvent);
  auto& cell = sums[{key.minute, std::string(key.brand), std::string(key.channel)}];
  ASSERT_TRUE(cell.merge(figures));
}

// Cells of nothing are no cells; the rest as bytes.
inline std::map<std::tuple<int32_t, std::string, std::string>, std::string> bytes_of(
    const Figures& sums) {
  std::map<std::tuple<int32_t, std::string, std::string>, std::string> bytes;
  for (const auto& [where, figures] : sums) {
    if (!figures.is_empty()) {
      base::ByteWriter out(bytes[where]);
      figures.encode(out);
    }
  }
  return bytes;
}

// The store of a shard: committed and opened again at will.
class Vault {
 public:
  Vault() { open(); }

  void reopen() {
    (void)tables_->seal();
    const base::Status status = tables_->commit({++epoch_, 1});
    ASSERT_TRUE(status.is_ok());
    open();
  }

  [[nodiscard]] state::Tables& tables() { return *tables_; }

 private:
  void open() { tables_ = state::open_tables(store_, "test", 0).value(); }

  state::MemoryStore store_;
  std::unique_ptr<state::Tables> tables_;
  uint64_t epoch_ = 0;
};

struct HeardAnswer {
  bool shared = false;
  bool truncated = false;
  bool earlier_order = false;
  std::vector<std::tuple<base::EventTime, base::Digest, std::string>> entries;
  int times = 0;

  friend bool operator==(const HeardAnswer& a, const HeardAnswer& b) {
    return std::tie(a.shared, a.truncated, a.earlier_order, a.entries) ==
           std::tie(b.shared, b.truncated, b.earlier_order, b.entries);
  }
};

class KeyDesk final : public KeySink {
 public:
  explicit KeyDesk(KeyPlan plan) : plan_(std::move(plan)) { open(); }

  void on_answer(const model::KeyAnswerMessage& answer) override {
    HeardAnswer heard;
    heard.shared = answer.shared;
    heard.truncated = answer.truncated;
    heard.earlier_order = answer.earlier_order;
    for (const model::KeyEntry& entry : answer.entries) {
      heard.entries.emplace_back(entry.at, entry.id, entry.channel);
    }
    HeardAnswer& last = answers[{answer.key, answer.asker, answer.number}];
    heard.times = last.times + 1;
    last = heard;
  }

  void on_figures(const exchange::DeltaKey& key,
                  const aggregate::AttributionFigures& figures) override {
    add(sums, key, figures);
  }

  void accept(const model::KeyEntryMessage& message) {
    ASSERT_TRUE(book_->accept(message, *this).is_ok());
  }

  void ask(const model::KeyQuestionMessage& message) {
    ASSERT_TRUE(book_->ask(message, *this).is_ok());
  }

  void advance(base::EventTime to) { advance(to, to); }

  void advance(base::EventTime effective, base::EventTime data) {
    ASSERT_TRUE(book_->advance(effective, data, *this).is_ok());
  }

  void reopen() {
    vault.reopen();
    open();
  }

  [[nodiscard]] KeyBook& book() { return *book_; }

  // Sums over all cells.
  [[nodiscard]] aggregate::AttributionFigures total() const {
    aggregate::AttributionFigures all;
    for (const auto& [where, figures] : sums) {
      EXPECT_TRUE(all.merge(figures));
    }
    return all;
  }

  Vault vault;
  Figures sums;
  std::map<std::tuple<base::Digest, base::Digest, uint64_t>, HeardAnswer> answers;

 private:
  void open() {
    book_ = std::make_unique<KeyBook>(plan_, vault.tables());
    ASSERT_TRUE(book_->load().is_ok());
  }

  KeyPlan plan_;
  std::unique_ptr<KeyBook> book_;
};

}  // namespace kaiku::journey
