#include "sim/care_plan.h"

#include <utility>

#include "kaiku/base/check.h"
#include "kaiku/window/business_hours.h"

namespace kaiku::sim {

std::shared_ptr<conversation::ConversationPlan> care_plan(const generate::Care& care,
                                                          int64_t lateness_us) {
  auto conversations = std::make_shared<conversation::ConversationPlan>();
  for (const generate::Care::Target& target : care.targets) {
    conversation::SlaTarget sla;
    sla.name = target.name;
    sla.channel = target.channel;
    KAIKU_CHECK(model::parse_name(target.severity, sla.severity), "the severity is known");
    sla.type = target.type;
    sla.target_us = target.within_us;
    sla.business_hours = target.business_hours;
    conversations->targets.push_back(std::move(sla));
  }
  window::BusinessHours::Week week;
  for (size_t day = 0; day < 5; ++day) {
    week[day] = {{static_cast<int32_t>(care.opens_us / base::kMinute),
                  static_cast<int32_t>(care.closes_us / base::kMinute)}};
  }
  auto hours = window::BusinessHours::make("", week, {});
  KAIKU_CHECK(hours.has_value(), "the hours are valid");
  conversations->default_hours =
      std::make_shared<const window::BusinessHours>(std::move(hours).value());
  conversations->inactivity_us = care.inactivity_us;
  conversations->ttl_us = care.ttl_us;
  conversations->deflection_wait_us = generate::Care::kDeflectionWait;
  conversations->lateness_us = lateness_us;
  return conversations;
}

}  // namespace kaiku::sim
