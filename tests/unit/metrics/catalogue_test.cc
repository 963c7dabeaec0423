#include "kaiku/metrics/catalogue.h"

#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace kaiku::metrics {
namespace {

bool is_metric_name(const std::string& name) {
  return !name.empty() &&
         std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

TEST(Catalogue, EveryNameIsUniqueAndWellFormed) {
  std::set<std::string> names;
  for (const Declaration& metric : catalogue()) {
    const std::string name = name_of(metric.id, "euros");
    EXPECT_TRUE(is_metric_name(name)) << name;
    EXPECT_TRUE(name.starts_with("kaiku_") || name.starts_with("process_")) << name;
    EXPECT_TRUE(names.insert(name).second) << name << " is declared twice";
    EXPECT_FALSE(metric.help.empty()) << name;
    EXPECT_TRUE(metric.help.ends_with('.')) << name;
  }
  EXPECT_EQ(names.size(), kMetrics);
}

TEST(Catalogue, CountersAndOnlyCountersEndInTotal) {
  for (const Declaration& metric : catalogue()) {
    EXPECT_EQ(metric.name.ends_with("_total"), metric.type == Type::kCounter) << metric.name;
  }
}

TEST(Catalogue, AUnitStandsInTheName) {
  for (const Declaration& metric : catalogue()) {
    if (!metric.unit.empty()) {
      EXPECT_NE(metric.name.find(std::string("_") + std::string(metric.unit)), std::string::npos)
          << metric.name;
    }
  }
}

TEST(Catalogue, LabelsAreNamesWithoutRepetition) {
  for (const Declaration& metric : catalogue()) {
    std::set<std::string_view> seen;
    for (size_t i = 0; i < metric.label_count(); ++i) {
      EXPECT_TRUE(is_metric_name(std::string(metric.labels[i]))) << metric.name;
      EXPECT_NE(metric.labels[i], "currency") << "a sum over currencies means nothing";
      EXPECT_TRUE(seen.insert(metric.labels[i]).second) << metric.name;
    }
  }
}

TEST(Catalogue, TheBaseCurrencyIsAWordInTheName) {
  EXPECT_EQ(currency_unit_name("EUR"), "euros");
  EXPECT_EQ(currency_unit_name("eur"), "euros");
  EXPECT_EQ(currency_unit_name("GBP"), "sterling");
  EXPECT_EQ(currency_unit_name("USD"), "dollars");
  EXPECT_EQ(currency_unit_name("AUD"), "australian_dollars");
  EXPECT_EQ(currency_unit_name("ISK"), "isk");
  EXPECT_EQ(name_of(Metric::kBookedRevenue, currency_unit_name("EUR")),
            "kaiku_booked_revenue_euros");
}

TEST(Catalogue, AHostileCurrencyGivesAHarmlessName) {
  for (const std::string_view currency : {"", "E", "EURO", "E R", "E\"R", "\xff\xfe\xfd", "12$"}) {
    EXPECT_EQ(currency_unit_name(currency), "currency_units") << currency;
  }
}

TEST(Catalogue, MarkdownHasOneRowForEachMetric) {
  const std::string table = catalogue_markdown("euros");
  EXPECT_EQ(static_cast<size_t>(std::ranges::count(table, '\n')), kMetrics + 2);
  EXPECT_NE(table.find("| `kaiku_booked_revenue_euros` | gauge | euros | brand, channel, window |"),
            std::string::npos);
  EXPECT_EQ(table.find('{'), std::string::npos) << "a place for the currency was left open";
}

}  // namespace
}  // namespace kaiku::metrics
