// Round: a thread as its truth has come to know it.
//
// Threads: a value.
// Owns:    its numbers.
// Cost:    a plain struct.
// Fails:   never.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "generate/conversation_truth.h"

namespace kaiku::generate {

// One thread from its opening until it begins anew.
struct Round {
  bool is_open = false;
  bool was_opened = false;
  bool has_begun = false;
  base::EventTime last_at = base::kNoTime;
  base::EventTime closed_at = base::kNoTime;
  model::ItemType type = model::ItemType::kMention;
  model::Visibility visibility = model::Visibility::kPublic;
  model::Severity severity = model::Severity::kNone;
  uint16_t brand = kNoBrand;
  uint32_t asker = kNobody;
  uint32_t customer = kNobody;
  bool brand_spoke = false;
  bool answered_last = false;  // the last word is the brand's or a peer's
  bool machine_answered = false;
  bool two_way = false;
  bool is_counted = false;  // its closing
  bool breach_open = false;
  bool reopened_by_status = false;
  std::vector<uint64_t> peers_answers;
  base::EventTime deadline = base::kNoTime;
  const Care::Target* target = nullptr;
  std::optional<bool> verdict;                  // met or not; none: not judged
  bool dropped = false;                         // closed before it could be judged
  uint64_t question = 0;                        // the post that opened it
  bool is_gone = false;                         // that one was deleted
  std::optional<size_t> breach;                 // its place among those told
  base::EventTime accepted_at = base::kNoTime;  // a peer's answer, and deflection is a question
  bool peer_accepted = false;
  std::optional<bool> deflected;
  ConversationOutcome outcome;
};

}  // namespace kaiku::generate
