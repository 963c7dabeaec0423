// The pipelines that come with kaiku: they load, and every slip in one of them is told.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/report.h"
#include "config/yaml_reader.h"
#include "unit/config/loading.h"

namespace kaiku::config {
namespace {

const std::string kFolder = KAIKU_SOURCE_DIR "/pipelines/";

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

std::vector<std::string> shipped_files() {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".yaml") {
      out.push_back(entry.path().filename());
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

TEST(Pipelines, AllOfThemLoadForEveryPurpose) {
  const std::vector<std::string> files = shipped_files();
  EXPECT_THAT(files,
              testing::IsSupersetOf({"b2b_manufacturer.yaml",
                                     "bank.yaml",
                                     "consumer_brand.yaml",
                                     "demo.yaml",
                                     "reddit.yaml",
                                     "retail.yaml",
                                     "software_company.yaml",
                                     "x.yaml"}));
  for (const std::string& file : files) {
    for (const Purpose purpose : {Purpose::kRun, Purpose::kValidate, Purpose::kReplay}) {
      LoadOptions options = options_with();
      options.purpose = purpose;
      const Loaded loaded = load_pipeline(kFolder + file, options);
      EXPECT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
      EXPECT_THAT(errors(loaded), testing::IsEmpty());
      EXPECT_FALSE(loaded.description.empty()) << file;
    }
  }
}

TEST(Pipelines, WarnOnlyOfTheDerivedKey) {
  for (const std::string& file : shipped_files()) {
    const Loaded loaded = load_pipeline(kFolder + file, options_with());
    // One of them shows how a key is given.
    const bool has_key = file == "worked_examples.yaml";
    EXPECT_THAT(codes(loaded, Severity::kWarning),
                testing::ElementsAreArray(has_key ? std::vector<std::string>{}
                                                  : std::vector<std::string>{"KA070"}))
        << render(loaded.diagnostics);
  }
}

TEST(Pipelines, DemoReadsAllThatTheGeneratorTells) {
  const Loaded loaded = load_pipeline(kFolder + "demo.yaml", options_with());
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  const shard::Plan& plan = *loaded.plan;
  EXPECT_TRUE(plan.is_local);
  ASSERT_EQ(plan.sources.size(), 3U);
  EXPECT_EQ(plan.sources[0].name, "posts");
  EXPECT_TRUE(plan.sources[0].mapping->canonical);
  EXPECT_EQ(plan.brands->by_field("KIRKAS SPARKLING"), "kirkas");
  EXPECT_EQ(plan.brands->by_handle("kirkasdrinks"), "kirkas");
  EXPECT_EQ(plan.channels->id_of("Twitter"), "x");
  EXPECT_EQ(plan.channels->id_of("fax"), "other");
  EXPECT_TRUE(plan.channels->is_private("email"));
  EXPECT_TRUE(plan.channels->is_private("chat"));
  EXPECT_FALSE(plan.channels->is_private("web"));
  EXPECT_EQ(plan.board->windows.size(), 3U);
  EXPECT_THAT(plan.board->kpi_windows, testing::ElementsAre("hour", "day"));
  EXPECT_EQ(plan.board->rates->base().view(), "EUR");
  EXPECT_NE(plan.board->rates->version(), "none");
  EXPECT_EQ(loaded.tests.size(), 3U);
  EXPECT_EQ(loaded.tests[2].input[0].json, "{\"event_id\": ");
}

// `kaiku run --generate` feeds these three, and what it says is about the pipeline's own brands.
TEST(Pipelines, ConsumerBrandIsFedByTheGenerator) {
  const Loaded loaded = load_pipeline(kFolder + "consumer_brand.yaml", options_with());
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  const shard::Plan& plan = *loaded.plan;
  for (const char* name : {"posts", "support", "orders"}) {
    const auto source = std::find_if(plan.sources.begin(),
                                     plan.sources.end(),
                                     [&](const auto& one) { return one.name == name; });
    ASSERT_NE(source, plan.sources.end()) << name;
    EXPECT_TRUE(source->mapping->canonical) << name;
  }
  for (const match::Brand& brand : plan.brands->brands()) {
    EXPECT_FALSE(brand.aliases.empty()) << brand.id;
  }
  EXPECT_NE(plan.conversations, nullptr);
  EXPECT_NE(plan.journeys, nullptr);
}

TEST(Pipelines, DemoRunsOnKafkaByEnvironmentOnly) {
  const Loaded loaded = load_pipeline(
      kFolder + "demo.yaml", options_with({{"KAIKU_LOG", "kafka"}, {"KAFKA_BROKERS", "b:1"}}));
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  EXPECT_FALSE(loaded.plan->is_local);
  EXPECT_THAT(loaded.plan->kafka.common,
              testing::Contains(testing::Pair("bootstrap.servers", "b:1")));
}

class RatesOf : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Generated, RatesOf, testing::Values("demo.yaml", "consumer_brand.yaml"));

TEST_P(RatesOf, TheGeneratorsCurrenciesCoverTheYear) {
  const Loaded loaded = load_pipeline(kFolder + GetParam(), options_with());
  ASSERT_NE(loaded.plan, nullptr);
  for (const char* code : {"USD", "GBP", "JPY"}) {
    model::Currency currency;
    std::copy_n(code, 3, currency.code);
    for (int64_t day = base::days_from_civil(2026, 1, 1);
         day <= base::days_from_civil(2026, 12, 31);
         ++day) {
      money::MoneySums sums;
      ASSERT_TRUE(sums.add(money::Flow::kOrder, currency, static_cast<int32_t>(day), 100'000'000));
      ASSERT_TRUE(loaded.plan->board->rates->convert(sums, money::Flow::kOrder).complete)
          << code << day;
    }
  }
}

// Names of the user's own: a slip in one of them is a different name, not an error.
bool is_user_name(const std::vector<std::string>& path) {
  const auto under = [&path](std::string_view first) {
    return path.size() == 2 && path[0] == first;
  };
  const bool is_translated = path.size() > 1 && path[path.size() - 2] == "map";
  return under("sources") || under("windows") || is_translated;
}

struct KeyPlace {
  std::vector<std::string> path;
  Place place;
};

void collect_keys(const Node& node, std::vector<std::string>& path, std::vector<KeyPlace>& out) {
  for (size_t i = 0; i < node.items.size(); ++i) {
    const bool is_key = node.is_map();
    path.push_back(is_key ? node.keys[i].text : std::to_string(i));
    // Records of tests are free.
    const bool in_test_data =
        path.size() > 3 && path[0] == "tests" && (path[2] == "input" || path[3] == "0");
    if (is_key && !in_test_data) {
      out.push_back({path, node.keys[i].place});
    }
    if (!(path.size() >= 3 && path[0] == "tests" &&
          (path[2] == "input" || path.back() == "contains"))) {
      collect_keys(node.items[i], path, out);
    }
    path.pop_back();
  }
}

size_t offset_of(const std::string& text, Place place) {
  size_t at = 0;
  for (int line = 1; line < place.line; ++line) {
    at = text.find('\n', at) + 1;
  }
  return at + static_cast<size_t>(place.column) - 1;
}

TEST(Pipelines, EveryRenamedKeyIsToldWithItsLineAndASuggestion) {
  size_t renamed = 0;
  for (const std::string& file : shipped_files()) {
    const std::string text = content_of(kFolder + file);
    Report report;
    const auto root = read_yaml(text, report.add_source(file, text), report);
    ASSERT_TRUE(root.has_value());
    std::vector<KeyPlace> keys;
    std::vector<std::string> path;
    collect_keys(*root, path, keys);
    for (const KeyPlace& key : keys) {
      if (is_user_name(key.path)) {
        continue;
      }
      const std::string& name = key.path.back();
      // "topic" -> "topicq": a slip of one letter.
      std::string mutant = text;
      mutant.insert(offset_of(text, key.place) + name.size(), "q");
      LoadOptions options = options_with();
      options.base_dir = kFolder;
      const Loaded loaded = load_pipeline_text(mutant, file, options);
      const auto told = std::find_if(
          loaded.diagnostics.begin(), loaded.diagnostics.end(), [&](const Diagnostic& each) {
            return each.severity == Severity::kError && each.line == key.place.line &&
                   each.message.find(name + "q\"") != std::string::npos;
          });
      ASSERT_NE(told, loaded.diagnostics.end()) << file << " " << name << "\n"
                                                << render(loaded.diagnostics);
      EXPECT_NE(told->suggestion.find(name), std::string::npos)
          << file << " " << name << ": " << told->suggestion;
      ++renamed;
    }
  }
  EXPECT_GT(renamed, 150U);
}

TEST(Pipelines, EveryRemovedLineStillGivesAPlanOrErrors) {
  for (const std::string& file : shipped_files()) {
    const std::string text = content_of(kFolder + file);
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
      std::string mutant = text;
      mutant.erase(begin, end - begin);
      LoadOptions options = options_with();
      options.base_dir = kFolder;
      const Loaded loaded = load_pipeline_text(mutant, file, options);
      EXPECT_NE(loaded.plan == nullptr, codes(loaded).empty()) << mutant;
      begin = end;
    }
  }
}

}  // namespace
}  // namespace kaiku::config
