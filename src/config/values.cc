#include "config/values.h"

#include <charconv>
#include <utility>

namespace kaiku::config {
namespace {

struct Unit {
  std::string_view name;
  int64_t factor;
};

constexpr int64_t kMilli = 1'000;
constexpr int64_t kSecond = 1'000 * kMilli;
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;
constexpr Unit kTimes[] = {{"us", 1},
                           {"ms", kMilli},
                           {"s", kSecond},
                           {"m", kMinute},
                           {"h", kHour},
                           {"d", kDay},
                           {"w", 7 * kDay}};
constexpr Unit kSizes[] = {{"B", 1},
                           {"KiB", int64_t{1} << 10},
                           {"MiB", int64_t{1} << 20},
                           {"GiB", int64_t{1} << 30},
                           {"TiB", int64_t{1} << 40},
                           {"kB", 1'000},
                           {"MB", 1'000'000},
                           {"GB", 1'000'000'000},
                           {"TB", 1'000'000'000'000}};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The digits at the front of `text`, taken off it.
std::optional<int64_t> take_number(std::string_view& text) {
  size_t size = 0;
  while (size < text.size() && is_digit(text[size])) {
    ++size;
  }
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + size, value);
  if (size == 0 || error != std::errc()) {
    return std::nullopt;
  }
  text.remove_prefix(size);
  return value;
}

template <size_t N>
const Unit* take_unit(std::string_view& text, const Unit (&units)[N]) {
  size_t size = 0;
  while (size < text.size() && !is_digit(text[size])) {
    ++size;
  }
  for (const Unit& unit : units) {
    if (unit.name == text.substr(0, size)) {
      text.remove_prefix(size);
      return &unit;
    }
  }
  return nullptr;
}

// Units have to shrink ("1h30m", not "30m1h"): a slip is told from a wish.
template <size_t N>
std::optional<int64_t> read_units(std::string_view text, const Unit (&units)[N], int most_parts) {
  int64_t sum = 0;
  int64_t last = INT64_MAX;
  for (int part = 0; part == 0 || !text.empty(); ++part) {
    const auto number = take_number(text);
    const Unit* unit = number.has_value() ? take_unit(text, units) : nullptr;
    int64_t product = 0;
    if (unit == nullptr || unit->factor >= last || part == most_parts ||
        __builtin_mul_overflow(*number, unit->factor, &product) ||
        __builtin_add_overflow(sum, product, &sum)) {
      return std::nullopt;
    }
    last = unit->factor;
  }
  return sum;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

template <size_t N>
std::string write_units(int64_t value, const Unit (&units)[N], size_t from, size_t to) {
  if (value == 0) {
    return "0" + std::string(units[from].name);
  }
  std::string out;
  for (size_t i = to; i-- > from;) {
    const int64_t count = value / units[i].factor;
    if (count > 0) {
      out += std::to_string(count) + std::string(units[i].name);
      value -= count * units[i].factor;
    }
  }
  return out;
}

}  // namespace

std::optional<int64_t> read_integer(std::string_view text, std::string& why) {
  std::string_view digits = text;
  const bool negative = !digits.empty() && digits.front() == '-';
  digits.remove_prefix(negative ? 1 : 0);
  if (is_number(digits) && digits.size() > 1 && digits.front() == '0') {
    const size_t first = digits.find_first_not_of('0');
    const std::string_view plain = first == std::string_view::npos ? "0" : digits.substr(first);
    why = "a leading 0 means octal to some readers: write " + std::string(plain);
    return std::nullopt;
  }
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (!is_number(digits) || error != std::errc() || end != text.data() + text.size()) {
    why = "write a whole number, such as 4";
    return std::nullopt;
  }
  return value;
}

std::optional<bool> read_boolean(std::string_view text, std::string& why) {
  if (text == "true" || text == "false") {
    return text == "true";
  }
  std::string lower;
  for (const char c : text) {
    lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  }
  const bool yes =
      lower == "yes" || lower == "on" || lower == "y" || lower == "1" || lower == "true";
  const bool no =
      lower == "no" || lower == "off" || lower == "n" || lower == "0" || lower == "false";
  why = yes ? "write true" : no ? "write false" : "write true or false";
  return std::nullopt;
}

std::optional<int64_t> read_duration(std::string_view text, std::string& why) {
  constexpr int kParts = 4;
  const auto value = read_units(text, kTimes, kParts);
  if (!value.has_value()) {
    why = is_number(text) && text.size() < 12
              ? "a time needs a unit: " + std::string(text) + "s or " + std::string(text) + "ms?"
              : "write a time such as 500ms, 30s, 10m, 12h or 7d";
  }
  return value;
}

std::optional<int64_t> read_size(std::string_view text, std::string& why) {
  const auto value = read_units(text, kSizes, 1);
  if (!value.has_value()) {
    why = is_number(text) && text.size() < 16
              ? "a size needs a unit: " + std::string(text) + "MiB or " + std::string(text) + "B?"
              : "write a size such as 64MiB or 1GiB";
  }
  return value;
}

std::optional<base::EventTime> read_moment(std::string text) {
  constexpr size_t kDayLength = 10;
  if (text.size() == kDayLength) {
    text += "T00:00:00Z";
  }
  const base::EventTime time = base::parse_rfc3339(text);
  return time == base::kNoTime || time % base::kMinute != 0 ? std::nullopt : std::optional(time);
}

std::string write_duration(int64_t microseconds) {
  return write_units(microseconds,
                     kTimes,
                     microseconds % kMilli != 0    ? 0
                     : microseconds % kSecond != 0 ? 1
                                                   : 2,
                     6);
}

// In one unit, as read_size() takes it.
std::string write_size(int64_t bytes) {
  const Unit* exact = &kSizes[0];
  for (const Unit& unit : kSizes) {
    if (bytes != 0 && bytes % unit.factor == 0 && unit.factor > exact->factor) {
      exact = &unit;
    }
  }
  return std::to_string(bytes / exact->factor) + std::string(exact->name);
}

}  // namespace kaiku::config
