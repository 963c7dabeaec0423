// ConversationPlan: what the plan says of conversations: which messages open one, how fast it is to
// be answered, and when it ends by itself.
//
// Threads: immutable after the plan is built.
// Owns:    its targets and calendars.
// Cost:    target_of() looks at every target, hours_of() once into a map.
// Fails:   never.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/event_time.h"
#include "kaiku/model/conversation.h"
#include "kaiku/window/business_hours.h"

namespace kaiku::conversation {

// How fast the brand has to answer. Of the targets that fit, the most specific one holds: a brand
// counts more than a channel, that more than a severity, and that more than a type; then the one
// that holds since the latest time, then the first in the list. A target fits conversations that
// were opened at its valid_from or later.
struct SlaTarget {
  std::string name;
  std::string channel;                                // "": any
  model::Severity severity = model::Severity::kNone;  // kNone: any
  std::string type;                                   // "": any
  int64_t target_us = base::kHour;
  bool business_hours = false;  // the clock stands still while the brand is closed
  std::string brand = {};       // "": any
  base::EventTime valid_from = base::kTimeBegin;
};

// When a brand is at work, from a time on.
struct Calendar {
  std::string brand;  // "": any
  base::EventTime valid_from = base::kTimeBegin;
  std::shared_ptr<const window::BusinessHours> hours;  // null: always open
};

struct ConversationPlan {
  std::vector<model::ItemType> opening_types = {model::ItemType::kBugReport,
                                                model::ItemType::kSupportMessage};
  std::vector<SlaTarget> targets;
  std::map<std::string, std::shared_ptr<const window::BusinessHours>, std::less<>> brand_hours;
  std::shared_ptr<const window::BusinessHours> default_hours;  // null: always open
  std::vector<Calendar> calendars;                             // before the two above
  int64_t inactivity_us = 7 * base::kDay;
  int64_t ttl_us = 30 * base::kDay;
  int64_t deflection_wait_us = 7 * base::kDay;
  int64_t lateness_us = 10 * base::kMinute;
  uint64_t max_messages = 10'000;       // of one conversation; beyond it messages are only counted
  size_t buffer_max = 256;              // messages that wait at one conversation
  std::vector<std::string> restricted;  // channels whose conversations are not told of, sorted
  bool restricts_all = false;

  // Nothing that names one conversation of this channel leaves.
  [[nodiscard]] bool restricts(std::string_view channel) const;

  [[nodiscard]] bool opens(model::ItemType type) const;
  // Of a conversation opened at `at`; null if no target fits.
  [[nodiscard]] const SlaTarget* target_of(std::string_view brand,
                                           std::string_view channel,
                                           model::Severity severity,
                                           model::ItemType type,
                                           base::EventTime at) const;
  // Of the calendars that hold at `at`, the brand's own before that of any brand, then the latest.
  // Null: always open.
  [[nodiscard]] const window::BusinessHours* hours_of(std::string_view brand,
                                                      base::EventTime at) const;
};

}  // namespace kaiku::conversation
