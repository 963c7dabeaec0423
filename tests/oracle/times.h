// Times and dates of the oracle, written and read without the engine's code.
//
// Threads: pure functions.
// Owns:    nothing.
// Cost:    microseconds.
// Fails:   parse_time and parse_date answer nothing for anything else.
// Format:  RFC 3339; dates as yyyy-mm-dd.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "oracle/oracle.h"

namespace kaiku::oracle {

[[nodiscard]] std::optional<Micros> parse_time(std::string_view text);
[[nodiscard]] std::optional<int64_t> parse_date(std::string_view text);
[[nodiscard]] int64_t day_of(Micros time);
// The start of the window of `size` that `time` lies in.
[[nodiscard]] Micros window_start(Micros time, Micros size);
// "2026-03-02T10:00:00Z", with the microseconds only if there are any.
[[nodiscard]] std::string time_text(Micros time);

}  // namespace kaiku::oracle
