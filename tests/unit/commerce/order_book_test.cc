#include "kaiku/commerce/order_book.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"
#include "kaiku/model/outcome.h"
#include "kaiku/money/decimal.h"
#include "kaiku/state/memory_store.h"

namespace kaiku::commerce {
namespace {

using model::BusinessKind;
using model::OrderMessage;

constexpr int64_t kEuro = 1'000'000;

const base::EventTime kMonday = base::days_from_civil(2026, 3, 2) * base::kDay;

// Cells as plain sums; a cell of zeros is no cell.
using MoneyKey = std::tuple<money::Flow, std::string, int32_t>;

struct Cell {
  int64_t orders = 0;
  int64_t refunds = 0;
  int64_t spends = 0;
  std::map<MoneyKey, int64_t> money;

  friend bool operator==(const Cell&, const Cell&) = default;
};

using Cells = std::map<std::tuple<int32_t, std::string, std::string>, Cell>;

void drop_zeros(Cells& cells) {
  for (auto& [key, cell] : cells) {
    std::erase_if(cell.money, [](const auto& entry) { return entry.second == 0; });
  }
  std::erase_if(cells, [](const auto& entry) { return entry.second == Cell{}; });
}

base::Digest id(uint64_t number) {
  return {number * 7 + 1, number};
}

OrderMessage order(uint64_t number, int64_t version, int64_t micros, base::EventTime at = kMonday) {
  OrderMessage message;
  message.order = id(number);
  message.business = id(number);
  message.kind = BusinessKind::kOrder;
  message.version = version;
  message.occurred_at = at;
  message.amount_micros = micros;
  message.currency = *money::parse_currency("USD");
  message.source = "shop";
  message.brand = "kirkas";
  message.channel = "web";
  return message;
}

OrderMessage other(uint64_t number, BusinessKind kind, uint64_t of_order, int64_t micros) {
  OrderMessage message = order(number, 1, micros);
  message.order = id(of_order);
  message.kind = kind;
  return message;
}

// A book with everything it emitted, added up.
class Ledger {
 public:
  Ledger() : tables_(state::open_tables(store_, "test", 0).value()), book_(*tables_) {}

  Applied apply(const OrderMessage& message) {
    const auto applied =
        book_.apply(message, [this](const exchange::DeltaKey& key, const aggregate::Aggregate& d) {
          EXPECT_EQ(key.type, model::ItemType::kBusinessEvent);
          EXPECT_EQ(d.count_total(), 0);
          add(key, d);
        });
    EXPECT_TRUE(applied.has_value()) << (applied ? "" : applied.error().message());
    return applied ? applied.value() : Applied::kSeen;
  }

  Cells cells() {
    drop_zeros(cells_);
    return cells_;
  }

  size_t deltas = 0;
  unsigned inexact = 0;

  state::Tables& tables() { return *tables_; }

  OrderBook& book() { return book_; }

 private:
  void add(const exchange::DeltaKey& key, const aggregate::Aggregate& d) {
    ++deltas;
    inexact |= d.inexact;
    Cell& cell = cells_[{key.minute, std::string(key.brand), std::string(key.channel)}];
    cell.orders += d.orders;
    cell.refunds += d.refunds;
    cell.spends += d.spends;
    for (const money::MoneySums::Entry& entry : d.money.entries()) {
      cell.money[{entry.flow, std::string(entry.currency.view()), entry.rate_day}] +=
          static_cast<int64_t>(entry.sum_micros);
    }
  }

  state::MemoryStore store_;
  std::unique_ptr<state::Tables> tables_;
  OrderBook book_;
  Cells cells_;
};

// Whole days only, by division: what is left goes to the first ones.
void add_spend(const OrderMessage& message, Cells& cells) {
  const std::string currency(message.currency.view());
  const auto cell_at = [&](base::EventTime at) -> Cell& {
    return cells[{base::minute_of(at), std::string(message.brand), std::string(message.channel)}];
  };
  const model::Period& period = message.period;
  const base::EventTime first = period.is_known() ? period.from : message.occurred_at;
  const int64_t days = period.is_known() ? (period.to - period.from) / base::kDay : 1;
  ++cell_at(first).spends;
  for (int64_t i = 0; i < days; ++i) {
    const int64_t rest = std::abs(message.amount_micros % days) > i ? 1 : 0;
    const base::EventTime at = first + i * base::kDay;
    cell_at(at).money[{money::Flow::kSpend, currency, base::day_of(at)}] +=
        message.amount_micros / days + (message.amount_micros < 0 ? -rest : rest);
  }
}

// What a set of messages has to give, computed at once.
Cells naive(const std::vector<OrderMessage>& messages) {
  std::map<base::Digest, OrderMessage> in_force;
  for (const OrderMessage& message : messages) {
    const auto [at, is_new] = in_force.try_emplace(message.business, message);
    if (!is_new && std::tie(at->second.version, at->second.version_tag) <
                       std::tie(message.version, message.version_tag)) {
      at->second = message;
    }
  }
  Cells cells;
  for (const auto& [business, message] : in_force) {
    const bool cancelled =
        std::any_of(in_force.begin(), in_force.end(), [&m = message](const auto& entry) {
          return entry.second.kind == BusinessKind::kCancellation && !entry.second.removed &&
                 entry.second.order == m.order;
        });
    if (message.removed || (message.kind == BusinessKind::kOrder && cancelled)) {
      continue;
    }
    const auto found = in_force.find(message.order);
    const OrderMessage* its_order = found == in_force.end() ? nullptr : &found->second;
    std::string brand(message.brand);
    std::string channel(message.channel);
    int32_t day = base::day_of(message.occurred_at);
    if (message.kind == BusinessKind::kRefund && its_order != nullptr) {
      day = base::day_of(its_order->occurred_at);
      brand = brand == "_other" ? std::string(its_order->brand) : brand;
      channel = channel.empty() ? std::string(its_order->channel) : channel;
    }
    Cell& cell = cells[{base::minute_of(message.occurred_at), brand, channel}];
    const std::string currency(message.currency.view());
    if (message.kind == BusinessKind::kOrder) {
      ++cell.orders;
      cell.money[{money::Flow::kOrder, currency, day}] += message.amount_micros;
    } else if (message.kind == BusinessKind::kRefund) {
      ++cell.refunds;
      cell.money[{money::Flow::kRefund, currency, day}] += std::abs(message.amount_micros);
    } else if (message.kind == BusinessKind::kAdSpend) {
      add_spend(message, cells);
    }
  }
  drop_zeros(cells);
  return cells;
}

OrderMessage random_message(base::Prng& prng) {
  static constexpr BusinessKind kKinds[] = {BusinessKind::kOrder,
                                            BusinessKind::kOrder,
                                            BusinessKind::kRefund,
                                            BusinessKind::kRefund,
                                            BusinessKind::kAdSpend,
                                            BusinessKind::kCancellation,
                                            BusinessKind::kVisit};
  static constexpr std::string_view kCurrencies[] = {"USD", "EUR", "JPY"};
  static constexpr std::string_view kBrands[] = {"kirkas", "tuuli", "_other"};
  static constexpr std::string_view kChannels[] = {"web", "", "shop"};
  const size_t kind = prng.below(std::size(kKinds));
  const uint64_t of_order = prng.below(3);
  // Digests of kinds do not meet; a record names one order in all its versions.
  const uint64_t number =
      kKinds[kind] == BusinessKind::kOrder
          ? of_order
          : 100 * (1 + static_cast<uint64_t>(kKinds[kind])) + of_order * 10 + prng.below(2);
  OrderMessage message = order(number, static_cast<int64_t>(prng.below(4)), 0);
  message.order = kKinds[kind] == BusinessKind::kAdSpend ? id(number) : id(of_order);
  message.kind = kKinds[kind];
  message.version_tag = prng.next();
  message.removed = prng.chance(1, 6);
  message.occurred_at = kMonday + prng.between(-2, 2) * base::kDay + prng.between(0, 90'000'000);
  message.amount_micros = prng.between(-50, 200) * kEuro;
  message.currency = *money::parse_currency(kCurrencies[prng.below(3)]);
  message.brand = kBrands[prng.below(3)];
  message.channel = kChannels[prng.below(3)];
  if (message.kind == BusinessKind::kAdSpend && prng.chance(1, 2)) {
    const base::EventTime from = kMonday + prng.between(-2, 2) * base::kDay;
    message.period = {from, from + prng.between(1, 4) * base::kDay};
  }
  return message;
}

TEST(OrderBook, ANewVersionReplacesTheOldOneAlsoInAnotherWindow) {
  Ledger ledger;
  EXPECT_EQ(ledger.apply(order(1, 1, 10 * kEuro)), Applied::kInForce);
  OrderMessage corrected = order(1, 2, 8 * kEuro, kMonday + base::kDay);
  corrected.currency = *money::parse_currency("EUR");
  EXPECT_EQ(ledger.apply(corrected), Applied::kInForce);
  const int32_t day = base::day_of(kMonday);
  const Cell cell{1, 0, 0, {{{money::Flow::kOrder, "EUR", day + 1}, 8 * kEuro}}};
  const Cells expected = {{{base::minute_of(kMonday + base::kDay), "kirkas", "web"}, cell}};
  EXPECT_EQ(ledger.cells(), expected);
}

OrderMessage spend(int64_t version, int64_t micros, model::Period period) {
  OrderMessage message = order(1, version, micros);
  message.kind = BusinessKind::kAdSpend;
  message.period = period;
  return message;
}

Cells spent(const std::vector<int64_t>& micros_by_day) {
  Cells cells;
  for (size_t i = 0; i < micros_by_day.size(); ++i) {
    const base::EventTime at = kMonday + static_cast<int64_t>(i) * base::kDay;
    Cell& cell = cells[{base::minute_of(at), "kirkas", "web"}];
    cell.spends = i == 0 ? 1 : 0;
    cell.money[{money::Flow::kSpend, "USD", base::day_of(at)}] = micros_by_day[i];
  }
  drop_zeros(cells);
  return cells;
}

TEST(OrderBook, SpendOfAPeriodIsDividedOverItsDays) {
  Ledger ledger;
  ledger.apply(spend(1, 300 * kEuro, {kMonday, kMonday + 3 * base::kDay}));
  EXPECT_EQ(ledger.cells(), spent({100 * kEuro, 100 * kEuro, 100 * kEuro}));
  // Another version takes back what was booked, and is divided by itself.
  ledger.apply(spend(2, 100 * kEuro, {kMonday, kMonday + 3 * base::kDay}));
  EXPECT_EQ(ledger.cells(), spent({33'333'334, 33'333'333, 33'333'333}));
  ledger.apply(spend(3, 100 * kEuro, {kMonday, kMonday + 2 * base::kDay}));
  EXPECT_EQ(ledger.cells(), spent({50 * kEuro, 50 * kEuro}));
  EXPECT_EQ(ledger.apply(spend(2, 7 * kEuro, {kMonday, kMonday + base::kDay})), Applied::kSeen);
  EXPECT_EQ(ledger.cells(), spent({50 * kEuro, 50 * kEuro}));
  OrderMessage removed = spend(4, 0, {});
  removed.removed = true;
  ledger.apply(removed);
  EXPECT_EQ(ledger.cells(), Cells());
}

TEST(OrderBook, WhatIsNotDividedStaysWhereItWas) {
  Ledger ledger;
  ledger.apply(spend(1, 300 * kEuro, {}));
  EXPECT_EQ(ledger.cells(), spent({300 * kEuro}));
}

TEST(OrderBook, OldAndSeenVersionsChangeNothing) {
  Ledger ledger;
  EXPECT_EQ(ledger.apply(order(1, 5, 10 * kEuro)), Applied::kInForce);
  const Cells before = ledger.cells();
  const size_t deltas = ledger.deltas;
  EXPECT_EQ(ledger.apply(order(1, 5, 10 * kEuro)), Applied::kSeen);
  EXPECT_EQ(ledger.apply(order(1, 4, 99 * kEuro)), Applied::kOlder);
  EXPECT_EQ(ledger.cells(), before);
  EXPECT_EQ(ledger.deltas, deltas);
}

TEST(OrderBook, WhatIsACopyDoesNotDependOnWhatCameFirst) {
  std::vector<int64_t> versions = {1, 1, 2, 3, 3};
  do {
    Ledger ledger;
    size_t copies = 0;
    for (const int64_t version : versions) {
      copies += ledger.apply(order(1, version, version * kEuro)) == Applied::kSeen ? 1 : 0;
    }
    EXPECT_EQ(copies, 2U);
    EXPECT_EQ(ledger.cells().begin()->second.orders, 1);
  } while (std::next_permutation(versions.begin(), versions.end()));
}

TEST(OrderBook, SoManyVersionsAreRememberedAndOlderOnesAreTakenForCopies) {
  constexpr auto kNewest = static_cast<int64_t>(kVersionsKept) + 2;
  Ledger ledger;
  for (int64_t version = 1; version <= kNewest; ++version) {
    EXPECT_EQ(ledger.apply(order(1, version, 10 * kEuro)), Applied::kInForce);
  }
  EXPECT_EQ(ledger.apply(order(1, 2, 10 * kEuro)), Applied::kSeen);
  EXPECT_EQ(ledger.apply(order(1, 1, 10 * kEuro)), Applied::kForgotten);
}

TEST(OrderBook, AnOrderWithManyRefundsRemembersSoManyVersionsInAll) {
  Ledger ledger;
  const auto refund = [](uint64_t number, int64_t version) {
    OrderMessage message = other(number, BusinessKind::kRefund, 1, kEuro);
    message.version = version;
    return message;
  };
  ledger.apply(order(1, 1, 10 * kEuro));
  for (uint64_t number = 2; number < 2 + kVersionsPerOrder / kVersionsKept; ++number) {
    for (int64_t version = 1; version <= static_cast<int64_t>(kVersionsKept) + 1; ++version) {
      EXPECT_EQ(ledger.apply(refund(number, version)), Applied::kInForce);
    }
  }
  EXPECT_EQ(ledger.apply(refund(2, 1)), Applied::kSeen);
  EXPECT_EQ(ledger.apply(refund(100, 5)), Applied::kInForce);
  EXPECT_EQ(ledger.apply(refund(100, 4)), Applied::kForgotten) << "no room";
  EXPECT_EQ(ledger.apply(refund(100, 6)), Applied::kInForce);
  EXPECT_EQ(ledger.apply(refund(100, 6)), Applied::kSeen);
}

TEST(OrderBook, TheLargerTagBreaksATieOfVersions) {
  OrderMessage small = order(1, 1, 10 * kEuro);
  OrderMessage large = order(1, 1, 20 * kEuro);
  small.version_tag = 1;
  large.version_tag = 2;
  Ledger up;
  EXPECT_EQ(up.apply(small), Applied::kInForce);
  EXPECT_EQ(up.apply(large), Applied::kInForce);
  Ledger down;
  EXPECT_EQ(down.apply(large), Applied::kInForce);
  EXPECT_EQ(down.apply(small), Applied::kOlder);
  EXPECT_EQ(up.cells(), down.cells());
}

TEST(OrderBook, OneVersionWithTwoContentsGivesTheSameFiguresEitherWay) {
  const OrderMessage one = order(1, 1, 10 * kEuro);
  const OrderMessage two = order(1, 1, 20 * kEuro);
  Ledger up;
  (void)up.apply(one);
  EXPECT_EQ(up.apply(two), Applied::kSeen);
  Ledger down;
  (void)down.apply(two);
  EXPECT_EQ(down.apply(one), Applied::kSeen);
  EXPECT_EQ(up.cells(), down.cells());
  EXPECT_EQ(up.cells().begin()->second.orders, 1);
}

TEST(OrderBook, ARefundIsAMagnitudeAtTheRateDateOfItsOrder) {
  const base::EventTime later = kMonday + 40 * base::kDay;
  for (const int64_t amount : {-4 * kEuro, 4 * kEuro}) {
    OrderMessage refund = other(9, BusinessKind::kRefund, 1, amount);
    refund.occurred_at = later;
    refund.brand = "_other";
    refund.channel = "";
    Ledger ledger;
    (void)ledger.apply(refund);
    Cell cell{0, 1, 0, {{{money::Flow::kRefund, "USD", base::day_of(later)}, 4 * kEuro}}};
    const Cells alone = {{{base::minute_of(later), "_other", ""}, cell}};
    EXPECT_EQ(ledger.cells(), alone);
    (void)ledger.apply(order(1, 1, 10 * kEuro));
    cell.money = {{{money::Flow::kRefund, "USD", base::day_of(kMonday)}, 4 * kEuro}};
    const Cells cells = ledger.cells();
    EXPECT_EQ(cells.at({base::minute_of(later), "kirkas", "web"}), cell);
    EXPECT_EQ(cells.size(), 2U);
  }
}

TEST(OrderBook, AnOrderWithoutItsCancellationCountsAgain) {
  Ledger ledger;
  OrderMessage cancellation = other(7, BusinessKind::kCancellation, 1, 0);
  (void)ledger.apply(cancellation);
  (void)ledger.apply(order(1, 1, 10 * kEuro));
  EXPECT_TRUE(ledger.cells().empty());
  cancellation.version = 2;
  cancellation.removed = true;
  EXPECT_EQ(ledger.apply(cancellation), Applied::kInForce);
  EXPECT_EQ(ledger.cells().begin()->second.orders, 1);
  OrderMessage deletion = order(1, 2, 0);
  deletion.removed = true;
  EXPECT_EQ(ledger.apply(deletion), Applied::kInForce);
  EXPECT_TRUE(ledger.cells().empty());
}

TEST(OrderBook, KindsThatMoveNoMoneyAreKnownAgain) {
  Ledger ledger;
  for (const BusinessKind kind :
       {BusinessKind::kLead, BusinessKind::kVisit, BusinessKind::kPromotion}) {
    const OrderMessage message = other(50 + static_cast<uint64_t>(kind), kind, 3, 5 * kEuro);
    EXPECT_EQ(ledger.apply(message), Applied::kInForce);
    EXPECT_EQ(ledger.apply(message), Applied::kSeen);
  }
  EXPECT_EQ(ledger.deltas, 0U);
}

TEST(OrderBook, TheSumIsAFunctionOfTheSetOfMessages) {
  base::Prng prng(20260302);
  for (int round = 0; round < 300; ++round) {
    std::vector<OrderMessage> messages;
    for (size_t i = 0; i < 25; ++i) {
      messages.push_back(messages.empty() || prng.chance(4, 5)
                             ? random_message(prng)
                             : messages[prng.below(messages.size())]);
    }
    std::optional<Cells> first;
    for (int permutation = 0; permutation < 3; ++permutation) {
      for (size_t i = messages.size() - 1; i > 0; --i) {
        std::swap(messages[i], messages[prng.below(i + 1)]);
      }
      Ledger ledger;
      for (size_t i = 0; i < messages.size(); ++i) {
        (void)ledger.apply(messages[i]);
        const std::vector<OrderMessage> so_far(
            messages.begin(), messages.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        ASSERT_EQ(ledger.cells(), naive(so_far)) << "round " << round << " message " << i;
      }
      first = first.value_or(ledger.cells());
      ASSERT_EQ(ledger.cells(), *first);
    }
  }
}

TEST(OrderBook, TheBytesOfAnEntryAreAFunctionOfTheSetToo) {
  base::Prng prng(5);
  std::vector<OrderMessage> messages;
  for (int i = 0; i < 40; ++i) {
    messages.push_back(random_message(prng));
  }
  std::optional<std::string> bytes;
  for (int permutation = 0; permutation < 10; ++permutation) {
    for (size_t i = messages.size() - 1; i > 0; --i) {
      std::swap(messages[i], messages[prng.below(i + 1)]);
    }
    Ledger ledger;
    for (const OrderMessage& message : messages) {
      (void)ledger.apply(message);
    }
    std::string now;
    ASSERT_TRUE(ledger.tables()
                    .scan(state::TableId::kOrders,
                          [&](std::string_view key, std::string_view value) {
                            now.append(key).append(value);
                          })
                    .is_ok());
    bytes = bytes.value_or(now);
    EXPECT_EQ(now, *bytes);
  }
}

TEST(OrderBook, StateSurvivesTheStore) {
  state::MemoryStore store;
  {
    const auto tables = state::open_tables(store, "test", 0).value();
    OrderBook book(*tables);
    const auto ignore = [](const exchange::DeltaKey&, const aggregate::Aggregate&) {};
    ASSERT_TRUE(book.apply(order(1, 3, 10 * kEuro), ignore).has_value());
    (void)tables->seal();
    ASSERT_TRUE(tables->commit({1, 1}).is_ok());
  }
  const auto tables = state::open_tables(store, "test", 0).value();
  OrderBook book(*tables);
  int64_t change = 0;
  const auto sum = [&](const exchange::DeltaKey&, const aggregate::Aggregate& delta) {
    for (const money::MoneySums::Entry& entry : delta.money.entries()) {
      change += static_cast<int64_t>(entry.sum_micros);
    }
  };
  EXPECT_EQ(book.apply(order(1, 3, 10 * kEuro), sum).value(), Applied::kSeen);
  EXPECT_EQ(book.apply(order(1, 4, 12 * kEuro), sum).value(), Applied::kInForce);
  EXPECT_EQ(change, 2 * kEuro);
}

TEST(OrderBook, BeyondTheBoundRecordsCountOnceAndSaySo) {
  for (const bool order_first : {false, true}) {
    Ledger ledger;
    if (order_first) {
      (void)ledger.apply(order(1, 1, 10 * kEuro));
    }
    const uint64_t count = kRecordsPerOrder + 5;
    for (uint64_t i = 0; i < count; ++i) {
      EXPECT_EQ(ledger.inexact != 0, i > kRecordsPerOrder);
      OrderMessage refund = other(1'000 + i, BusinessKind::kRefund, 1, kEuro);
      EXPECT_EQ(ledger.apply(refund), Applied::kInForce);
      EXPECT_EQ(ledger.apply(refund), Applied::kSeen);
      refund.version = 2;
      EXPECT_EQ(ledger.apply(refund), Applied::kInForce);
    }
    EXPECT_EQ(ledger.inexact, model::kInexactOverflow);
    if (!order_first) {
      EXPECT_EQ(ledger.apply(order(1, 1, 10 * kEuro)), Applied::kInForce);
    }
    EXPECT_EQ(ledger.cells().begin()->second.refunds, static_cast<int64_t>(count));
    EXPECT_EQ(ledger.cells().begin()->second.orders, 1);
  }
}

TEST(OrderBook, DamagedEntriesAskForARestore) {
  const auto ignore = [](const exchange::DeltaKey&, const aggregate::Aggregate&) {};
  Ledger ledger;
  (void)ledger.apply(order(1, 1, kEuro));
  std::string key;
  std::string good;
  ASSERT_TRUE(ledger.tables()
                  .scan(state::TableId::kOrders,
                        [&](std::string_view k, std::string_view v) {
                          key = k;
                          good = v;
                        })
                  .is_ok());
  const auto next_with = [&](std::string value) {
    ledger.tables().put(state::TableId::kOrders, key, std::move(value));
    const auto applied = ledger.book().apply(order(1, 2, kEuro), ignore);
    return applied.has_value() ? base::Next::kOk : applied.error().next();
  };
  for (size_t size = 1; size < good.size(); ++size) {
    EXPECT_EQ(next_with(good.substr(0, size)), base::Next::kRestore) << size;
  }
  EXPECT_EQ(next_with(good + "x"), base::Next::kRestore);
  EXPECT_EQ(next_with("\x01" + good.substr(1)), base::Next::kRestore);
  std::string twice = good + good.substr(3);
  twice[2] = 2;
  EXPECT_EQ(next_with(twice), base::Next::kRestore);
  EXPECT_EQ(next_with(good), base::Next::kOk);
}

}  // namespace
}  // namespace kaiku::commerce
