// The section `signals`: off by default, its lists, and what is refused.
#include <cstdio>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/config/loading.h"

namespace kaiku::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

TEST(SignalSection, NothingIsLookedForThatWasNotAskedFor) {
  for (const char* more : {"", "signals: {}\n", "signals: {hosts: [kirkas.fi]}\n"}) {
    const Loaded loaded = load_with(more);
    ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
    EXPECT_EQ(loaded.plan->signals, nullptr);
    EXPECT_EQ(loaded.plan->fingerprint, load_with("").plan->fingerprint);
    EXPECT_FALSE(loaded.plan->topics.find("kaiku.small.alerts.v1").has_value());
  }
}

TEST(SignalSection, HasItsDefaults) {
  const Loaded loaded = load_with("time: {lateness: 7m}\nsignals: {follow: true}\n");
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  const signal::SignalPlan& plan = *loaded.plan->signals;
  EXPECT_EQ(plan.season_hours, 24);
  EXPECT_EQ(plan.final_after, 7 * base::kMinute);
  EXPECT_EQ(plan.authors_least, 5);
  EXPECT_EQ(loaded.plan->alerts_per_day, 20);
  EXPECT_EQ(plan.shorteners.size(), 10U);
  EXPECT_TRUE(plan.shorteners.contains("bit.ly"));
  EXPECT_TRUE(plan.hosts.empty() && plan.handles.empty() && plan.confidential.empty());
  EXPECT_FALSE(plan.personal_data);
  EXPECT_TRUE(loaded.plan->topics.find("kaiku.small.alerts.v1").has_value());
  EXPECT_FALSE(loaded.plan->topics.find("kaiku.small.outcomes.v1").has_value());
  EXPECT_NE(loaded.plan->fingerprint, load_with("time: {lateness: 7m}\n").plan->fingerprint);
}

TEST(SignalSection, ValuesReachThePlan) {
  const Loaded loaded = load_with(
      "signals: {follow: true, season: week, authors: 3, alerts_per_day: 0, no_terms: ['#Promo', "
      "arvonta], known_handles: ['@Kirkas_FI'], hosts: [Kirkas.FI], shorteners: [lnk.example]}\n");
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  const signal::SignalPlan& plan = *loaded.plan->signals;
  EXPECT_EQ(plan.season_hours, 168);
  EXPECT_EQ(plan.authors_least, 3);
  EXPECT_EQ(loaded.plan->alerts_per_day, 0);
  EXPECT_THAT(plan.no_terms, UnorderedElementsAre("promo", "arvonta"));
  EXPECT_THAT(plan.known_handles, ElementsAre("kirkas_fi"));
  EXPECT_THAT(plan.hosts, ElementsAre("kirkas.fi"));
  EXPECT_THAT(plan.shorteners, ElementsAre("lnk.example"));
}

TEST(SignalSection, PersonalDataIsLookedForWhenAskedFor) {
  const auto with = [](const char* value) {
    return load_with("signals: {follow: true, personal_data: " + std::string(value) + "}\n");
  };
  const Loaded loaded = with("true");
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  EXPECT_TRUE(loaded.plan->signals->personal_data);
  EXPECT_NE(loaded.plan->fingerprint, with("false").plan->fingerprint);
  EXPECT_EQ(with("maybe").plan, nullptr);
}

TEST(SignalSection, NewHostsAreLookedForWhenAskedFor) {
  const auto with = [](const char* value) {
    return load_with("signals: {follow: true, new_hosts: " + std::string(value) + "}\n");
  };
  const Loaded loaded = with("true");
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  EXPECT_TRUE(loaded.plan->signals->new_hosts);
  EXPECT_FALSE(with("false").plan->signals->new_hosts);
  EXPECT_NE(loaded.plan->fingerprint, with("false").plan->fingerprint);
}

TEST(SignalSection, KnowsTheBrandsOwnNames) {
  const Loaded loaded = load(
      "version: 1\nname: small\nsources:\n  posts: {topic: posts.v1}\nbrands:\n  - {id: kirkas, "
      "name: Kirkas, aliases: [Kirkas, '@KirkasFI', '#hetki'], handles: [KirkasDrinks]}\n"
      "signals: {follow: true}\n");
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  const signal::SignalPlan& plan = *loaded.plan->signals;
  EXPECT_THAT(plan.no_terms, UnorderedElementsAre("kirkas", "kirkasfi", "hetki"));
  ASSERT_EQ(plan.handles.size(), 2U);
  EXPECT_EQ(plan.handles[0].handle, "kirkasfi");
  EXPECT_EQ(plan.handles[1].handle, "kirkasdrinks");
  EXPECT_EQ(plan.handles[1].brand, "kirkas");
}

TEST(SignalSection, RefusesWhatIsNoHostAndNoPhrase) {
  EXPECT_THAT(codes(load_with("signals: {follow: true, hosts: ['https://kirkas.fi']}\n")),
              ElementsAre("KA062"));
  EXPECT_THAT(errors(load_with("signals: {follow: true, shorteners: [bitly]}\n")),
              ElementsAre(HasSubstr("\"bitly\" is no host: kirkas.fi, without https://")));
  for (const char* phrase : {"moon",
                             "moon 12",
                             "0123456789abcdef0123456789abcdef",
                             "moon 0123456789ABCDEF0123456789abcdef"}) {
    const std::string more =
        std::string("signals: {follow: true, confidential: ['") + phrase + "']}\n";
    EXPECT_THAT(codes(load_with(more)), ElementsAre("KA062")) << phrase;
  }
}

TEST(SignalSection, ConfidentialPhrasesNeedAKeyOfTheirOwn) {
  const std::string more =
      "signals: {follow: true, confidential: ['moon 0123456789abcdef0123456789abcdef']}\n";
  EXPECT_THAT(codes(load_with(more)), ElementsAre("KA064"));
  const std::string key = testing::TempDir() + "/signal_section_key";
  std::ofstream(key) << "00112233445566778899aabbccddeeff";
  const Loaded loaded = load_with("key_file: " + key + "\n" + more);
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  ASSERT_EQ(loaded.plan->signals->confidential.size(), 1U);
  const auto& [digest, name] = *loaded.plan->signals->confidential.begin();
  EXPECT_EQ(digest.hi, 0x0123456789abcdefU);
  EXPECT_EQ(name, "moon");
  std::remove(key.c_str());
}

TEST(SignalSection, WatchesRoutedSources) {
  const auto source = [](const char* more) {
    return std::string("version: 1\nname: small\nsources:\n  posts: {topic: posts.v1, ") + more +
           "}\nbrands: open\nsignals: {follow: true}\n";
  };
  const Loaded loaded = load(source("expect_every: 30m"));
  ASSERT_NE(loaded.plan, nullptr) << render(loaded.diagnostics);
  EXPECT_EQ(loaded.plan->signals->expect_every.at("posts"), 30 * base::kMinute);
  EXPECT_THAT(codes(load(source("routing: direct, keyed_by: /native_id, expect_every: 30m"))),
              ElementsAre("KA063"));
}

}  // namespace
}  // namespace kaiku::config
