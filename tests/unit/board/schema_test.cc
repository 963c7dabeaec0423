// The schemas of pipelines/schemas against what the board publishes: every field is described,
// every description is published, and every record is valid.
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "unit/board/desk.h"
#include "unit/json_schema.h"

namespace kaiku::board {
namespace {

using tests::problem_of;
using tests::schema_of;

const EventTime kTen = at("2026-03-02T10:00:00Z");

// Orders that touches led to, and a journey without one.
void merge_attribution(Desk& desk) {
  Aggregate credited;
  aggregate::AttributionFigures& figures = credited.attribution.make();
  for (size_t model = 0; model < aggregate::kAttributionModels; ++model) {
    figures.conversion_millionths[model] = aggregate::kConversionMillionths;
    EXPECT_TRUE(
        figures.revenue[model].add(money::Flow::kOrder, currency_of("EUR"), 20'000, 7'000'000));
    EXPECT_TRUE(
        figures.revenue[model].add(money::Flow::kOrder, currency_of("SEK"), 20'000, 7'000'000));
  }
  figures.orders_attributed = figures.joined_orders = figures.truncated_orders = 1;
  figures.orders_with_customer = figures.new_customer_orders = 1;
  figures.active_customers = figures.cross_channel_customers = 1;
  figures.customer_openings = figures.continued_elsewhere = 1;
  figures.unconverted_journeys = figures.unconverted_through = figures.converted_through = 1;
  EXPECT_TRUE(figures.transitions.add_path({"x"}, aggregate::kPathConversion, 1));
  EXPECT_TRUE(figures.transitions.add_path({"x"}, aggregate::kPathNull, 1));
  desk.merge(kTen, "kirkas", "x", ItemType::kBusinessEvent, credited);
}

std::string marked(char mark, const char* name) {
  return mark + std::string(name);
}

void add_asides(BoardPlan& plan) {
  plan.kinds = 0xffff;
  Campaign campaign;
  campaign.cells = marked(exchange::kCampaignMark, "fiesta");
  campaign.brand = "kirkas";
  campaign.steps = {{"views", Measure::kViews, ""}, {"requests", Measure::kLeads, ""}};
  plan.campaigns.push_back(campaign);
  Comparison comparison;
  comparison.cells = marked(exchange::kComparisonMark, "chat");
  comparison.brand = "kirkas";
  comparison.changed_at = kTen;
  comparison.before_us = comparison.after_us = kHour;
  plan.comparisons.push_back(comparison);
}

// What is counted beside brands, and business records of every kind.
void merge_asides(Desk& desk, const Aggregate& rich) {
  const auto merge = [&](char mark, const char* name, const std::string& place, const auto& what) {
    desk.merge(kTen, marked(mark, name), place, ItemType::kMention, what);
  };
  Aggregate seen = rich;
  seen.views = 10;
  seen.business.make().leads = 5;
  merge(exchange::kCampaignMark, "fiesta", "x", seen);
  merge(exchange::kTopicMark, "water", "kirkas", rich);
  merge(exchange::kFeedbackMark,
        "kirkas",
        std::string("bottle") + exchange::kPlaceSeparator + "price",
        rich);
  merge(exchange::kComparisonMark, "chat", "before", rich);
  merge(exchange::kComparisonMark, "chat", "after", rich);
  Aggregate stated;
  stated.adjustments = 1;
  aggregate::BusinessFigures& business = stated.business.make();
  business.cancellations = business.opportunities = business.subscription_starts = 1;
  for (const auto flow : {money::Flow::kCancelled, money::Flow::kSubscriptionStart}) {
    EXPECT_TRUE(stated.money.add(flow, currency_of("EUR"), 20'000, 1'500'000));
  }
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, stated);
}

// Of too few people.
std::vector<Published> withheld_records() {
  BoardPlan plan = plan_of({window_of("hour", kHour)}, {"hour"});
  plan.min_cell = 10;
  Desk desk(plan);
  Aggregate few = mentions(1);
  few.impressions = 1;
  desk.merge(kTen, "kirkas", "chat", ItemType::kBugReport, few);
  desk.advance(base::kTimeEnd);
  return desk.seal();
}

std::vector<Published> everything() {
  BoardPlan plan = plan_of({window_of("hour", kHour), window_of("day", kDay)}, {"hour", "day"});
  auto prices = money::Prices::parse(
      "price,brand,channel,valid_from,amount\n"
      "cost_per_contact,*,*,2026-01-01,8\nwage_per_hour,*,*,2026-01-01,40\n"
      "cpm,*,*,2026-01-01,7\nmargin,*,*,2026-01-01,0.4\n"
      "mails_per_day,*,web,2026-01-01,10\ncontact_share,*,web,2026-01-01,0.5\n",
      "prices.csv");
  EXPECT_TRUE(prices.has_value());
  plan.prices = std::make_shared<const money::Prices>(std::move(*prices));
  plan.replacement_cost = true;
  plan.markets.push_back({marked(exchange::kMarketMark, "drinks"), {"kirkas", "tuuli"}});
  add_asides(plan);
  Desk desk(std::move(plan));
  desk.board().adopt({{model::Catalogue::kPrices, "margin,*,*", base::kTimeBegin, base::kTimeEnd}});
  Aggregate rich = mentions(3);
  rich.likes = 1;
  rich.impressions = 1;
  rich.suppressed[0] = 1;
  rich.sentiment_positive = 1;
  rich.sentiment_scored = 1;
  rich.sentiment_score_ppm = -250'000;
  rich.authors.add(5);
  rich.reach.add(5, 10);
  rich.followers.record(10);
  rich.inexact = model::kInexactConflict;
  rich.content.make().count(model::Relevance::kRelevant);
  rich.content.make().contents.add(7);
  Aggregate sale;
  sale.orders = sale.refunds = sale.spends = 1;
  for (const auto flow : {money::Flow::kOrder, money::Flow::kRefund, money::Flow::kSpend}) {
    EXPECT_TRUE(sale.money.add(flow, currency_of("EUR"), 20'000, 1'500'000));
  }
  EXPECT_TRUE(sale.money.add(money::Flow::kOrder, currency_of("SEK"), 20'000, 1'500'000));
  std::vector<Published> all;
  const auto seal = [&](bool with_early) {
    const auto out = desk.seal(with_early);
    all.insert(all.end(), out.begin(), out.end());
  };
  for (const ItemType type :
       {ItemType::kMention, ItemType::kBugReport, ItemType::kSupportMessage}) {
    desk.merge(kTen, "kirkas", "x", type, rich);
  }
  Aggregate asked = mentions(1);
  aggregate::ConversationFigures& answered = asked.conversations.make();
  answered.deflected = answered.opened = answered.resolved = answered.sla_met = answered.two_way =
      1;
  answered.first_answer_by[0] = answered.closed[0] = answered.messages_of_closed = 1;
  answered.first_response_public.record(60'000);
  answered.first_response_private.record(120'000);
  answered.first_response_business.record(60'000);
  answered.resolution.record(600'000);
  answered.peer_lead.record(1'000);
  answered.messages[0] = 1;
  answered.members.add(5);
  answered.deflected = 1;
  desk.merge(kTen, "kirkas", "web", ItemType::kSupportMessage, asked);
  desk.merge(kTen, marked(exchange::kMarketMark, "drinks"), "kirkas", ItemType::kMention, rich);
  merge_attribution(desk);
  merge_asides(desk, rich);
  desk.merge(kTen, "kirkas", "web", ItemType::kBugReport, mentions(1));
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, sale);
  seal(true);
  desk.advance(kTen + 2 * kHour);
  seal(false);
  desk.merge(kTen, "kirkas", "x", ItemType::kMention, mentions(-3));
  desk.merge(kTen, "kirkas", "x", ItemType::kBugReport, mentions(-3));
  desk.merge(kTen, "kirkas", "web", ItemType::kBugReport, mentions(-1));
  desk.merge(kTen, "kirkas", "web", ItemType::kBusinessEvent, sale);
  seal(false);
  desk.advance(base::kTimeEnd);
  seal(false);
  const std::vector<Published> withheld = withheld_records();
  all.insert(all.end(), withheld.begin(), withheld.end());
  return all;
}

struct Contract {
  const char* name;
  Dataset dataset;
  std::vector<std::string> key;
};

class Schema : public testing::TestWithParam<Contract> {};

TEST_P(Schema, DescribesEveryRecord) {
  const JsonValue schema = schema_of(GetParam().name);
  size_t checked = 0;
  for (const Published& record : of(GetParam().dataset, everything())) {
    const JsonValue json = json_of(record);
    EXPECT_EQ(problem_of(schema, json, GetParam().name), "") << record.value;
    ++checked;
  }
  EXPECT_GT(checked, 1U);
}

TEST_P(Schema, DescribesNothingThatIsNeverPublished) {
  const JsonValue schema = schema_of(GetParam().name);
  std::set<std::string> published;
  std::set<std::string> always;
  bool is_first = true;
  for (const Published& record : of(GetParam().dataset, everything())) {
    std::set<std::string> names;
    for (const auto& [name, field] : json_of(record).fields) {
      names.insert(name);
      for (const auto& [inner, inner_field] : field.fields) {
        names.insert(name + "." + inner);
      }
    }
    published.insert(names.begin(), names.end());
    if (is_first) {
      always = names;
      is_first = false;
    }
    std::erase_if(always, [&names](const std::string& name) { return names.count(name) == 0; });
  }
  std::set<std::string> described;
  for (const auto& [name, property] : schema.find("properties")->fields) {
    described.insert(name);
    EXPECT_FALSE(property.at("description").empty()) << name;
    if (const JsonValue* inner = property.find("properties"); inner != nullptr) {
      for (const auto& [inner_name, inner_property] : inner->fields) {
        described.insert(name + "." + inner_name);
      }
    }
  }
  EXPECT_EQ(described, published);
  std::set<std::string> required;
  for (const JsonValue& name : schema.find("required")->items) {
    required.insert(name.text);
  }
  std::erase_if(always,
                [](const std::string& name) { return name.find('.') != std::string::npos; });
  EXPECT_EQ(required, always);
}

TEST_P(Schema, NamesTheFieldsOfTheKey) {
  const JsonValue schema = schema_of(GetParam().name);
  for (const Published& record : of(GetParam().dataset, everything())) {
    const auto key = JsonValue::parse(record.key);
    ASSERT_TRUE(key.has_value()) << record.key;
    const JsonValue json = json_of(record);
    std::vector<std::string> names;
    for (const auto& [name, field] : key->fields) {
      static const std::set<std::string> kSubjects = {
          "campaign", "step", "span", "topic", "product", "aspect", "comparison"};
      if (!kSubjects.contains(name)) {
        names.push_back(name);
      }
      EXPECT_EQ(json.at(name), field.text) << name;
    }
    ASSERT_EQ(names, GetParam().key);
  }
  EXPECT_EQ(schema.at("$schema"), "http://json-schema.org/draft-07/schema#");
}

INSTANTIATE_TEST_SUITE_P(
    Contracts,
    Schema,
    testing::Values(
        Contract{
            "activity", Dataset::kActivity, {"brand", "channel", "type", "window", "window_start"}},
        Contract{"kpi", Dataset::kKpi, {"kpi", "brand", "channel", "window", "window_start"}},
        Contract{"closed", Dataset::kClosed, {"brand", "window"}}),
    [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace kaiku::board
