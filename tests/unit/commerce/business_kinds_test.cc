// Kinds besides orders, refunds and spend, and campaigns: the same figures in any order.
#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"
#include "kaiku/commerce/order_book.h"
#include "kaiku/money/decimal.h"
#include "kaiku/state/memory_store.h"

namespace kaiku::commerce {
namespace {

using model::BusinessKind;
using model::OrderMessage;
using money::Flow;

constexpr int64_t kEuro = 1'000'000;
constexpr uint16_t kAll = 0xffff;
const base::EventTime kMonday = base::days_from_civil(2026, 3, 2) * base::kDay;
const std::string kFiesta = std::string(1, exchange::kCampaignMark) + "fiesta";

base::Digest id(uint64_t number) {
  return {number * 7 + 1, number};
}

OrderMessage record(BusinessKind kind, uint64_t number, int64_t version, int64_t euros) {
  OrderMessage message;
  message.order = id(number);
  message.business = id(number);
  message.kind = kind;
  message.version = version;
  message.occurred_at = kMonday;
  message.amount_micros = euros * kEuro;
  message.currency = *money::parse_currency("EUR");
  message.brand = "kirkas";
  message.channel = "web";
  return message;
}

OrderMessage of_order(OrderMessage message, uint64_t order, base::EventTime at) {
  message.order = id(order);
  message.occurred_at = at;
  return message;
}

OrderMessage in_campaign(OrderMessage message) {
  message.campaign = kFiesta;
  return message;
}

// Place, then what is counted there or its flow; zeros are left out.
using Figures = std::map<std::tuple<std::string, int32_t, std::string>, int64_t>;

Figures figures_of(const std::vector<OrderMessage>& messages, uint16_t kinds) {
  state::MemoryStore store;
  auto tables = state::open_tables(store, "test", 0).value();
  OrderBook book(*tables, {kinds});
  Figures figures;
  for (const OrderMessage& message : messages) {
    const auto applied =
        book.apply(message, [&](const exchange::DeltaKey& key, const aggregate::Aggregate& delta) {
          const auto add = [&](const std::string& what, int64_t by) {
            figures[{std::string(key.brand), key.minute, what}] += by;
          };
          add("orders", delta.orders);
          add("refunds", delta.refunds);
          add("spends", delta.spends);
          if (const auto* business = delta.business.get(); business != nullptr) {
            add("cancellations", business->cancellations);
            add("leads", business->leads);
            add("opportunities", business->opportunities);
            add("starts", business->subscription_starts);
            add("ends", business->subscription_ends);
            add("visits", business->visits);
            add("promotions", business->promotions);
          }
          for (const auto& entry : delta.money.entries()) {
            add("flow " + std::to_string(static_cast<int>(entry.flow)),
                static_cast<int64_t>(entry.sum_micros / kEuro));
          }
        });
    EXPECT_TRUE(applied.has_value());
  }
  std::erase_if(figures, [](const auto& entry) { return entry.second == 0; });
  return figures;
}

std::vector<OrderMessage> story() {
  const base::EventTime tuesday = kMonday + base::kDay;
  OrderMessage gone = record(BusinessKind::kLead, 31, 2, 0);
  gone.removed = true;
  return {
      record(BusinessKind::kOrder, 1, 1, 100),
      of_order(record(BusinessKind::kCancellation, 11, 1, 0), 1, tuesday),
      of_order(record(BusinessKind::kCancellation, 12, 1, 0), 99, tuesday),
      record(BusinessKind::kLead, 30, 1, 0),
      record(BusinessKind::kLead, 31, 1, 0),
      gone,
      record(BusinessKind::kOpportunity, 40, 1, 10'000),
      record(BusinessKind::kOpportunity, 40, 2, 12'000),
      record(BusinessKind::kSubscriptionStart, 50, 1, 20),
      record(BusinessKind::kSubscriptionEnd, 51, 1, 20),
      record(BusinessKind::kVisit, 60, 1, 0),
      record(BusinessKind::kPromotion, 70, 1, 500),
      in_campaign(record(BusinessKind::kOrder, 80, 1, 60)),
      of_order(record(BusinessKind::kRefund, 81, 1, 10), 80, tuesday),
      in_campaign(record(BusinessKind::kLead, 82, 1, 0)),
      in_campaign(record(BusinessKind::kAdSpend, 83, 1, 300)),
      in_campaign(record(BusinessKind::kAdSpend, 83, 2, 325)),
      record(BusinessKind::kContactCost, 90, 1, 5),
  };
}

const int32_t kFirst = base::minute_of(kMonday);
const int32_t kSecond = base::minute_of(kMonday + base::kDay);

std::string flow(Flow which) {
  return "flow " + std::to_string(static_cast<int>(which));
}

Figures wanted_of_campaign() {
  return {{{kFiesta, kFirst, "orders"}, 1},
          {{kFiesta, kFirst, flow(Flow::kOrder)}, 60},
          {{kFiesta, kSecond, "refunds"}, 1},
          {{kFiesta, kSecond, flow(Flow::kRefund)}, 10},
          {{kFiesta, kFirst, "leads"}, 1},
          {{kFiesta, kFirst, "spends"}, 1},
          {{kFiesta, kFirst, flow(Flow::kSpend)}, 325}};
}

Figures wanted_of_booked() {
  return {{{"kirkas", kFirst, "orders"}, 1},
          {{"kirkas", kFirst, flow(Flow::kOrder)}, 60},
          {{"kirkas", kSecond, "refunds"}, 1},
          {{"kirkas", kSecond, flow(Flow::kRefund)}, 10},
          {{"kirkas", kFirst, "spends"}, 1},
          {{"kirkas", kFirst, flow(Flow::kSpend)}, 325}};
}

Figures wanted() {
  Figures figures = wanted_of_booked();
  figures.merge(wanted_of_campaign());
  const Figures stated = {{{"kirkas", kSecond, "cancellations"}, 2},
                          {{"kirkas", kSecond, flow(Flow::kCancelled)}, 100},
                          {{"kirkas", kFirst, "leads"}, 2},
                          {{"kirkas", kFirst, "opportunities"}, 1},
                          {{"kirkas", kFirst, flow(Flow::kOpportunity)}, 12'000},
                          {{"kirkas", kFirst, "starts"}, 1},
                          {{"kirkas", kFirst, flow(Flow::kSubscriptionStart)}, 20},
                          {{"kirkas", kFirst, "ends"}, 1},
                          {{"kirkas", kFirst, flow(Flow::kSubscriptionEnd)}, 20},
                          {{"kirkas", kFirst, "visits"}, 1},
                          {{"kirkas", kFirst, "promotions"}, 1},
                          {{"kirkas", kFirst, flow(Flow::kPromotion)}, 500}};
  figures.insert(stated.begin(), stated.end());
  return figures;
}

TEST(BusinessKinds, CountInAnyOrder) {
  std::vector<OrderMessage> messages = story();
  EXPECT_EQ(figures_of(messages, kAll), wanted());
  std::reverse(messages.begin(), messages.end());
  EXPECT_EQ(figures_of(messages, kAll), wanted());
  base::Prng prng(4);
  for (int run = 0; run < 50; ++run) {
    for (size_t i = messages.size(); i > 1; --i) {
      std::swap(messages[i - 1], messages[prng.below(i)]);
    }
    ASSERT_EQ(figures_of(messages, kAll), wanted()) << "run " << run;
  }
}

TEST(BusinessKinds, NobodyAsksForThem) {
  Figures figures = wanted_of_booked();
  figures.merge(wanted_of_campaign());
  EXPECT_EQ(figures_of(story(), 0), figures);
}

TEST(BusinessKinds, ARepeatedStoryChangesNothing) {
  std::vector<OrderMessage> twice = story();
  const std::vector<OrderMessage> again = story();
  twice.insert(twice.end(), again.begin(), again.end());
  EXPECT_EQ(figures_of(twice, kAll), wanted());
}

}  // namespace
}  // namespace kaiku::commerce
