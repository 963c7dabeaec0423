// Values: the strict readings of a plain scalar: whole numbers, truth, durations, sizes.
//
// Threads: pure.
// Owns:    nothing.
// Cost:    some nanoseconds.
// Fails:   nothing, with a remedy in `why`.
//
// YAML 1.1 would read `010` as 8, `on` as true and `12:30` as 750. Here a number is decimal without
// leading zeros, truth is `true` or `false`, and a time or a size carries its unit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kaiku/base/event_time.h"

namespace kaiku::config {

[[nodiscard]] std::optional<int64_t> read_integer(std::string_view text, std::string& why);
[[nodiscard]] std::optional<bool> read_boolean(std::string_view text, std::string& why);
// "500ms", "30s", "10m", "12h", "7d", "2w", "1h30m": microseconds.
[[nodiscard]] std::optional<int64_t> read_duration(std::string_view text, std::string& why);
// "512B", "64KiB", "64MiB", "1GiB", "1TiB", also "64MB" (10^6): bytes.
[[nodiscard]] std::optional<int64_t> read_size(std::string_view text, std::string& why);

// A day (its midnight UTC), or an RFC 3339 time in whole minutes.
[[nodiscard]] std::optional<base::EventTime> read_moment(std::string text);

// As a person would write them: "1h30m", "64MiB".
[[nodiscard]] std::string write_duration(int64_t microseconds);
[[nodiscard]] std::string write_size(int64_t bytes);

}  // namespace kaiku::config
