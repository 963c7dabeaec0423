#include "config/conversation_settings.h"

#include <algorithm>
#include <iterator>

#include "kaiku/base/event_time.h"

#include "config/calendar_settings.h"

namespace kaiku::config {
namespace {

constexpr int64_t kLongest = 3'660 * base::kDay;

std::vector<Setting> general() {
  return {
      {.path = "conversations",
       .type = Type::kSection,
       .help = "Threads and tickets: who answered when, and in time or not."},
      {.path = "conversations.follow",
       .type = Type::kBoolean,
       .fallback = "false",
       .help = "Whether they are followed. It makes the outcomes and alerts topics, and key "
               "figures of answers."},
      {.path = "conversations.open_by",
       .type = Type::kTextList,
       .help = "`bug_report`, `support_message`: whose first message by a customer opens one; "
               "by default both."},
      {.path = "conversations.inactivity",
       .type = Type::kDuration,
       .fallback = "7d",
       .least = base::kHour,
       .most = kLongest,
       .help = "Closes one whose last word is the brand's or a peer's."},
      {.path = "conversations.ttl",
       .type = Type::kDuration,
       .fallback = "30d",
       .least = base::kHour,
       .most = kLongest,
       .help = "Closes one in which nothing happens, and ends the time in which it can be "
               "reopened."},
      {.path = "conversations.business_hours",
       .type = Type::kSection,
       .help = "When the brands are at work, for targets that count working time."},
      {.path = "conversations.business_hours.timezone",
       .type = Type::kText,
       .fallback = "UTC",
       .help = "Name of the time zone."},
      {.path = "conversations.business_hours.open",
       .type = Type::kTextList,
       .help = "`mon-fri 09:00-17:00`, `sat 10:00-14:00`; by default always."},
      {.path = "conversations.business_hours.holidays",
       .type = Type::kTextList,
       .help = "Dates without hours, `2026-12-06`."},
  };
}

std::vector<Setting> targets() {
  return {
      {.path = "conversations.targets",
       .type = Type::kList,
       .help = "How fast the brand has to answer. The most specific target that fits "
               "holds: brand before channel before severity before type; then the one "
               "with the latest `valid_from`."},
      {.path = "conversations.targets.*.name",
       .type = Type::kText,
       .required = true,
       .help = "Its name in records."},
      {.path = "conversations.targets.*.channel",
       .type = Type::kText,
       .help = "A channel's id; by default any."},
      {.path = "conversations.targets.*.brand",
       .type = Type::kText,
       .help = "A brand's id; by default any."},
      {.path = "conversations.targets.*.valid_from",
       .type = Type::kText,
       .help = "A date (its midnight UTC) or a time: the target holds for conversations opened "
               "then or later; by default for all."},
      {.path = "conversations.targets.*.severity",
       .type = Type::kChoice,
       .choices = "trivial|minor|major|critical|blocker",
       .help = "By default any."},
      {.path = "conversations.targets.*.type",
       .type = Type::kChoice,
       .choices = "bug_report|support_message",
       .help = "By default any."},
      {.path = "conversations.targets.*.within",
       .type = Type::kDuration,
       .required = true,
       .least = base::kMinute,
       .most = kLongest,
       .help = "From the opening to the brand's first answer."},
      {.path = "conversations.targets.*.business_hours",
       .type = Type::kBoolean,
       .fallback = "false",
       .help = "Count only working time."},
  };
}

}  // namespace

std::vector<Setting> conversation_settings() {
  std::vector<Setting> all = general();
  for (const std::vector<Setting>& more : {calendar_settings(), targets()}) {
    std::copy(more.begin(), more.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace kaiku::config
