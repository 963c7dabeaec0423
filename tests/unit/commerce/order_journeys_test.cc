// What journeys are told of orders, visits and leads.
#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"
#include "kaiku/commerce/order_book.h"
#include "kaiku/money/decimal.h"
#include "kaiku/state/memory_store.h"

namespace kaiku::commerce {
namespace {

using model::BusinessKind;
using model::KeyKind;
using model::OrderMessage;

constexpr int64_t kEuro = 1'000'000;
const base::EventTime kMonday = base::days_from_civil(2026, 3, 2) * base::kDay;

base::Digest id(uint64_t number) {
  return {number * 7 + 1, number};
}

struct Told {
  BusinessKind kind = BusinessKind::kNone;
  bool counts = false;
  base::EventTime at = 0;
  int64_t net = 0;
  uint64_t number = 0;
  base::Digest customer;

  friend bool operator==(const Told&, const Told&) = default;
};

Told told_of(const InForce& record) {
  return {
      record.kind,
      record.counts,
      record.at,
      record.net_micros,
      record.number,
      record.keys.has(KeyKind::kCustomer) ? record.keys.at(KeyKind::kCustomer) : base::Digest{}};
}

class Listener final : public JourneySink {
 public:
  base::Status on_change(const InForce& before, const InForce& now) override {
    // What is told as before is what was told last; what does not count is told of once.
    const auto known = last.find(now.business);
    EXPECT_EQ(before.counts, known != last.end() && known->second.counts);
    if (before.counts && known != last.end()) {
      EXPECT_EQ(told_of(before), known->second);
    }
    last[now.business] = told_of(now);
    all.push_back(told_of(now));
    return base::Status::ok();
  }

  std::map<base::Digest, Told> last;
  std::vector<Told> all;
};

// A message with the keys it carries.
struct Said {
  OrderMessage message;
  model::KeyPart keys;

  [[nodiscard]] OrderMessage view() const {
    OrderMessage out = message;
    out.keys = keys.carried != 0 ? &keys : nullptr;
    return out;
  }
};

Said record(uint64_t number, BusinessKind kind, int64_t version, int64_t micros, uint64_t of = 0) {
  Said said;
  said.message.order = id(of == 0 ? number : of);
  said.message.business = id(number);
  said.message.kind = kind;
  said.message.version = version;
  said.message.occurred_at = kMonday;
  said.message.amount_micros = micros;
  said.message.currency = *money::parse_currency("EUR");
  said.message.source = "shop";
  said.message.brand = "kirkas";
  said.message.channel = "web";
  return said;
}

Said order(uint64_t number, int64_t version, int64_t micros, uint64_t customer) {
  Said said = record(number, BusinessKind::kOrder, version, micros);
  said.keys.add(KeyKind::kCustomer, id(100 + customer));
  return said;
}

class Shop {
 public:
  Shop() : tables_(state::open_tables(store_, "test").value()), book_(*tables_) {}

  void apply(const Said& said) {
    const auto applied = book_.apply(
        said.view(), [](const exchange::DeltaKey&, const aggregate::Aggregate&) {}, &heard);
    ASSERT_TRUE(applied.has_value()) << applied.error().message();
  }

  Listener heard;

 private:
  state::MemoryStore store_;
  std::unique_ptr<state::Tables> tables_;
  OrderBook book_;
};

TEST(OrderJourneys, ANewCustomerOrTimeIsANewQuestionAndMoneyIsNot) {
  Shop shop;
  shop.apply(order(1, 1, 10 * kEuro, 1));
  EXPECT_EQ(shop.heard.last[id(1)],
            (Told{BusinessKind::kOrder, true, kMonday, 10 * kEuro, 1, id(101)}));
  shop.apply(order(1, 2, 12 * kEuro, 1));
  EXPECT_EQ(shop.heard.last[id(1)].number, 1U);
  EXPECT_EQ(shop.heard.last[id(1)].net, 12 * kEuro);
  shop.apply(order(1, 3, 12 * kEuro, 2));
  EXPECT_EQ(shop.heard.last[id(1)].number, 2U);
  EXPECT_EQ(shop.heard.last[id(1)].customer, id(102));
  Said later = order(1, 4, 12 * kEuro, 2);
  later.message.occurred_at = kMonday + base::kHour;
  shop.apply(later);
  EXPECT_EQ(shop.heard.last[id(1)].number, 3U);
  const size_t told = shop.heard.all.size();
  shop.apply(order(1, 2, 99 * kEuro, 7));  // stale
  shop.apply(later);
  EXPECT_EQ(shop.heard.all.size(), told);
}

TEST(OrderJourneys, RefundsOfTheSameCurrencyLowerTheNetWheneverTheyCome) {
  Shop shop;
  shop.apply(record(9, BusinessKind::kRefund, 1, -3 * kEuro, 1));
  EXPECT_TRUE(shop.heard.all.empty()) << "there is no order yet";
  shop.apply(order(1, 1, 10 * kEuro, 1));
  EXPECT_EQ(shop.heard.last[id(1)].net, 7 * kEuro);
  Said dollars = record(8, BusinessKind::kRefund, 1, 2 * kEuro, 1);
  dollars.message.currency = *money::parse_currency("USD");
  shop.apply(dollars);
  EXPECT_EQ(shop.heard.last[id(1)].net, 7 * kEuro);
  Said taken_back = record(9, BusinessKind::kRefund, 2, -3 * kEuro, 1);
  taken_back.message.removed = true;
  shop.apply(taken_back);
  EXPECT_EQ(shop.heard.last[id(1)].net, 10 * kEuro);
  EXPECT_EQ(shop.heard.last[id(1)].number, 1U);
}

TEST(OrderJourneys, AnOrderThatComesBackIntoForceIsAskedAnew) {
  Shop shop;
  shop.apply(record(7, BusinessKind::kCancellation, 1, 0, 1));
  shop.apply(order(1, 1, 10 * kEuro, 1));
  EXPECT_TRUE(shop.heard.all.empty()) << "it never was in force";
  Said withdrawn = record(7, BusinessKind::kCancellation, 2, 0, 1);
  withdrawn.message.removed = true;
  shop.apply(withdrawn);
  EXPECT_TRUE(shop.heard.last[id(1)].counts);
  EXPECT_EQ(shop.heard.last[id(1)].number, 1U);
  Said deleted = order(1, 2, 0, 1);
  deleted.message.removed = true;
  shop.apply(deleted);
  EXPECT_FALSE(shop.heard.last[id(1)].counts);
  shop.apply(order(1, 3, 10 * kEuro, 1));
  EXPECT_TRUE(shop.heard.last[id(1)].counts);
  EXPECT_EQ(shop.heard.last[id(1)].number, 2U);
}

TEST(OrderJourneys, VisitsAndLeadsAreToldAndOtherKindsAreNot) {
  for (const auto kind : {BusinessKind::kVisit, BusinessKind::kLead}) {
    Shop shop;
    Said visit = record(1, kind, 1, 0);
    visit.keys.add(KeyKind::kCustomer, id(101));
    shop.apply(visit);
    EXPECT_EQ(shop.heard.last[id(1)], (Told{kind, true, kMonday, 0, 0, id(101)}));
    visit.message.removed = true;
    visit.message.version = 2;
    shop.apply(visit);
    EXPECT_FALSE(shop.heard.last[id(1)].counts);
  }
  Shop shop;
  for (const auto kind : {BusinessKind::kAdSpend,
                          BusinessKind::kPromotion,
                          BusinessKind::kBaseline,
                          BusinessKind::kRefund,
                          BusinessKind::kCancellation}) {
    Said said = record(1 + static_cast<uint64_t>(kind), kind, 1, 5 * kEuro);
    said.keys.add(KeyKind::kCustomer, id(101));
    shop.apply(said);
  }
  EXPECT_TRUE(shop.heard.all.empty());
}

// The last that was told of an order, but for the number, in whatever order its records came.
TEST(OrderJourneys, WhatIsToldLastIsAFunctionOfTheSetOfMessages) {
  base::Prng prng(20260302);
  for (int round = 0; round < 200; ++round) {
    std::vector<Said> said;
    for (int i = 0; i < 12; ++i) {
      const auto version = static_cast<int64_t>(prng.below(4));
      if (prng.chance(1, 2)) {
        said.push_back(order(1, version, prng.between(1, 9) * kEuro, prng.below(3)));
        said.back().message.removed = prng.chance(1, 6);
      } else {
        const auto kind = prng.chance(1, 4) ? BusinessKind::kCancellation : BusinessKind::kRefund;
        // A business record keeps its kind.
        const uint64_t number = (kind == BusinessKind::kRefund ? 20 : 40) + prng.below(3);
        said.push_back(record(number, kind, version, kEuro, 1));
        said.back().message.removed = prng.chance(1, 3);
      }
    }
    std::optional<Told> first;
    for (int permutation = 0; permutation < 4; ++permutation) {
      for (size_t i = said.size() - 1; i > 0; --i) {
        std::swap(said[i], said[prng.below(i + 1)]);
      }
      Shop shop;
      for (const Said& one : said) {
        shop.apply(one);
      }
      Told last = shop.heard.last[id(1)];
      last.number = 0;
      if (!last.counts) {
        last = {};  // it may have been told of or not: it is nothing either way
      }
      ASSERT_EQ(last, first.value_or(last)) << "round " << round;
      first = last;
    }
  }
}

}  // namespace
}  // namespace kaiku::commerce
