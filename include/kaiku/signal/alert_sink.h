// AlertSink: where records about alerts of signals, and digests, go.
//
// Threads: that of who calls it.
// Owns:    a record its texts.
// Cost:    none.
// Fails:   never.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace kaiku::signal {

// Part of the id of a record: never reuse a number.
enum class RecordState : uint8_t { kOpen, kUpdate, kResolved, kDigest };

// (key, state, number) names a record.
struct AlertRecord {
  RecordState state = RecordState::kOpen;
  uint32_t number = 0;
  std::string key;    // canonical JSON
  std::string value;  // JSON, fields in fixed order
};

using AlertSink = std::function<void(const AlertRecord&)>;

}  // namespace kaiku::signal
