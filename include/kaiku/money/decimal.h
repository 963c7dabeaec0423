// Decimals: money from text to int64 micros of the major unit and back, digit by digit, never
// through a floating-point number.
//
// Threads: any.
// Owns:    nothing.
// Cost:    some 20 ns.
// Fails:   nothing on malformed text, overflow, or an amount above limits::kAmountMajorUnits.
// Format:  [+-]digits[.digits], at most 6 decimals unless the rest are zeros; an exponent is
//          not money.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kaiku/model/item.h"
#include "kaiku/money/money_sums.h"

namespace kaiku::money {

struct Amount {
  int64_t micros = 0;
  uint8_t decimals = 0;  // decimals that are not trailing zeros
};

[[nodiscard]] std::optional<Amount> parse_decimal(std::string_view text);
// a x b with both read as decimals of at most 18 significant digits ("6" x "2.55"): exact; nothing
// if the product needs more than 6 decimals or is out of range.
[[nodiscard]] std::optional<Amount> multiply_decimals(std::string_view a, std::string_view b);
// Minor units (cents) of `currency` to micros.
[[nodiscard]] std::optional<int64_t> from_minor(int64_t minor, model::Currency currency);
// ISO 4217 exponent: EUR 2, JPY 0, KWD 3, CLF 4; 2 for a code that is not in the table.
[[nodiscard]] int exponent(model::Currency currency);
// A code of ISO 4217, folded to upper case; nothing if it is none.
[[nodiscard]] std::optional<model::Currency> parse_currency(std::string_view code);
// Decimal text with exactly the currency's decimals, rounded half to even: "1143524.31", "-0.50".
[[nodiscard]] std::string format_money(Int128 micros, model::Currency currency);
// Exact decimal text of micros without trailing zeros: "1026556.3".
[[nodiscard]] std::string format_micros(Int128 micros);

}  // namespace kaiku::money
