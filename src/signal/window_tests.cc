#include "signal/window_tests.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "kaiku/effect/surprise.h"
#include "kaiku/signal/signal_book.h"

#include "signal/alert_record.h"

namespace kaiku::signal {
namespace {

using Entry = aggregate::TermTable::Entry;

// A surprise that is less than this many times the expected count is nothing to act on: large
// counts are never as regular as the test believes.
constexpr double kTimesExpected = 2;
// One-sided 1e-4 and 0.05 of the normal distribution.
constexpr double kOpenZ = -3.719;
constexpr double kCalmZ = -1.645;
constexpr unsigned kDaysLooked = 5;
constexpr int kDaysRisen = 3;

struct TermTest {
  double p_value = 1;
  double expected = 0;
};

bool is_more_than_usual(int64_t count, const TermTest& test, double q_value) {
  return test.p_value < kOpenBelow && q_value < kDiscoveryRate &&
         static_cast<double>(count) >= kTimesExpected * test.expected;
}

// The days up to `window` on which a term rose, `rises` being about `window` itself.
uint8_t risen_until(const TermPast& past, int64_t window, bool rises) {
  const int64_t passed = window - past.shape.at;
  const unsigned before = past.shape.micros == 0 || passed >= kDaysLooked || passed < 0
                              ? 0U
                              : static_cast<unsigned>(past.risen) << static_cast<unsigned>(passed);
  return static_cast<uint8_t>((before | (rises ? 1U : 0U)) & ((1U << kDaysLooked) - 1U));
}

std::string evidence_of(const Entry& entry, const TermTest& test, double q_value) {
  Evidence evidence;
  evidence.count = entry.count;
  evidence.expected = test.expected;
  evidence.p_value = test.p_value;
  evidence.q_value = q_value;
  evidence.unique_authors = static_cast<int64_t>(entry.authors.count());
  evidence.more_authors = entry.authors.is_full();
  return evidence_json(evidence);
}

}  // namespace

namespace {

// The season from which on an hour of it counts: a brand's first season begins with its first hour.
int64_t first_season(const SignalPlan& plan, const Brand& brand, size_t slot) {
  const int64_t hour = brand.at(Scale::kHour).first;
  const int64_t season = base::floor_div(hour, plan.season_hours);
  const bool is_before = static_cast<int64_t>(slot) < hour - season * plan.season_hours;
  return is_before ? season + 1 : season;
}

}  // namespace

double hour_factor(const SignalPlan& plan, int64_t hour, const Brand& brand) {
  constexpr int64_t kHours = 24;
  constexpr double kLeast = 0.25;
  constexpr double kMost = 24;
  const ScalePast& past = brand.at(Scale::kHour);
  if (past.first == kNever || hour - past.first < plan.hours_least) {
    return 1;
  }
  const int64_t of_day = hour - base::floor_div(hour, kHours) * kHours;
  double all_count = 0;
  double all_age = 0;
  double count = 0;
  double age = 0;
  for (size_t i = 0; i < brand.slots.size(); ++i) {
    const Slot& slot = brand.slots[i];
    const auto at = static_cast<int64_t>(i);
    // The number of seasons in which this hour has passed.
    const int64_t season = base::floor_div(hour - at - 1, plan.season_hours) + 1;
    Age seasons = slot.age;
    seasons.pass_to(slot.first == kNever ? first_season(plan, brand, i) : slot.first,
                    plan.discount);
    seasons.pass_to(season, plan.discount);
    const auto said = static_cast<double>(slot.volume.before(season, plan.discount));
    const auto passed = static_cast<double>(seasons.micros());
    all_count += said;
    all_age += passed;
    // Seasons begin with a day: the epoch is a midnight.
    if (at % kHours == of_day) {
      count += said;
      age += passed;
    }
  }
  if (!(all_count > 0) || !(all_age > 0) || !(age > 0)) {
    return 1;
  }
  return std::clamp((count / age) / (all_count / all_age), kLeast, kMost);
}

void test_terms(const SignalPlan& plan,
                Scale scale,
                int64_t window,
                double factor,
                const aggregate::TermTable& terms,
                Brand& brand,
                std::vector<Finding>& findings,
                std::vector<uint64_t>& touched) {
  ScalePast& past = brand.at(scale);
  auto& known = brand.terms[static_cast<size_t>(scale)];
  const bool is_day = scale == Scale::kDay;
  const int64_t least = is_day ? plan.days_least : plan.hours_least;
  const bool is_ripe = window - past.first >= least;
  past.age.pass_to(window, plan.discount);
  const auto age = static_cast<int64_t>(static_cast<double>(past.age.micros()) / factor);
  const auto& entries = terms.entries();
  std::vector<TermTest> tests(entries.size());
  std::vector<double> p(entries.size(), 1);
  for (size_t i = 0; i < entries.size(); ++i) {
    const auto found = known.find(entries[i].hash);
    const int64_t shape =
        found == known.end() ? 0 : found->second.shape.before(window, plan.discount);
    tests[i].expected = expected(shape, age);
    if (is_ripe) {
      p[i] = tests[i].p_value = upper_tail(shape, age, entries[i].count);
    }
  }
  const std::vector<double> q = effect::q_values(p);
  for (size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    TermPast& term = known[entry.hash];
    const bool rises = static_cast<double>(entry.count) > tests[i].expected;
    const uint8_t risen = risen_until(term, window, rises);
    const bool has_authors = static_cast<int64_t>(entry.authors.count()) >= plan.authors_least;
    Finding finding;
    finding.kind = is_day ? AlertKind::kWeakSignal : AlertKind::kBurst;
    finding.severity = is_day ? Severity::kInfo : Severity::kWarning;
    finding.subject = entry.text;
    finding.about = entry.hash;
    finding.p_value = tests[i].p_value;
    finding.count = entry.count;
    finding.exact = terms.other() == 0;
    if (is_day) {
      const bool is_rising = std::popcount(static_cast<unsigned>(risen)) >= kDaysRisen;
      finding.calm = !rises || !is_ripe;
      finding.opens = is_ripe && rises && is_rising && has_authors && q[i] < kDiscoveryRate;
    } else {
      finding.calm = tests[i].p_value > kCalmAbove;
      finding.opens = has_authors && is_more_than_usual(entry.count, tests[i], q[i]);
    }
    if (!finding.calm) {
      finding.evidence = evidence_of(entry, tests[i], q[i]);
      findings.push_back(std::move(finding));
    }
    term.shape.add(window, entry.count, plan.discount);
    term.risen = risen;
    touched.push_back(entry.hash);
  }
}

namespace {

void test_volume(const SignalPlan& plan,
                 const Slot& slot,
                 int64_t season,
                 int64_t originals,
                 std::vector<Finding>& findings) {
  const int64_t shape = slot.volume.before(season, plan.discount);
  TermTest test;
  test.expected = expected(shape, slot.age.micros());
  test.p_value = upper_tail(shape, slot.age.micros(), originals);
  Finding finding;
  finding.kind = AlertKind::kVolumeSpike;
  finding.severity = Severity::kWarning;
  finding.p_value = test.p_value;
  finding.count = originals;
  finding.calm = test.p_value > kCalmAbove;
  finding.opens = originals >= plan.authors_least && is_more_than_usual(originals, test, 0);
  if (!finding.calm) {
    Evidence evidence;
    evidence.count = originals;
    evidence.expected = test.expected;
    evidence.p_value = test.p_value;
    finding.evidence = evidence_json(evidence);
    findings.push_back(std::move(finding));
  }
}

struct Labels {
  double negative = 0;
  double neutral = 0;
  double positive = 0;

  [[nodiscard]] double all() const { return negative + neutral + positive; }

  [[nodiscard]] double net() const { return (positive - negative) / all(); }
};

// Net sentiment less than it was: of a mean of labels -1, 0 and 1, whose variance is known from the
// past.
void test_sentiment(const SignalPlan& plan,
                    const Slot& slot,
                    int64_t season,
                    const Minute& sums,
                    std::vector<Finding>& findings) {
  const auto usual = [&](const Shape& shape) {
    return static_cast<double>(shape.before(season, plan.discount)) / static_cast<double>(kMillion);
  };
  const Labels past{usual(slot.negative), usual(slot.neutral), usual(slot.positive)};
  const Labels now{static_cast<double>(std::max<int64_t>(sums.negative, 0)),
                   static_cast<double>(std::max<int64_t>(sums.neutral, 0)),
                   static_cast<double>(std::max<int64_t>(sums.positive, 0))};
  const auto least = static_cast<double>(plan.labels_least);
  if (now.all() < least || past.all() < least) {
    return;
  }
  // A past without any variance is believed to have one label of another kind.
  const double variance = std::max(
      (past.negative + past.positive) / past.all() - past.net() * past.net(), 1 / past.all());
  Evidence evidence;
  evidence.count = static_cast<int64_t>(now.all());
  evidence.net_sentiment = now.net();
  evidence.usual_sentiment = past.net();
  evidence.z = (now.net() - past.net()) / std::sqrt(variance * (1 / now.all() + 1 / past.all()));
  Finding finding;
  finding.kind = AlertKind::kSentimentDrop;
  finding.about = aggregate::kAboutNegative;
  finding.severity = Severity::kWarning;
  finding.count = evidence.count;
  finding.calm = evidence.z > kCalmZ;
  finding.opens = evidence.z < kOpenZ;
  if (!finding.calm) {
    finding.evidence = evidence_json(evidence);
    findings.push_back(std::move(finding));
  }
}

struct RiskRule {
  AlertKind kind;
  Severity severity;
  std::string_view host_is = {};
};

// By model::Risk.
constexpr std::array<RiskRule, model::kRisks> kRules = {
    {{AlertKind::kImpersonation, Severity::kCritical},
     {AlertKind::kPhishingLink, Severity::kCritical, "look_alike"},
     {AlertKind::kPhishingLink, Severity::kWarning, "shortener"},
     {AlertKind::kConfidentialTerm, Severity::kWarning},
     {AlertKind::kConfidentialTerm, Severity::kCritical},
     {AlertKind::kPublicPersonalData, Severity::kWarning},
     {AlertKind::kPhishingLink, Severity::kWarning, "new"}}};

// To a brand that is hardly known itself every host is new.
bool is_new_host(const SignalPlan& plan, uint64_t host, int64_t hour, Brand& brand) {
  const int64_t first = brand.at(Scale::kHour).first;
  const bool is_new = brand.hosts.see(host, hour);
  return is_new && first != kNever && hour - first >= plan.hours_least;
}

}  // namespace

void test_season(const SignalPlan& plan,
                 int64_t hour,
                 const Minute& sums,
                 Brand& brand,
                 std::vector<Finding>& findings) {
  brand.slots.resize(static_cast<size_t>(plan.season_hours));
  const int64_t season = base::floor_div(hour, plan.season_hours);
  const auto index = static_cast<size_t>(hour - season * plan.season_hours);
  Slot& slot = brand.slots[index];
  if (slot.first == kNever) {
    slot.first = first_season(plan, brand, index);
    slot.age.pass_to(slot.first, plan.discount);
  }
  slot.age.pass_to(season, plan.discount);
  if (season - slot.first >= plan.seasons_least) {
    test_volume(plan, slot, season, std::max<int64_t>(sums.originals, 0), findings);
    test_sentiment(plan, slot, season, sums, findings);
  }
  slot.volume.add(season, sums.originals, plan.discount);
  slot.negative.add(season, sums.negative, plan.discount);
  slot.neutral.add(season, sums.neutral, plan.discount);
  slot.positive.add(season, sums.positive, plan.discount);
}

void find_samples(std::span<const aggregate::ExampleTable> examples,
                  std::vector<Finding>& findings) {
  for (Finding& finding : findings) {
    for (const aggregate::ExampleTable& table : examples) {
      for (const aggregate::Example& example : table.examples()) {
        if (finding.samples.size() < kSampleRefs &&
            (finding.about == 0 || example.is_about(finding.about))) {
          finding.samples.push_back({example.item, example.author, example.url});
        }
      }
    }
  }
}

void test_risks(const SignalPlan& plan,
                int64_t hour,
                const Minute& minute,
                Brand& brand,
                std::vector<Finding>& findings) {
  for (size_t risk = 0; risk < model::kRisks; ++risk) {
    const bool may_be_known = risk == static_cast<size_t>(model::Risk::kOtherHost);
    const aggregate::TermTable& table = minute.subjects[risk];
    for (const Entry& entry : table.entries()) {
      if (may_be_known && !is_new_host(plan, entry.hash, hour, brand)) {
        continue;
      }
      Finding finding;
      finding.kind = kRules[risk].kind;
      finding.severity = kRules[risk].severity;
      finding.subject = entry.text;
      finding.about = entry.hash;
      finding.opens = true;
      finding.calm = false;
      finding.p_value = 0;
      finding.count = entry.count;
      finding.exact = table.other() == 0;
      Evidence evidence;
      evidence.count = entry.count;
      evidence.unique_authors = static_cast<int64_t>(entry.authors.count());
      evidence.more_authors = entry.authors.is_full();
      evidence.host_is = kRules[risk].host_is;
      finding.evidence = evidence_json(evidence);
      findings.push_back(std::move(finding));
    }
  }
}

}  // namespace kaiku::signal
