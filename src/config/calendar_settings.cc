#include "config/calendar_settings.h"

namespace kaiku::config {

std::vector<Setting> calendar_settings() {
  return {
      {.path = "conversations.calendars",
       .type = Type::kList,
       .help = "Working hours that changed, or are a brand's own: before `business_hours`. A "
               "brand's own calendar comes first, then the one with the latest `valid_from` "
               "before a conversation was opened."},
      {.path = "conversations.calendars.*.brand",
       .type = Type::kText,
       .help = "A brand's id; by default any."},
      {.path = "conversations.calendars.*.valid_from",
       .type = Type::kText,
       .help = "A date (its midnight UTC) or a time; by default always."},
      {.path = "conversations.calendars.*.timezone",
       .type = Type::kText,
       .fallback = "UTC",
       .help = "Name of the time zone."},
      {.path = "conversations.calendars.*.open",
       .type = Type::kTextList,
       .help = "As in `business_hours`; by default always."},
      {.path = "conversations.calendars.*.holidays",
       .type = Type::kTextList,
       .help = "Dates without hours, `2026-12-06`."},
  };
}

}  // namespace kaiku::config
