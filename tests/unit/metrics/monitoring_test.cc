// What is shipped for Prometheus and Grafana names only what the engine has.
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/metrics/catalogue.h"

namespace kaiku::metrics {
namespace {

const std::filesystem::path kFolder =
    std::filesystem::path(KAIKU_SOURCE_DIR) / "deploy" / "monitoring";

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::smatch> matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  return {std::sregex_iterator(text.begin(), text.end(), expression), std::sregex_iterator()};
}

// A histogram is seen by three names.
std::map<std::string, const Declaration*> visible_names() {
  std::map<std::string, const Declaration*> names;
  for (const Declaration& metric : catalogue()) {
    const std::string name = name_of(metric.id, "euros");
    if (metric.type != Type::kHistogram) {
      names[name] = &metric;
      continue;
    }
    for (const char* suffix : {"_bucket", "_sum", "_count"}) {
      names[name + suffix] = &metric;
    }
  }
  return names;
}

// Expressions of rules and dashboards; JSON escapes only quotes in them.
std::vector<std::string> expressions_of_dashboard() {
  std::string text = read(kFolder / "dashboards" / "kaiku.json");
  std::vector<std::string> expressions;
  for (const std::smatch& match :
       matches(text, R"re("(?:expr|query|definition)": "((?:[^"\\]|\\.)*)")re")) {
    std::string expression = std::regex_replace(match[1].str(), std::regex(R"(\\")"), "\"");
    expressions.push_back(expression);
  }
  EXPECT_GT(expressions.size(), 60U);
  return expressions;
}

void expect_declared(const std::string& text) {
  const auto names = visible_names();
  for (const std::smatch& match :
       matches(text, R"((:?)\b((?:kaiku|process)_[a-z_]+)\b(:?)(?:\{([^}]*)\})?)")) {
    if (match[1].length() > 0 || match[3].length() > 0) {
      continue;  // part of the name of a recording rule
    }
    const std::string name = match[2].str();
    const auto found = names.find(name);
    ASSERT_TRUE(found != names.end()) << name << " is not in the catalogue";
    const std::string selector = match[4].str();
    for (const std::smatch& label : matches(selector, R"re(\b([a-z_]+)\s*(?:=~|!~|!=|=)\s*")re")) {
      const auto& declared = found->second->labels;
      const bool is_known = std::ranges::find(declared, label[1].str()) != declared.end() ||
                            label[1] == "job" || label[1] == "instance" || label[1] == "le";
      EXPECT_TRUE(is_known) << name << " has no label " << label[1];
    }
  }
}

TEST(Monitoring, RulesNameOnlyDeclaredMetricsAndLabels) {
  expect_declared(read(kFolder / "rules.yml"));
}

TEST(Monitoring, RuleTestsNameOnlyDeclaredMetricsAndLabels) {
  expect_declared(read(kFolder / "rules_test.yml"));
  expect_declared(read(kFolder / "rules_long_test.yml"));
}

TEST(Monitoring, TheDashboardNamesOnlyDeclaredMetricsAndLabels) {
  for (const std::string& expression : expressions_of_dashboard()) {
    expect_declared(expression);
  }
}

// The queries of the README, one per comment.
std::vector<std::string> queries_of_readme() {
  const std::string text = read(kFolder / "README.md");
  const std::string open = "```promql\n";
  const size_t begin = text.find(open);
  EXPECT_NE(begin, std::string::npos);
  const size_t end = text.find("```", begin + open.size());
  std::istringstream lines(text.substr(begin + open.size(), end - begin - open.size()));
  std::vector<std::string> queries;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#")) {
      queries.emplace_back();
    } else if (!queries.empty()) {
      queries.back() += line + " ";
    }
  }
  EXPECT_GE(queries.size(), 10U);
  return queries;
}

TEST(Monitoring, TheReadmeAsksOnlyForDeclaredMetricsAndLabels) {
  for (const std::string& query : queries_of_readme()) {
    EXPECT_FALSE(query.empty());
    expect_declared(query);
  }
}

TEST(Monitoring, EveryMetricOfTheEngineIsOnTheDashboardOrInARule) {
  std::string all = read(kFolder / "rules.yml");
  for (const std::string& expression : expressions_of_dashboard()) {
    all += expression + "\n";
  }
  for (const Declaration& metric : catalogue()) {
    const std::string name = name_of(metric.id, "euros");
    if (name.starts_with("kaiku_")) {
      EXPECT_TRUE(std::regex_search(all, std::regex("\\b" + name + "(_bucket|_count|_sum)?\\b")))
          << name;
    }
  }
}

TEST(Monitoring, EveryAlertHasARunbookAndTwoCases) {
  const std::string rules = read(kFolder / "rules.yml");
  const std::string runbooks = read(kFolder / "README.md");
  const std::string cases =
      read(kFolder / "rules_test.yml") + read(kFolder / "rules_long_test.yml");
  std::set<std::string> alerts;
  for (const std::smatch& match : matches(rules, "- alert: (\\w+)")) {
    const std::string alert = match[1].str();
    alerts.insert(alert);
    std::string anchor = alert;
    std::ranges::transform(
        anchor, anchor.begin(), [](char c) { return static_cast<char>(std::tolower(c)); });
    EXPECT_NE(rules.find("runbook: deploy/monitoring/README.md#" + anchor + "\n"),
              std::string::npos)
        << alert;
    EXPECT_NE(runbooks.find("\n## " + alert + "\n"), std::string::npos) << alert;
    EXPECT_NE(cases.find("name: " + alert + " fires\n"), std::string::npos) << alert;
    EXPECT_NE(cases.find("name: " + alert + " is silent\n"), std::string::npos) << alert;
  }
  EXPECT_EQ(alerts.size(), 20U);
  for (const std::smatch& match : matches(runbooks, "\n## (\\w+)")) {
    EXPECT_TRUE(alerts.contains(match[1].str())) << "a runbook without an alert: " << match[1];
  }
}

class Promtool : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("command -v promtool >/dev/null 2>&1") != 0) {
      if (const char* ci = std::getenv("CI"); ci != nullptr && std::string_view(ci) == "true") {
        FAIL() << "promtool is needed here: install the package prometheus";
      }
      GTEST_SKIP()
          << "promtool is not installed (Debian package prometheus): rules were not checked";
    }
  }

  static int run(const std::string& arguments) {
    return std::system(("promtool " + arguments + " >/dev/null").c_str());
  }
};

TEST_F(Promtool, AcceptsConfigurationAndRules) {
  EXPECT_EQ(run("check config " + (kFolder / "prometheus.yml").string()), 0);
  EXPECT_EQ(run("check rules --lint=all --lint-fatal " + (kFolder / "rules.yml").string()), 0);
}

TEST_F(Promtool, AlertsFireWhenTheyShouldAndOnlyThen) {
  EXPECT_EQ(run("test rules " + (kFolder / "rules_test.yml").string()), 0);
  EXPECT_EQ(run("test rules " + (kFolder / "rules_long_test.yml").string()), 0);
}

TEST_F(Promtool, ParsesEveryExpressionOfTheDashboardAndTheReadme) {
  const std::filesystem::path file =
      std::filesystem::path(testing::TempDir()) / "kaiku_dashboard_rules.yml";
  std::ofstream out(file);
  out << "groups:\n  - name: dashboard\n    rules:\n";
  size_t number = 0;
  for (std::string expression : expressions_of_dashboard()) {
    if (expression.starts_with("label_values") || expression == "prometheus") {
      continue;
    }
    for (const auto& [variable, value] :
         {std::pair<const char*, const char*>{"\\$__rate_interval", "5m"},
          {"\\$__interval", "5m"},
          {"\\$[a-z]+", ".+"}}) {
      expression = std::regex_replace(expression, std::regex(variable), value);
    }
    ASSERT_EQ(expression.find('\''), std::string::npos);
    out << "      - {record: 'dashboard:expression_" << number++ << ":now', expr: '" << expression
        << "'}\n";
  }
  for (const std::string& query : queries_of_readme()) {
    ASSERT_EQ(query.find('\''), std::string::npos);
    out << "      - {record: 'readme:expression_" << number++ << ":now', expr: '" << query
        << "'}\n";
  }
  out.close();
  EXPECT_GT(number, 60U);
  EXPECT_EQ(run("check rules --lint=none " + file.string()), 0);
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace kaiku::metrics
