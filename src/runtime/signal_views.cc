#include "runtime/signal_views.h"

#include <algorithm>
#include <iterator>
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
  shard.visit_watched([&view](size_t source, const signal::SourceWatch& watch) {
    view.watched.push_back({source, watch});
  });
  std::ranges::move(book->newest_alerts(kAlertsShown), std::back_inserter(view.signals));
}

}  // namespace kaiku::runtime
