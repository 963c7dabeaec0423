// AlertDesk: what windows found becomes alerts: one open alert per subject, told again now and
// then, resolved when it is calm, and no more of them a day than somebody reads.
//
// Threads: confined to the book.
// Owns:    counts; brands, plan, budget and tables are the book's and outlive it.
// Cost:    a look at each open alert of the brand, and a put for each that changed.
// Fails:   never.
// Format:  rows of alerts, see brand_past.h.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "kaiku/signal/signal_book.h"

#include "signal/brand_past.h"
#include "signal/due.h"
#include "signal/window_tests.h"

namespace kaiku::signal {

// In the place of a brand: a source is nobody's.
inline constexpr std::string_view kNoBrand;

class AlertDesk {
 public:
  using Opened = std::map<std::tuple<std::string, AlertKind, Severity>, uint64_t>;

  AlertDesk(const SignalPlan& plan, AlertBudget& budget, state::Tables& tables)
      : plan_(plan), budget_(budget), tables_(tables) {}

  // What the window found meets what is open of the brand `name`. The gravest first, then the most
  // surprising: so the budget is spent the same way whatever the order of the findings.
  void settle(std::string_view name,
              Brand& brand,
              std::vector<Finding>& findings,
              const Due& window,
              const AlertSink& sink);

  // What alerts of the brand pointed to is named by no record from here on.
  void forget_samples(std::string_view name,
                      Brand& brand,
                      const std::function<bool(const SampleRef&)>& is_gone);

  [[nodiscard]] bool is_silent(std::string_view source, const SourceWatch& watch) const;
  // Opens or resolves the alert about a source; `nobody` is the brand of sources.
  void tell_silence(Brand& nobody,
                    std::string_view source,
                    const SourceWatch& watch,
                    const AlertSink& sink);

  // Alerts that were opened and told, and hints.
  [[nodiscard]] const Opened& opened() const { return opened_; }

 private:
  static void tell(std::string_view name, Alert& alert, RecordState state, const AlertSink& sink);
  void store(std::string_view name, const Alert& alert);
  // Spends the budget for an alert that opened, or became graver; false if only a digest tells.
  [[nodiscard]] bool may_tell(std::string_view name, const Alert& alert);
  void refresh(std::string_view name,
               Alert& alert,
               const Finding& finding,
               const Due& window,
               const AlertSink& sink);
  void open(std::string_view name,
            Brand& brand,
            const Finding& finding,
            const Due& window,
            const AlertSink& sink);
  // False if it is over.
  [[nodiscard]] bool stays(
      std::string_view name, Alert& alert, bool is_met, const Due& window, const AlertSink& sink);

  const SignalPlan& plan_;
  AlertBudget& budget_;
  state::Tables& tables_;
  Opened opened_;
};

}  // namespace kaiku::signal
