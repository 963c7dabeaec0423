#include "kaiku/journey/verdict_book.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"
#include "kaiku/money/decimal.h"

#include "unit/journey/book_desk.h"

namespace kaiku::journey {
namespace {

using aggregate::AttributionFigures;
using aggregate::AttributionModel;
using aggregate::kAttributionModels;
using base::EventTime;
using base::kDay;
using base::kHour;

constexpr int64_t kEuro = 1'000'000;
const EventTime kMonday = base::days_from_civil(2026, 3, 2) * kDay;

// An order as its stage tells it, and an answer, with what they point to.
struct ToldOrder {
  OrderInForce order;
  std::vector<AskedKey> keys;

  [[nodiscard]] OrderInForce view() const {
    OrderInForce told = order;
    told.keys = keys;
    return told;
  }
};

struct ToldAnswer {
  model::KeyAnswerMessage message;
  std::vector<model::KeyEntry> entries;

  [[nodiscard]] model::KeyAnswerMessage view() const {
    model::KeyAnswerMessage told = message;
    told.entries = entries;
    return told;
  }
};

ToldOrder order(uint64_t number, int64_t micros, std::vector<AskedKey> keys) {
  ToldOrder told;
  told.order.order = id(number);
  told.order.number = 1;
  told.order.net_micros = micros;
  told.order.currency = *money::parse_currency("EUR");
  told.order.rate_day = base::day_of(kMonday);
  told.order.at = kMonday;
  told.order.brand = "kirkas";
  told.order.channel = "web";
  told.keys = std::move(keys);
  return told;
}

ToldAnswer answer(uint64_t asker, AskedKey key, std::vector<model::KeyEntry> entries) {
  ToldAnswer told;
  told.message.asker = id(asker);
  told.message.number = 1;
  told.message.key = key.key;
  told.message.key_kind = key.kind;
  told.entries = std::move(entries);
  return told;
}

const AskedKey kCustomer{id(100), model::KeyKind::kCustomer};
const AskedKey kClick{id(200), model::KeyKind::kClick};

class VerdictDesk {
 public:
  VerdictDesk() { open(); }

  void tell(const ToldOrder& told) { ASSERT_TRUE(book_->tell(told.view(), sink()).is_ok()); }

  void answer(const ToldAnswer& told) { ASSERT_TRUE(book_->answer(told.view(), sink()).is_ok()); }

  void reopen() {
    vault.reopen();
    open();
  }

  [[nodiscard]] VerdictBook& book() { return *book_; }

  [[nodiscard]] AttributionFigures& cell(std::string_view channel) {
    return sums[{base::minute_of(kMonday), "kirkas", std::string(channel)}];
  }

  [[nodiscard]] int64_t money(std::string_view channel, AttributionModel model) {
    int64_t sum = 0;
    for (const auto& entry : cell(channel).revenue[static_cast<size_t>(model)].entries()) {
      sum += static_cast<int64_t>(entry.sum_micros);
    }
    return sum;
  }

  [[nodiscard]] bool is_empty() const { return bytes_of(sums).empty(); }

  Vault vault;
  Figures sums;
  size_t deltas = 0;

 private:
  void open() { book_ = std::make_unique<VerdictBook>(VerdictPlan{}, vault.tables()); }

  FiguresSink sink() {
    return [this](const exchange::DeltaKey& key, const AttributionFigures& figures) {
      ++deltas;
      EXPECT_FALSE(figures.is_empty());
      add(sums, key, figures);
    };
  }

  std::unique_ptr<VerdictBook> book_;
};

TEST(VerdictBook, AttributesOnceAllKeysHaveAnswered) {
  VerdictDesk desk;
  desk.tell(order(1, 100 * kEuro, {kCustomer, kClick}));
  EXPECT_TRUE(desk.is_empty());
  desk.answer(answer(1, kClick, {{id(7), kMonday - kHour, "x"}}));
  EXPECT_TRUE(desk.is_empty());
  desk.answer(
      answer(1, kCustomer, {{id(6), kMonday - kDay, "forum"}, {id(7), kMonday - kHour, "x"}}));
  // The touch that both keys know is one touch.
  EXPECT_EQ(desk.money("x", AttributionModel::kLinear), 50 * kEuro);
  EXPECT_EQ(desk.money("forum", AttributionModel::kLinear), 50 * kEuro);
  EXPECT_EQ(desk.money("x", AttributionModel::kLastTouch), 100 * kEuro);
  EXPECT_EQ(desk.money("forum", AttributionModel::kFirstTouch), 100 * kEuro);
  const AttributionFigures& own = desk.cell("web");
  EXPECT_EQ(own.orders_attributed, 1);
  EXPECT_EQ(own.joined_orders, 1);
  EXPECT_EQ(own.converted_through, 0);
  EXPECT_EQ(desk.cell("x").converted_through, 1);
  EXPECT_EQ(desk.cell("forum").converted_through, 1);
  EXPECT_EQ(own.orders_with_customer, 1);
  EXPECT_EQ(own.new_customer_orders, 1);
  const std::vector<aggregate::TransitionCounts::Entry> steps = {
      {"_start", "forum", 1}, {"forum", "x", 1}, {"x", "_conversion", 1}};
  EXPECT_EQ(desk.cell("x").transitions.entries(), steps);
}

TEST(VerdictBook, AnOrderThatNobodyKnowsIsUnattributed) {
  VerdictDesk desk;
  desk.tell(order(1, 100 * kEuro, {}));
  EXPECT_EQ(desk.money("_none", AttributionModel::kTimeDecay), 100 * kEuro);
  EXPECT_EQ(desk.cell("_none").conversion_millionths[0], 1'000'000);
  EXPECT_TRUE(desk.cell("_none").transitions.is_empty());
  EXPECT_EQ(desk.cell("web").joined_orders, 0);
  EXPECT_EQ(desk.cell("web").orders_with_customer, 0);
}

TEST(VerdictBook, TheTouchAnOrderNamesItselfIsTheLastOne) {
  VerdictDesk desk;
  ToldOrder told = order(1, 100 * kEuro, {kCustomer});
  told.order.touch_channel = "ads";
  desk.tell(told);
  desk.answer(answer(1, kCustomer, {{id(9), kMonday, "x"}}));
  EXPECT_EQ(desk.money("ads", AttributionModel::kLastTouch), 100 * kEuro);
  EXPECT_EQ(desk.money("x", AttributionModel::kFirstTouch), 100 * kEuro);
}

TEST(VerdictBook, ARefundLowersEveryPartAndARemovedOrderLeavesNothing) {
  VerdictDesk desk;
  ToldOrder told = order(1, 100 * kEuro, {kCustomer});
  desk.tell(told);
  desk.answer(
      answer(1, kCustomer, {{id(6), kMonday - kDay, "forum"}, {id(7), kMonday - kHour, "x"}}));
  told.order.net_micros = 60 * kEuro;
  desk.reopen();
  desk.tell(told);
  EXPECT_EQ(desk.money("x", AttributionModel::kLinear), 30 * kEuro);
  const size_t before = desk.deltas;
  desk.tell(told);
  EXPECT_EQ(desk.deltas, before);
  told.order.counts = false;
  desk.tell(told);
  EXPECT_TRUE(desk.is_empty());
  told.order.counts = true;
  desk.tell(told);
  EXPECT_EQ(desk.money("x", AttributionModel::kLastTouch), 60 * kEuro);
}

TEST(VerdictBook, AnswersToAnEarlierQuestionOrToAnotherKeyAreDropped) {
  VerdictDesk desk;
  ToldOrder told = order(1, 100 * kEuro, {kCustomer});
  const ToldAnswer early = answer(1, kCustomer, {{id(6), kMonday - kDay, "forum"}});
  desk.answer(early);  // nobody asked
  desk.tell(told);
  desk.answer(early);
  EXPECT_EQ(desk.money("forum", AttributionModel::kLastTouch), 100 * kEuro);
  told.order.number = 2;
  desk.tell(told);
  EXPECT_TRUE(desk.is_empty());
  desk.answer(early);
  desk.answer(answer(1, kClick, {}));
  EXPECT_TRUE(desk.is_empty());
  ToldAnswer now = answer(1, kCustomer, {});
  now.message.number = 2;
  now.message.shared = true;
  desk.answer(now);
  EXPECT_EQ(desk.money("_none", AttributionModel::kLastTouch), 100 * kEuro);
  EXPECT_EQ(desk.cell("web").orders_with_customer, 0);
}

TEST(VerdictBook, AnEarlierOrderMakesNoNewCustomer) {
  VerdictDesk desk;
  desk.tell(order(1, 100 * kEuro, {kCustomer}));
  ToldAnswer told = answer(1, kCustomer, {});
  told.message.truncated = true;
  desk.answer(told);
  EXPECT_EQ(desk.cell("web").new_customer_orders, 1);
  EXPECT_EQ(desk.cell("web").truncated_orders, 1);
  told.message.earlier_order = true;
  desk.answer(told);
  EXPECT_EQ(desk.cell("web").new_customer_orders, 0);
  EXPECT_EQ(desk.cell("web").orders_with_customer, 1);
}

struct LastWord {
  ToldOrder order;
  std::vector<ToldAnswer> answers;
};

ToldAnswer random_answer(base::Prng& prng, uint64_t asker, AskedKey key, uint64_t number) {
  static constexpr std::string_view kChannels[] = {"x", "forum", "mail"};
  std::vector<model::KeyEntry> entries;
  for (uint64_t i = prng.below(6); i > 0; --i) {
    const uint64_t touch = prng.below(12);
    entries.push_back(
        {id(touch), kMonday - static_cast<int64_t>(touch / 2) * kDay, kChannels[touch % 3]});
  }
  ToldAnswer told = answer(asker, key, entries);
  told.message.number = number;
  told.message.earlier_order = prng.chance(1, 2);
  return told;
}

TEST(VerdictBook, TheSumIsWhatTheLastWordsGiveAndSumsToTheOrders) {
  base::Prng prng(20260304);
  for (int round = 0; round < 100; ++round) {
    std::map<uint64_t, LastWord> last;
    VerdictDesk desk;
    for (int step = 0; step < 60; ++step) {
      const uint64_t number = 1 + prng.below(4);
      LastWord& word = last[number];
      if (word.order.order.number == 0 || prng.chance(1, 3)) {
        const uint64_t question = word.order.order.number;
        ToldOrder told = order(number, prng.between(-10, 1'000) * 333'333, {kCustomer, kClick});
        told.order.counts = prng.chance(5, 6);
        told.order.number = question == 0 || prng.chance(1, 3) ? question + 1 : question;
        if (told.order.number != question) {
          word.answers.clear();
          told.order.at += prng.between(0, 2) * kDay;
        } else {
          told.order.at = word.order.order.at;
        }
        word.order = told;
        desk.tell(told);
      } else {
        const AskedKey key = prng.chance(1, 2) ? kCustomer : kClick;
        ToldAnswer told = random_answer(prng, number, key, word.order.order.number);
        std::erase_if(word.answers, [&](const ToldAnswer& a) { return a.message.key == key.key; });
        word.answers.push_back(told);
        desk.answer(told);
      }
      if (prng.chance(1, 10)) {
        desk.reopen();
      }
    }
    VerdictDesk fresh;
    int64_t expected = 0;
    for (const auto& [number, word] : last) {
      fresh.tell(word.order);
      for (const ToldAnswer& told : word.answers) {
        fresh.answer(told);
      }
      expected +=
          word.order.order.counts && word.answers.size() == 2 ? word.order.order.net_micros : 0;
    }
    ASSERT_EQ(bytes_of(desk.sums), bytes_of(fresh.sums)) << "round " << round;
    for (size_t model = 0; model < kAttributionModels; ++model) {
      int64_t sum = 0;
      for (const auto& [where, figures] : desk.sums) {
        for (const auto& entry : figures.revenue[model].entries()) {
          sum += static_cast<int64_t>(entry.sum_micros);
        }
      }
      ASSERT_EQ(sum, expected);
    }
  }
}

TEST(VerdictBook, DamagedEntriesAskForARestore) {
  VerdictDesk desk;
  ToldOrder told = order(1, 100 * kEuro, {kCustomer});
  desk.tell(told);
  desk.answer(answer(1, kCustomer, {{id(6), kMonday - kDay, "forum"}}));
  std::string key;
  std::string good;
  ASSERT_TRUE(desk.vault.tables()
                  .scan(state::TableId::kVerdicts,
                        [&](std::string_view k, std::string_view v) {
                          key = k;
                          good = v;
                        })
                  .is_ok());
  const auto ignore = [](const exchange::DeltaKey&, const AttributionFigures&) {};
  const auto next_with = [&](std::string value) {
    desk.vault.tables().put(state::TableId::kVerdicts, key, std::move(value));
    return desk.book().tell(told.view(), ignore).next();
  };
  for (size_t size = 1; size < good.size(); ++size) {
    EXPECT_EQ(next_with(good.substr(0, size)), base::Next::kRestore) << size;
  }
  EXPECT_EQ(next_with(good + "x"), base::Next::kRestore);
  EXPECT_EQ(next_with("\x02" + good.substr(1)), base::Next::kRestore);
  EXPECT_EQ(next_with(good), base::Next::kOk);
  base::Prng prng(1);
  for (int i = 0; i < 3'000; ++i) {
    std::string bad = good;
    bad[prng.below(bad.size())] = static_cast<char>(prng.next());
    (void)next_with(bad);
  }
}

}  // namespace
}  // namespace kaiku::journey
