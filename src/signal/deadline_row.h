// DeadlineRow: an alert of a deadline as the home of its brand keeps it.
//
// Threads: a value.
// Owns:    its texts.
// Cost:    some 200 bytes; 500 more for each message that waits.
// Fails:   decode functions are false on anything but a well-formed row.
// Format:  see deadline_desk.h.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/bytes.h"
#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"
#include "kaiku/model/deadline_alert.h"

namespace kaiku::signal {

// What names an alert.
struct DeadlineName {
  std::string brand;
  base::EventTime asked_at = base::kNoTime;
  model::DeadlineKind kind = model::DeadlineKind::kRisk;
  base::Digest conversation;

  friend auto operator<=>(const DeadlineName&, const DeadlineName&) = default;
};

// What a message says beside the name.
struct DeadlineNews {
  model::DeadlineState state = model::DeadlineState::kOpen;
  uint32_t revision = 0;
  std::string channel;
  std::string sla_policy;
  std::string url;
  std::string value;
};

struct DeadlineRow {
  // Numbers on disk: never reuse one.
  enum class State : uint8_t {
    kWaiting,  // nothing was decided
    kTold,     // one by one
    kNamed     // in the digest of `hour`
  };

  State state = State::kWaiting;
  base::EventTime deadline = base::kNoTime;
  int64_t hour = 0;
  std::string key;                 // of its records
  std::vector<DeadlineNews> news;  // while it waits, in the order they came; it is opened first

  void encode(base::ByteWriter& out) const;
  [[nodiscard]] bool decode(base::ByteReader& in);
};

[[nodiscard]] DeadlineName name_of(const model::DeadlineMessage& message);
[[nodiscard]] DeadlineNews news_of(const model::DeadlineMessage& message);
// Views point into all three.
[[nodiscard]] model::DeadlineMessage message_of(const DeadlineName& name,
                                                const DeadlineRow& row,
                                                const DeadlineNews& news);

[[nodiscard]] std::string row_key(const DeadlineName& name);
// `rest` is what stands behind the brand.
[[nodiscard]] bool read_name(std::string_view brand, base::ByteReader& rest, DeadlineName& name);

// As a digest shows it: a JSON object.
[[nodiscard]] std::string shown_in_digest(const DeadlineName& name,
                                          base::EventTime deadline,
                                          const DeadlineNews& news);

}  // namespace kaiku::signal
