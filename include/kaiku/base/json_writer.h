// JsonWriter appends canonical JSON: fields in the order they are written, no white space, numbers
// as text that reads back to the same value. Output records and their keys are compared byte by
// byte, so there is one writer.
//
// Threads: confined to its user.
// Owns:    nothing; `out` must outlive it.
// Cost:    no allocation but the growth of `out`.
// Fails:   never. Text that is not UTF-8 is written with U+FFFD for every bad byte, so the result
// is
//          always valid JSON.
// Format:  RFC 8259. Escapes: quote, backslash and U+0000 to U+001F (short forms where they exist).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace kaiku::base {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }

  JsonWriter& end_object() { return close('}'); }

  JsonWriter& begin_array() { return open('['); }

  JsonWriter& end_array() { return close(']'); }

  JsonWriter& key(std::string_view name);
  JsonWriter& string(std::string_view text);
  JsonWriter& number(int64_t value);
  JsonWriter& number(uint64_t value);

  JsonWriter& number(int value) { return number(static_cast<int64_t>(value)); }

  // A ratio, share or estimate, with six significant digits ("%.6g" without the locale).
  JsonWriter& ratio(double value);

  // Their ratio; what is not of anything has none: null.
  template <typename T>
  JsonWriter& ratio(T numerator, T denominator) {
    return denominator > 0
               ? ratio(static_cast<double>(numerator) / static_cast<double>(denominator))
               : null();
  }

  JsonWriter& boolean(bool value);
  JsonWriter& null();
  // A value that is JSON already.
  JsonWriter& raw(std::string_view json);

  template <typename T>
  JsonWriter& field(std::string_view name, const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      return key(name).boolean(value);
    } else if constexpr (std::is_integral_v<T>) {
      if constexpr (std::is_signed_v<T>) {
        return number_field(name, static_cast<int64_t>(value));
      } else {
        return number_field(name, static_cast<uint64_t>(value));
      }
    } else {
      return key(name).string(std::string_view(value));
    }
  }

 private:
  JsonWriter& number_field(std::string_view name, int64_t value);
  JsonWriter& number_field(std::string_view name, uint64_t value);
  template <typename Int>
  JsonWriter& append_field(std::string_view name, Int value);
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();

  std::string& out_;
  bool first_ = true;
};

// Appends `text` as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace kaiku::base
