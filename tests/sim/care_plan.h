// What a pipeline is told of conversations so that it judges them as the generator's truth does.
//
// Threads: any.
// Owns:    nothing.
// Cost:    of no concern.
// Fails:   a check where the generator has a severity that nobody knows.
#pragma once

#include <memory>

#include "kaiku/conversation/conversation_plan.h"
#include "kaiku/generate/options.h"

namespace kaiku::sim {

[[nodiscard]] std::shared_ptr<conversation::ConversationPlan> care_plan(const generate::Care& care,
                                                                        int64_t lateness_us);

}  // namespace kaiku::sim
