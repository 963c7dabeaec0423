#include "runtime/signal_views.h"

#include <string>

namespace kaiku::runtime {

void add_signals(const shard::Shard& shard, WorkerView& view) {
  const signal::SignalBook* const book = shard.signals();
  if (book == nullptr) {
    return;
  }
  const auto into = [](std::vector<SignalCount>& counts) {
    return [&counts](std::string_view brand,
                     signal::AlertKind kind,
                     signal::Severity severity,
                     uint64_t count) {
      counts.push_back({std::string(brand), kind, severity, count});
    };
  };
  book->open_alerts(into(view.signals_open));
  book->opened_alerts(into(view.signals_opened));
  book->newest_alerts(kAlertsShown, [&](const signal::OpenAlert& alert) {
    view.signals.push_back({alert.id,
                            alert.kind,
                            alert.severity,
                            std::string(alert.brand),
                            std::string(alert.subject),
                            alert.opened_at,
                            std::string(alert.window),
                            alert.window_start,
                            alert.window_end,
                            alert.count,
                            alert.exact,
                            std::string(alert.evidence)});
  });
}

}  // namespace kaiku::runtime
