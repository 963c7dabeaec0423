// ThreadRow: the value of one item in kThreads: a root, a reply that looks for its root, one that
// has found it, or one of which only changes are known.
//
// Threads: a value.
// Owns:    its messages.
// Cost:    12 bytes of a root, 30 of a reply that has found its root, and 60 per message it holds.
// Fails:   decode() is false on anything but a well-formed value.
// Format:  layout u8 (1), stage u8 (0 root, 1 looking, 2 found), at i64; then of one that looks:
//          next digest, before i64, held: count varint, each as write_held writes it; of one that
//          has found: root digest, flags u8 (1 root unknown). 3 awaited: as one that looks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"

#include "conversation/conversation_record.h"

namespace kaiku::conversation {

// Numbers on disk: never reuse one.
enum class ThreadStage : uint8_t { kRoot, kLooking, kFound, kAwaited };

struct ThreadRow {
  ThreadStage stage = ThreadStage::kRoot;
  base::EventTime at = base::kTimeBegin;  // when the item was written
  base::Digest next;                      // whom it asks; the root it found
  base::EventTime before = base::kTimeBegin;
  bool root_unknown = false;
  std::vector<HeldMessage> held;

  [[nodiscard]] std::string encode() const;
  [[nodiscard]] bool decode(std::string_view bytes);
};

}  // namespace kaiku::conversation
