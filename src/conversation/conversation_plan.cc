#include "kaiku/conversation/conversation_plan.h"

#include <algorithm>
#include <utility>

namespace kaiku::conversation {

bool ConversationPlan::opens(model::ItemType type) const {
  return std::find(opening_types.begin(), opening_types.end(), type) != opening_types.end();
}

bool ConversationPlan::restricts(std::string_view channel) const {
  return restricts_all || std::binary_search(restricted.begin(), restricted.end(), channel);
}

const SlaTarget* ConversationPlan::target_of(std::string_view brand,
                                             std::string_view channel,
                                             model::Severity severity,
                                             model::ItemType type,
                                             base::EventTime at) const {
  const SlaTarget* best = nullptr;
  std::pair<int, base::EventTime> best_rank;
  for (const SlaTarget& target : targets) {
    const bool any_severity = target.severity == model::Severity::kNone;
    if ((!target.brand.empty() && target.brand != brand) ||
        (!target.channel.empty() && target.channel != channel) ||
        (!any_severity && target.severity != severity) ||
        (!target.type.empty() && target.type != model::name_of(type)) || target.valid_from > at) {
      continue;
    }
    const int weight = (target.brand.empty() ? 0 : 8) + (target.channel.empty() ? 0 : 4) +
                       (any_severity ? 0 : 2) + (target.type.empty() ? 0 : 1);
    if (best == nullptr || std::pair(weight, target.valid_from) > best_rank) {
      best = &target;
      best_rank = {weight, target.valid_from};
    }
  }
  return best;
}

const window::BusinessHours* ConversationPlan::hours_of(std::string_view brand,
                                                        base::EventTime at) const {
  const Calendar* best = nullptr;
  for (const Calendar& calendar : calendars) {
    const bool fits =
        (calendar.brand.empty() || calendar.brand == brand) && calendar.valid_from <= at;
    if (fits && (best == nullptr || std::pair(!calendar.brand.empty(), calendar.valid_from) >
                                        std::pair(!best->brand.empty(), best->valid_from))) {
      best = &calendar;
    }
  }
  if (best != nullptr) {
    return best->hours.get();
  }
  const auto own = brand_hours.find(brand);
  return own != brand_hours.end() ? own->second.get() : default_hours.get();
}

}  // namespace kaiku::conversation
