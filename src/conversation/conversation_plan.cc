#include "kaiku/conversation/conversation_plan.h"

#include <algorithm>

namespace kaiku::conversation {

bool ConversationPlan::opens(model::ItemType type) const {
  return std::find(opening_types.begin(), opening_types.end(), type) != opening_types.end();
}

const SlaTarget* ConversationPlan::target_of(std::string_view channel,
                                             model::Severity severity,
                                             model::ItemType type) const {
  const SlaTarget* best = nullptr;
  int best_weight = -1;
  for (const SlaTarget& target : targets) {
    const bool any_severity = target.severity == model::Severity::kNone;
    if ((!target.channel.empty() && target.channel != channel) ||
        (!any_severity && target.severity != severity) ||
        (!target.type.empty() && target.type != model::name_of(type))) {
      continue;
    }
    const int weight =
        (target.channel.empty() ? 0 : 4) + (any_severity ? 0 : 2) + (target.type.empty() ? 0 : 1);
    if (weight > best_weight) {
      best = &target;
      best_weight = weight;
    }
  }
  return best;
}

const window::BusinessHours* ConversationPlan::hours_of(std::string_view brand) const {
  const auto own = brand_hours.find(brand);
  return own != brand_hours.end() ? own->second.get() : default_hours.get();
}

}  // namespace kaiku::conversation
