// VerdictRecord: the entry of one order in kVerdicts, and what it contributes.
//
// Threads: a value.
// Owns:    its strings.
// Cost:    some 150 bytes, and 30 per touch.
// Fails:   decode() is false on anything but a well-formed entry.
// Format:  see verdict_book.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"
#include "kaiku/journey/verdict_book.h"
#include "kaiku/model/item.h"
#include "kaiku/model/key_message.h"

namespace kaiku::journey {

struct HeldTouch {
  base::Digest id;
  base::EventTime at = base::kNoTime;
  std::string channel;

  friend bool operator==(const HeldTouch&, const HeldTouch&) = default;
};

struct HeldAnswer {
  base::Digest key;
  model::KeyKind kind = model::KeyKind::kCustomer;
  bool answered = false;
  bool shared = false;
  bool truncated = false;
  bool earlier_order = false;
  std::vector<HeldTouch> touches;

  friend bool operator==(const HeldAnswer&, const HeldAnswer&) = default;
};

struct VerdictRecord {
  bool counts = false;
  uint64_t number = 0;
  base::EventTime at = 0;
  int64_t net_micros = 0;
  model::Currency currency;
  int32_t rate_day = 0;
  std::string brand;
  std::string channel;
  std::string touch_channel;
  std::vector<HeldAnswer> answers;  // one per key asked, by digest

  friend bool operator==(const VerdictRecord&, const VerdictRecord&) = default;

  [[nodiscard]] HeldAnswer* find(const base::Digest& key);
  // The order is in force and everybody has answered.
  [[nodiscard]] bool is_decided() const;
  // Touches of all keys, each once, by (time, id).
  [[nodiscard]] std::vector<HeldTouch> touches() const;

  [[nodiscard]] std::string encode() const;
  [[nodiscard]] bool decode(std::string_view value);
};

}  // namespace kaiku::journey
