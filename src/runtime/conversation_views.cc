#include "runtime/conversation_views.h"

#include <string>
#include <utility>

namespace kaiku::runtime {

void add_conversations(const shard::Shard& shard, WorkerView& view) {
  shard.board().view(view.conversations);
  const conversation::ConversationBook* const book = shard.conversations();
  if (book == nullptr || shard.is_private()) {
    return;
  }
  const base::EventTime as_of = shard.level(model::Level::kOrder).effective;
  book->open_unanswered([&](std::string_view brand,
                            std::string_view channel,
                            model::ItemType type,
                            uint64_t count,
                            base::EventTime oldest) {
    view.unanswered.push_back(
        {std::string(brand), std::string(channel), count, oldest, as_of, type});
  });
  book->open_alerts([&](std::string_view brand,
                        std::string_view channel,
                        conversation::AlertKind kind,
                        uint64_t count) {
    view.alert_counts.push_back({std::string(brand), std::string(channel), kind, count});
  });
  (void)book->newest_alerts(kAlertsShown, [&](const conversation::OpenAlert& alert) {
    view.alerts.push_back({alert.kind,
                           alert.conversation,
                           std::string(alert.brand),
                           std::string(alert.channel),
                           alert.type,
                           alert.severity,
                           alert.opened_at,
                           alert.asked_at,
                           std::string(alert.sla_policy),
                           alert.sla_target_us,
                           std::string(alert.url)});
  });
}

}  // namespace kaiku::runtime
