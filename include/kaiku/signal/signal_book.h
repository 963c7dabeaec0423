// SignalBook: the signals of the brands whose home is this shard: what is more than usual, what is
// new, and what is a risk; and the alerts about it.
//
// Threads: confined to the shard's worker.
// Owns:    per brand its minutes and hours that were not looked at yet, its past, and its open
//          alerts; the same lies in `tables` (kSignals).
// Cost:    accept() merges a minute. seal() writes the minutes that changed, and looks at each
//          window once: some us per term of it. load() scans the table once.
// Fails:   kRestore when a row does not decode. Bounds: kBrands brands, kTermsPerTable terms of a
//          minute, as many of an hour, kTermsRemembered of a brand's past; bound_counts() says what
//          was left out.
// Format:  table kSignals, see brand_past.h. Records are JSON, see alert_record.h.
//
// A window is looked at once, when the watermark passes its end by `final_after`, in the order of
// time (minutes for risks, hours for bursts, volume and sentiment, days for weak signals); what
// comes later changes no verdict. A late risk is looked at with the first minute that is still
// open. So alerts are a function of the set of items, save for the last digits of a p value that
// decides by a hair, and for whether one is over that nothing followed until the input ended: they
// are timely records. An alert opens when the tail is below kOpenBelow and
// the q value of its family (all terms of the brand in the window) below kDiscoveryRate; it is
// resolved after kQuietWindows windows with a tail above kCalmAbove, a risk after a day without
// another case. One alert per (brand, kind, subject) is open at a time; it is told again at most
// every kTellEvery, or when it becomes graver. What the budget has no room for, and hints (kInfo),
// are not told one by one: the digest of the hour in which they open names them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/aggregate/aggregate.h"
#include "kaiku/base/event_time.h"
#include "kaiku/base/status.h"
#include "kaiku/exchange/delta_key.h"
#include "kaiku/signal/alert_budget.h"
#include "kaiku/signal/alert_kind.h"
#include "kaiku/signal/alert_sink.h"
#include "kaiku/signal/open_alert.h"
#include "kaiku/signal/signal_plan.h"
#include "kaiku/signal/source_watch.h"
#include "kaiku/state/tables.h"

namespace kaiku::signal {

inline constexpr size_t kBrands = 20'000;
inline constexpr size_t kTermsRemembered = 16'384;
inline constexpr double kOpenBelow = 1e-4;
inline constexpr double kCalmAbove = 0.05;
inline constexpr double kDiscoveryRate = 0.05;
inline constexpr int kQuietWindows = 3;
inline constexpr int64_t kTellEvery = 15 * base::kMinute;

// Since the book was made.
struct BoundCounts {
  uint64_t late = 0;       // deltas of windows that were looked at already
  uint64_t terms = 0;      // uses of terms for which there was no room
  uint64_t forgotten = 0;  // terms whose past was dropped before it had faded
  uint64_t brands = 0;     // deltas of brands for which there was no room
};

class SignalBook {
 public:
  // `budget` outlives it.
  SignalBook(std::shared_ptr<const SignalPlan> plan, AlertBudget& budget, state::Tables& tables);
  SignalBook(const SignalBook&) = delete;
  SignalBook& operator=(const SignalBook&) = delete;
  ~SignalBook();

  [[nodiscard]] base::Status load();

  // The change of one minute of one brand and channel.
  void accept(const exchange::DeltaKey& key, const aggregate::Aggregate& delta);

  // Points to nothing of this author any more.
  void forget(uint64_t author);

  // A window is due at this watermark of the board.
  [[nodiscard]] bool has_work(base::EventTime watermark) const;

  // Before the epoch is sealed: looks at what is due, and writes what changed.
  void seal(base::EventTime watermark, const AlertSink& sink);

  // Opens an alert about a source that became silent, and resolves it when there is a sign of life.
  // A source that is behind is not silent: of it nothing is known.
  [[nodiscard]] bool has_news_of(std::string_view source, const SourceWatch& watch) const;
  void watch(std::string_view source, const SourceWatch& watch, const AlertSink& sink);

  // Calls fn(brand, kind, severity, how many) for alerts that are open and were told, and hints.
  void open_alerts(
      const std::function<void(std::string_view, AlertKind, Severity, uint64_t)>& visit) const;
  // The same for all that were opened since the book was made.
  void opened_alerts(
      const std::function<void(std::string_view, AlertKind, Severity, uint64_t)>& visit) const;
  // The alerts that are open, were told or are hints, and opened last, the newest first, `most` at
  // most. A look at each open alert.
  [[nodiscard]] std::vector<OpenAlert> newest_alerts(size_t most) const;

  [[nodiscard]] const BoundCounts& bound_counts() const;
  [[nodiscard]] size_t memory_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kaiku::signal
