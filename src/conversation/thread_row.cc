#include "conversation/thread_row.h"

#include "kaiku/base/bytes.h"

namespace kaiku::conversation {
namespace {

constexpr uint8_t kLayout = 1;
constexpr uint8_t kRootUnknown = 1;
constexpr size_t kHeldBytesMin = 8 + 16 + 5 + 1 + 1 + 3;

bool holds_messages(ThreadStage stage) {
  return stage == ThreadStage::kLooking || stage == ThreadStage::kAwaited;
}

}  // namespace

std::string ThreadRow::encode() const {
  std::string bytes;
  base::ByteWriter out(bytes);
  out.u8(kLayout);
  out.u8(static_cast<uint8_t>(stage));
  out.i64(at);
  if (holds_messages(stage)) {
    out.digest(next);
    out.i64(before);
    out.varint(held.size());
    for (const HeldMessage& message : held) {
      write_held(out, message);
    }
  } else if (stage == ThreadStage::kFound) {
    out.digest(next);
    out.u8(root_unknown ? kRootUnknown : 0);
  }
  return bytes;
}

bool ThreadRow::decode(std::string_view bytes) {
  base::ByteReader in(bytes);
  if (in.u8() != kLayout) {
    return false;
  }
  stage = in.enumeration(ThreadStage::kAwaited);
  at = in.time();
  held.clear();
  if (holds_messages(stage)) {
    next = in.digest();
    before = in.time();
    held.resize(in.count(kHeldBytesMin));
    for (HeldMessage& message : held) {
      read_held(in, message);
    }
  } else if (stage == ThreadStage::kFound) {
    next = in.digest();
    const uint8_t flags = in.u8();
    root_unknown = (flags & kRootUnknown) != 0;
    if ((flags & ~kRootUnknown) != 0) {
      return false;
    }
  }
  return !in.failed() && in.at_end();
}

}  // namespace kaiku::conversation
