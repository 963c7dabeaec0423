#include "journey/key_events.h"

#include <algorithm>
#include <tuple>

namespace kaiku::journey {
namespace {

using model::EntryKind;

int64_t delay_of(const KeyPlan& plan) {
  return std::max(plan.order_delay_max, plan.lateness);
}

// What one closed journey or one day looks back on, and ahead to its decision.
int64_t reach_of(const KeyPlan& plan) {
  return std::max(2 * plan.look_back, (kCrossChannelDays + 1) * base::kDay);
}

// The beginning of the day that lies so far back; of the beginning and end of time nothing does.
base::EventTime day_before(base::EventTime data, int64_t distance) {
  if (data <= base::kTimeBegin || data >= base::kTimeEnd) {
    return base::kTimeBegin;
  }
  return base::floor_div(data - distance, base::kDay) * base::kDay;
}

base::EventTime minute_end(base::EventTime at) {
  return (base::floor_div(at, base::kMinute) + 1) * base::kMinute;
}

std::vector<const HeldEntry*> of_kind(const KeyRecord& record, EntryKind kind) {
  std::vector<const HeldEntry*> found;
  for (const HeldEntry& entry : record.entries) {
    if (entry.kind == kind) {
      found.push_back(&entry);
    }
  }
  return found;
}

// One event per day with a touch.
void add_days(const std::vector<const HeldEntry*>& touches,
              base::EventTime floor,
              std::vector<KeyEvent>& events) {
  for (size_t i = 0; i < touches.size(); ++i) {
    const int64_t day = base::day_of(touches[i]->at);
    const int64_t first = day - (kCrossChannelDays - 1);
    if ((i + 1 < touches.size() && base::day_of(touches[i + 1]->at) == day) ||
        first * base::kDay < floor) {
      continue;
    }
    KeyEvent event;
    event.decided = (day + 1) * base::kDay;
    event.is_day = true;
    event.brand = touches[i]->brand;
    event.channel = touches[i]->channel;
    for (size_t j = i + 1; j > 0 && touches[j - 1]->at >= first * base::kDay; --j) {
      event.cross_channel = event.cross_channel || touches[j - 1]->channel != event.channel;
    }
    events.push_back(std::move(event));
  }
}

// One event per journey that no order followed.
void add_journeys(const std::vector<const HeldEntry*>& touches,
                  const std::vector<const HeldEntry*>& orders,
                  int64_t look_back,
                  base::EventTime floor,
                  std::vector<KeyEvent>& events) {
  const auto before = [](const HeldEntry* order, base::EventTime at) { return order->at < at; };
  for (size_t i = 0; i < touches.size(); ++i) {
    const base::EventTime last = touches[i]->at;
    const auto next_order = std::lower_bound(orders.begin(), orders.end(), last, before);
    const bool goes_on = i + 1 < touches.size() && touches[i + 1]->at - last <= look_back;
    const bool converts = next_order != orders.end() && (*next_order)->at - last <= look_back;
    if (goes_on || converts || last - look_back < floor) {
      continue;
    }
    KeyEvent event;
    event.decided = minute_end(last + look_back);
    event.brand = touches[i]->brand;
    event.channel = touches[i]->channel;
    // An order and a touch of one time: the touch led to the order.
    const base::EventTime since = next_order == orders.begin()
                                      ? last - look_back
                                      : std::max((*(next_order - 1))->at + 1, last - look_back);
    const auto first = std::lower_bound(touches.begin(), touches.end(), since, before);
    for (auto at = first; at != touches.begin() + static_cast<std::ptrdiff_t>(i) + 1; ++at) {
      if (event.path.empty() || event.path.back() != (*at)->channel) {
        event.path.emplace_back((*at)->channel);
      }
    }
    events.push_back(std::move(event));
  }
}

}  // namespace

base::EventTime floor_of(const KeyPlan& plan, base::EventTime data) {
  return day_before(data, delay_of(plan) + reach_of(plan));
}

base::EventTime question_floor_of(const KeyPlan& plan, base::EventTime data) {
  return day_before(data, delay_of(plan));
}

base::EventTime purge_time(const KeyPlan& plan, const KeyRecord& record) {
  const base::EventTime entries = record.first_day_end();
  const base::EventTime questions = record.first_question_end();
  return std::min(entries == base::kTimeEnd ? entries : entries + delay_of(plan) + reach_of(plan),
                  questions == base::kTimeEnd ? questions : questions + delay_of(plan));
}

std::vector<KeyEvent> events_of(const KeyRecord& record,
                                const KeyPlan& plan,
                                base::EventTime floor,
                                base::EventTime after,
                                base::EventTime through) {
  std::vector<KeyEvent> events;
  if (record.key_kind != model::KeyKind::kCustomer || through <= after) {
    return events;
  }
  const std::vector<const HeldEntry*> touches = of_kind(record, EntryKind::kTouch);
  // Nothing is decided before the day, or the minute, of the first touch has ended.
  if (touches.empty() || through < minute_end(touches.front()->at)) {
    return events;
  }
  add_days(touches, floor, events);
  add_journeys(touches, of_kind(record, EntryKind::kOrder), plan.look_back, floor, events);
  std::erase_if(events, [&](const KeyEvent& event) {
    return event.decided <= after || event.decided > through;
  });
  std::sort(events.begin(), events.end());
  return events;
}

bool operator==(const Answer& a, const Answer& b) {
  return std::tie(a.shared, a.truncated, a.earlier_order) ==
             std::tie(b.shared, b.truncated, b.earlier_order) &&
         std::equal(a.entries.begin(),
                    a.entries.end(),
                    b.entries.begin(),
                    b.entries.end(),
                    [](const model::KeyEntry& x, const model::KeyEntry& y) {
                      return std::tie(x.id, x.at, x.channel) == std::tie(y.id, y.at, y.channel);
                    });
}

Answer answer_of(const KeyRecord& record, const HeldQuestion& question) {
  Answer answer;
  answer.earlier_order = record.first_order != base::kNoTime && record.first_order < question.to;
  for (const FullDay& day : record.days) {
    const base::EventTime begin = day.day * base::kDay;
    if (begin <= question.to && begin + base::kDay > question.from) {
      answer.shared = answer.shared || day.shared;
      answer.truncated = answer.truncated || (day.kind == question.kind && !day.cut.empty());
    }
  }
  for (const HeldEntry& entry : record.entries) {
    answer.earlier_order =
        answer.earlier_order || (entry.kind == EntryKind::kOrder && entry.at < question.to);
    if (!answer.shared && entry.kind == question.kind && entry.at >= question.from &&
        entry.at <= question.to) {
      answer.entries.push_back({entry.id, entry.at, entry.channel});
    }
  }
  if (answer.entries.size() > kEntriesPerAnswer) {
    answer.truncated = true;
    answer.entries.erase(answer.entries.begin(),
                         answer.entries.end() - static_cast<std::ptrdiff_t>(kEntriesPerAnswer));
  }
  return answer;
}

base::EventTime next_event(const KeyRecord& record,
                           const KeyPlan& plan,
                           base::EventTime floor,
                           base::EventTime after) {
  const std::vector<KeyEvent> events = events_of(record, plan, floor, after, base::kTimeEnd);
  return events.empty() ? base::kTimeEnd : events.front().decided;
}

base::EventTime first_change(const KeyRecord& before, const KeyRecord& after) {
  base::EventTime first = base::kTimeEnd;
  const auto [old_entry, new_entry] = std::mismatch(
      before.entries.begin(), before.entries.end(), after.entries.begin(), after.entries.end());
  first = old_entry == before.entries.end() ? first : std::min(first, old_entry->at);
  first = new_entry == after.entries.end() ? first : std::min(first, new_entry->at);
  const auto [old_day, new_day] =
      std::mismatch(before.days.begin(), before.days.end(), after.days.begin(), after.days.end());
  const auto begin = [](const FullDay& day) { return day.day * base::kDay; };
  first = old_day == before.days.end() ? first : std::min(first, begin(*old_day));
  first = new_day == after.days.end() ? first : std::min(first, begin(*new_day));
  if (before.first_order != after.first_order) {
    // kNoTime lies before every time: then the other one says when.
    first = std::min(first,
                     before.first_order == base::kNoTime
                         ? after.first_order
                         : std::min(before.first_order, after.first_order));
  }
  return first;
}

}  // namespace kaiku::journey
