// BusinessHours: when a brand is at work: weekly hours in a time zone, less holidays.
//
// Threads: immutable after make().
// Owns:    its hours and holidays.
// Cost:    about a microsecond per civil day between the two times.
// Fails:   make() with a message. A span of more than kDaysMax days is cut there; a calendar
// without
//          any open hour is refused.
//
// Hours are civil times: on the days when clocks change an open night is an hour longer or shorter.
// A civil time that exists twice is the earlier one, one that does not exist is read with the
// offset before the gap (see local_time.h). Nothing is counted twice.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/event_time.h"
#include "kaiku/base/status.h"

namespace kaiku::window {

class BusinessHours {
 public:
  static constexpr size_t kDaysOfWeek = 7;
  static constexpr size_t kSpansPerDay = 8;
  static constexpr size_t kHolidays = 10'000;
  static constexpr int64_t kDaysMax = 3'660;

  // Minutes of the civil day, [begin, end), end at most 1440.
  struct Span {
    int32_t begin = 0;
    int32_t end = 0;

    friend bool operator==(const Span&, const Span&) = default;
  };

  using Week = std::array<std::vector<Span>, kDaysOfWeek>;  // Monday first

  // `zone` empty: UTC. `holidays`: days since 1970 of the civil date.
  [[nodiscard]] static base::Result<BusinessHours> make(std::string_view zone,
                                                        Week week,
                                                        std::vector<int32_t> holidays);

  // Open time in [from, to); 0 if `to` is not after `from`.
  [[nodiscard]] int64_t elapsed(base::EventTime from, base::EventTime to) const;
  // The earliest time by which `duration` of open time has passed since `from`; kTimeEnd if that is
  // further away than kDaysMax days.
  [[nodiscard]] base::EventTime add(base::EventTime from, int64_t duration) const;

 private:
  // Calls fn(begin, end) for the open spans of the civil days around [from, to] in order; false
  // ends.
  template <typename Fn>
  void for_each_span(base::EventTime from, base::EventTime to, const Fn& fn) const;

  std::string zone_;
  Week week_;
  std::vector<int32_t> holidays_;  // sorted
};

}  // namespace kaiku::window
