#include "board/attribution_kpis.h"

#include <deque>
#include <map>

#include <gtest/gtest.h>

#include "unit/board/desk.h"

namespace kaiku::board {
namespace {

using aggregate::AttributionFigures;
using aggregate::AttributionModel;
using aggregate::kConversionMillionths;

constexpr int64_t kEuro = 1'000'000;
const KpiHead kHead{"p", "kirkas", "day", 0, kDay, {30 * kDay, 7 * kDay}};

std::string text_of(const JsonValue& record, const std::string& field) {
  const JsonValue* const found = record.find(field);
  return found == nullptr ? "absent" : found->kind == JsonValue::Kind::kNull ? "null" : found->text;
}

// What some channels of a brand were credited with, and the records made of it.
class Brand {
 public:
  AttributionFigures& at(const std::string& channel) { return cells_[channel].attribution.make(); }

  void credit(const std::string& channel,
              AttributionModel model,
              int64_t micros,
              int64_t millionths,
              const char* currency = "EUR") {
    AttributionFigures& figures = at(channel);
    const auto index = static_cast<size_t>(model);
    figures.conversion_millionths[index] += millionths;
    EXPECT_TRUE(
        figures.revenue[index].add(money::Flow::kOrder, currency_of(currency), 20'000, micros));
  }

  void credit_all(const std::string& channel, int64_t micros, int64_t millionths) {
    for (size_t model = 0; model < aggregate::kAttributionModels; ++model) {
      credit(channel, static_cast<AttributionModel>(model), micros, millionths);
    }
  }

  [[nodiscard]] JsonValue record(Kpi kpi, const std::string& channel) const {
    for (const KpiDraft& draft : drafts()) {
      if (draft.kpi == kpi && draft.channel == channel) {
        const auto json = JsonValue::parse(kpi_record(kHead, draft, Kind::kFinal, 0).value);
        EXPECT_TRUE(json.has_value());
        return json.value_or(JsonValue());
      }
    }
    ADD_FAILURE() << name_of(kpi) << " of " << channel << " was not drafted";
    return {};
  }

  [[nodiscard]] std::vector<KpiDraft> drafts() const {
    std::vector<ChannelFigures> channels;
    for (const auto& [channel, cell] : cells_) {
      channels.push_back({channel, &cell, {}, {}, {}});
    }
    std::vector<KpiDraft> drafts;
    draft_attribution(kHead, channels, rates_, drafts);
    return drafts;
  }

 private:
  std::map<std::string, Aggregate> cells_;
  money::Rates rates_{currency_of("EUR")};
};

TEST(AttributionKpis, NothingIsSaidOfABrandWithoutAttribution) {
  std::vector<KpiDraft> drafts;
  const Aggregate plain = mentions(1);
  draft_attribution(kHead, {{"x", &plain, {}, {}, {}}}, money::Rates(currency_of("EUR")), drafts);
  EXPECT_TRUE(drafts.empty());
}

// The worked example of time decay: 12,000 EUR over touches at day 0, 5, 12, 30 and 38.
TEST(AttributionKpis, ARecordOfRevenueSaysWhatItIsAPartOf) {
  Brand brand;
  brand.at("web").orders_attributed = brand.at("web").joined_orders = 1;
  brand.credit("x", AttributionModel::kTimeDecay, 11'549'740'000, 962'478);
  brand.credit("forum", AttributionModel::kTimeDecay, 450'260'000, 37'522);
  const JsonValue record = brand.record(Kpi::kAttributedTimeDecay, "x");
  EXPECT_EQ(text_of(record, "value"), "11549.74");
  EXPECT_EQ(text_of(record, "unit"), "EUR");
  EXPECT_EQ(text_of(record, "numerator"), "11549.74");
  EXPECT_EQ(text_of(record, "denominator"), "12000.00");
  EXPECT_EQ(text_of(record, "conversions"), "0.962478");
  EXPECT_EQ(text_of(record, "n"), "1");
  EXPECT_EQ(text_of(record, "metric_id"), "M03");
  EXPECT_EQ(text_of(record, "value_basis"), "booked");
  EXPECT_EQ(text_of(record, "method"), "time_decay.v1");
  EXPECT_EQ(text_of(*record.find("method_params"), "look_back_seconds"), "2592000");
  EXPECT_EQ(text_of(*record.find("method_params"), "half_life_seconds"), "604800");
  EXPECT_EQ(record.find("assumptions")->items[0].text, "not_incremental");
  EXPECT_EQ(text_of(brand.record(Kpi::kAttributedTimeDecay, kAllChannels.data()), "value"),
            "12000.00");
  const JsonValue last = brand.record(Kpi::kAttributedLastTouch, "x");
  EXPECT_EQ(last.find("method_params")->find("half_life_seconds"), nullptr);
}

TEST(AttributionKpis, WhatHasNothingSaysNoMoreThanThat) {
  Brand brand;
  brand.credit("x", AttributionModel::kLastTouch, 10 * kEuro, kConversionMillionths);
  brand.credit("x", AttributionModel::kLastTouch, -10 * kEuro, -kConversionMillionths);
  brand.credit("forum", AttributionModel::kLastTouch, 10 * kEuro, kConversionMillionths);
  for (const KpiDraft& draft : brand.drafts()) {
    EXPECT_TRUE(draft.channel != "x" || !draft.has_figures) << name_of(draft.kpi);
  }
  const JsonValue record = brand.record(Kpi::kAttributedLastTouch, "x");
  EXPECT_EQ(text_of(record, "value"), "0.00");
  EXPECT_EQ(text_of(record, "n"), "0");
  EXPECT_EQ(text_of(record, "denominator"), "absent") << "it may change without this channel";
}

TEST(AttributionKpis, SumsWithoutARateAreListedAndCutOrdersCounted) {
  Brand brand;
  brand.at("web").orders_attributed = 3;
  brand.at("web").truncated_orders = 2;
  brand.credit("x", AttributionModel::kLinear, 5 * kEuro, kConversionMillionths);
  brand.credit("x", AttributionModel::kLinear, 90 * kEuro, kConversionMillionths, "SEK");
  const JsonValue record = brand.record(Kpi::kAttributedLinear, "x");
  EXPECT_EQ(text_of(record, "value"), "5.00");
  ASSERT_NE(record.find("unconverted"), nullptr);
  EXPECT_EQ(record.find("unconverted")->items[0].at("currency"), "SEK");
  EXPECT_EQ(text_of(record, "truncated_orders"), "2");
}

// A > B 3 of 10 convert, A 1 of 10, B 2 of 10: shares 0.41176 and 0.58824 of what touches led to.
TEST(AttributionKpis, MarkovDividesWhatTouchesLedToByTheGoldenShares) {
  Brand brand;
  brand.credit_all("a", 40 * kEuro, 3 * kConversionMillionths);
  brand.credit_all("b", 60 * kEuro, 3 * kConversionMillionths);
  brand.credit_all("_none", 500 * kEuro, kConversionMillionths);
  const auto add = [&](const std::vector<std::string_view>& path, int64_t of, int64_t converted) {
    AttributionFigures& figures = brand.at(std::string(path.back()));
    EXPECT_TRUE(figures.transitions.add_path(path, aggregate::kPathConversion, converted));
    EXPECT_TRUE(figures.transitions.add_path(path, aggregate::kPathNull, of - converted));
  };
  add({"a", "b"}, 10, 3);
  add({"a"}, 10, 1);
  add({"b"}, 10, 2);
  const JsonValue a = brand.record(Kpi::kAttributedMarkov, "a");
  const JsonValue b = brand.record(Kpi::kAttributedMarkov, "b");
  EXPECT_EQ(text_of(a, "removal_effect"), "0.583333");
  EXPECT_EQ(text_of(b, "removal_effect"), "0.833333");
  EXPECT_EQ(text_of(a, "conversions"), "2.47059");
  EXPECT_EQ(text_of(b, "conversions"), "3.52941");
  EXPECT_EQ(text_of(a, "value"), "41.18");
  EXPECT_EQ(text_of(b, "value"), "58.82") << "the parts sum to the whole to the cent";
  EXPECT_EQ(text_of(a, "denominator"), "100.00");
  EXPECT_EQ(text_of(a, "value_basis"), "modelled");
  EXPECT_EQ(text_of(a, "n"), "6");
  EXPECT_EQ(text_of(brand.record(Kpi::kAttributedMarkov, "_none"), "value"), "0.00");
}

TEST(AttributionKpis, WithoutAConversionThereIsNothingToDivide) {
  Brand brand;
  brand.at("a").unconverted_journeys = brand.at("a").unconverted_through = 1;
  EXPECT_TRUE(brand.at("a").transitions.add_path({"a"}, aggregate::kPathNull, 1));
  EXPECT_EQ(text_of(brand.record(Kpi::kAttributedMarkov, "a"), "n"), "0");
}

TEST(AttributionKpis, SharesOfCustomersAndJourneysHaveTheirParts) {
  Brand brand;
  AttributionFigures& web = brand.at("web");
  web.orders_attributed = 10;
  web.joined_orders = 4;
  web.orders_with_customer = 8;
  web.new_customer_orders = 6;
  AttributionFigures& x = brand.at("x");
  x.converted_through = 4;
  x.unconverted_through = 12;
  x.unconverted_journeys = 9;
  x.active_customers = 20;
  x.cross_channel_customers = 5;
  x.customer_openings = 8;
  x.continued_elsewhere = 2;
  const auto parts = [&](Kpi kpi, const std::string& channel) {
    const JsonValue record = brand.record(kpi, channel);
    return text_of(record, "numerator") + "/" + text_of(record, "denominator");
  };
  EXPECT_EQ(parts(Kpi::kAttributedOrders, "web"), "4/10");
  EXPECT_EQ(parts(Kpi::kNewCustomers, "web"), "6/8");
  EXPECT_EQ(parts(Kpi::kUnconvertedJourneys, "x"), "12/16");
  EXPECT_EQ(parts(Kpi::kUnconvertedJourneys, "_all"), "9/13") << "every journey once";
  EXPECT_EQ(parts(Kpi::kCrossChannelCustomers, "_all"), "5/20");
  EXPECT_EQ(text_of(brand.record(Kpi::kCrossChannelCustomers, "x"), "metric_id"), "M34");
  EXPECT_EQ(parts(Kpi::kContinuedElsewhere, "x"), "2/8");
  EXPECT_EQ(text_of(brand.record(Kpi::kContinuedElsewhere, "_all"), "metric_id"), "M34");
}

}  // namespace
}  // namespace kaiku::board
