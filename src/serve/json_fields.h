// JSON fields as all answers of the server write them: window bounds "...:00Z", other times with
// six decimals, null for what is not known.
//
// Threads: confined to the writer.
// Owns:    nothing.
// Cost:    a few characters.
// Fails:   never.
#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <type_traits>

#include "kaiku/base/event_time.h"
#include "kaiku/base/json_writer.h"

namespace kaiku::serve {

inline void time_field(base::JsonWriter& json,
                       std::string_view name,
                       base::EventTime time,
                       bool is_bound) {
  json.key(name);
  if (time <= base::kTimeBegin || time >= base::kTimeEnd) {
    json.null();
  } else {
    json.string(is_bound ? base::format_seconds(time) : base::format_micros(time));
  }
}

template <typename T>
void optional_field(base::JsonWriter& json, std::string_view name, const std::optional<T>& value) {
  json.key(name);
  if (!value) {
    json.null();
  } else if constexpr (std::is_floating_point_v<T>) {
    json.ratio(*value);
  } else {
    json.number(*value);
  }
}

// "" is null.
inline void text_field(base::JsonWriter& json, std::string_view name, std::string_view text) {
  json.key(name);
  if (text.empty()) {
    json.null();
  } else {
    json.string(text);
  }
}

// An object with a number per key.
template <typename Number>
void counts_field(base::JsonWriter& json,
                  std::string_view name,
                  const std::map<std::string_view, Number>& counts) {
  json.key(name).begin_object();
  for (const auto& [key, count] : counts) {
    json.field(key, count);
  }
  json.end_object();
}

// A part of a whole, with its 95 % interval.
void share_field(base::JsonWriter& json, std::string_view name, const auto& share) {
  json.key(name).begin_object();
  json.field("numerator", share.numerator).field("denominator", share.denominator);
  optional_field(json, "value", share.value);
  optional_field(json, "lower", share.lower);
  optional_field(json, "upper", share.upper);
  json.end_object();
}

}  // namespace kaiku::serve
