// How replies find the root of their thread where records name the parent only: H(reply) asks
// H(parent) where it leads, and is answered with the root or with an ancestor to ask next.
//
// Threads: values, confined to their user.
// Owns:    nothing.
// Cost:    plain structs.
// Fails:   never.
#pragma once

#include <cstdint>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"

namespace kaiku::model {

// "Where does this item lead?" Goes to H(of).
struct ParentQuestionMessage {
  base::Digest of;
  base::Digest asker;                         // the reply
  base::EventTime before = base::kTimeBegin;  // a parent is older than what answers it
};

enum class ParentFound : uint8_t {
  kRoot,      // to `next`
  kAncestor,  // it is a reply itself: ask `next`, which has to be older than `before`
  kNothing,   // nobody knows an older item of that name: it stands for the root
};

// Goes to H(asker).
struct ParentAnswerMessage {
  base::Digest asker;
  base::Digest of;
  ParentFound found = ParentFound::kNothing;
  bool root_unknown = false;  // kRoot: the root is one that nobody knows
  bool cut = false;           // a bound was reached: it may be known after all
  base::Digest next;
  base::EventTime before = base::kTimeBegin;
};

}  // namespace kaiku::model
