// What is told of one key: the events of its journeys and days, and its answers, as functions of
// its record.
//
// Threads: any.
// Owns:    nothing: views point into the record.
// Cost:    linear in the entries of the record, times those of 28 days for each day.
// Fails:   never.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

#include "kaiku/base/event_time.h"
#include "kaiku/journey/key_book.h"
#include "kaiku/model/key_message.h"

#include "journey/key_record.h"
#include "journey/question_day.h"

namespace kaiku::journey {

// A customer's day, or a journey that ended without an order; decided when the minute it is booked
// in has ended.
struct KeyEvent {
  base::EventTime decided = base::kNoTime;
  bool is_day = false;
  bool cross_channel = false;
  std::string_view brand;
  std::string_view channel;
  std::vector<std::string_view> path;  // of a journey

  [[nodiscard]] int32_t minute() const { return base::minute_of(decided - 1); }

  friend auto operator<=>(const KeyEvent&, const KeyEvent&) = default;
  friend bool operator==(const KeyEvent&, const KeyEvent&) = default;
};

// From when on everything is kept, at this data watermark.
[[nodiscard]] base::EventTime floor_of(const KeyPlan& plan, base::EventTime data);
// From when on every question is kept.
[[nodiscard]] base::EventTime question_floor_of(const KeyPlan& plan, base::EventTime data);
// When data has to be to drop something of a record; kTimeEnd if it holds nothing that goes.
[[nodiscard]] base::EventTime purge_time(const KeyPlan& plan, const KeyRecord& record);

// Those decided in (after, through], sorted. What reaches back before `floor` is settled and left
// out.
[[nodiscard]] std::vector<KeyEvent> events_of(const KeyRecord& record,
                                              const KeyPlan& plan,
                                              base::EventTime floor,
                                              base::EventTime after,
                                              base::EventTime through);

struct Answer {
  bool shared = false;
  bool truncated = false;
  bool earlier_order = false;
  std::vector<model::KeyEntry> entries;
};

[[nodiscard]] bool operator==(const Answer& a, const Answer& b);

[[nodiscard]] Answer answer_of(const KeyRecord& record, const HeldQuestion& question);

// The first time after `after` at which an event is to be told; kTimeEnd if never.
[[nodiscard]] base::EventTime next_event(const KeyRecord& record,
                                         const KeyPlan& plan,
                                         base::EventTime floor,
                                         base::EventTime after);

// Before it nothing has changed: answers about spans that end earlier are the same.
[[nodiscard]] base::EventTime first_change(const KeyRecord& before, const KeyRecord& after);

}  // namespace kaiku::journey
