// What one closed window of a brand says, set beside the brand's past; which it then becomes a part
// of.
//
// Threads: confined to the book.
// Owns:    nothing.
// Cost:    some us per term.
// Fails:   never.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "kaiku/signal/signal_plan.h"

#include "signal/brand_past.h"

namespace kaiku::signal {

// One subject in one window.
struct Finding {
  AlertKind kind = AlertKind::kBurst;
  Severity severity = Severity::kInfo;
  std::string subject;
  uint64_t about = 0;  // what its examples are about; 0: anything
  bool opens = false;  // enough for an alert
  bool calm = true;    // nothing to speak of: an open alert is on its way to be resolved
  double p_value = 1;
  int64_t count = 0;
  bool exact = true;
  std::string evidence;  // JSON, of what is not calm
  std::vector<SampleRef> samples;
};

// How much more is usually said at this hour of the day than in the mean of all hours: what people
// do every noon is no burst. 1 while the past is young.
[[nodiscard]] double hour_factor(const SignalPlan& plan, int64_t hour, const Brand& brand);

// Bursts of an hour, or weak signals of a day; `factor` is that of the hour. Marks the terms whose
// past changed in `touched`.
void test_terms(const SignalPlan& plan,
                Scale scale,
                int64_t window,
                double factor,
                const aggregate::TermTable& terms,
                Brand& brand,
                std::vector<Finding>& findings,
                std::vector<uint64_t>& touched);

// Volume and sentiment of an hour against the same hours of earlier seasons.
void test_season(const SignalPlan& plan,
                 int64_t hour,
                 const Minute& sums,
                 Brand& brand,
                 std::vector<Finding>& findings);

// Points each finding to public items of its window.
void find_samples(std::span<const aggregate::ExampleTable> examples,
                  std::vector<Finding>& findings);

// Every subject of a minute of that hour is a finding of its own, but for hosts that the brand
// knows; those it meets are known from then on.
void test_risks(const SignalPlan& plan,
                int64_t hour,
                const Minute& minute,
                Brand& brand,
                std::vector<Finding>& findings);

}  // namespace kaiku::signal
