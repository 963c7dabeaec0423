// OutcomeJson: the records that leave the process: what came of a conversation, and alerts about
// its deadline.
//
// Threads: any.
// Owns:    nothing.
// Cost:    a string.
// Fails:   never.
// Format:  JSON, fields in fixed order, times RFC 3339 with six decimals, null for what there is
// not;
//          a conversation is named by its keyed digest. Key of an outcome: conversation_id and
//          opened_at; of an alert: alert_id, made of kind, conversation and opening.
#pragma once

#include <string>
#include <string_view>

#include "kaiku/base/digest.h"
#include "kaiku/conversation/conversation_book.h"

#include "conversation/conversation_record.h"

namespace kaiku::conversation {

[[nodiscard]] std::string outcome_key(const base::Digest& conversation, const Thread& thread);
[[nodiscard]] std::string outcome_value(const base::Digest& conversation, const Thread& thread);

[[nodiscard]] std::string alert_key(AlertKind kind,
                                    const base::Digest& conversation,
                                    const Thread& thread);
[[nodiscard]] std::string alert_value(AlertKind kind,
                                      bool resolved,
                                      const base::Digest& conversation,
                                      const Thread& thread,
                                      base::EventTime updated_at);

}  // namespace kaiku::conversation
