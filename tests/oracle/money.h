// Money of the oracle: decimals to micros of the major unit and exact sums to the base currency.
//
// Threads: pure functions.
// Owns:    nothing.
// Cost:    microseconds.
// Fails:   parse_decimal answers nothing for what is no decimal or does not fit.
// Format:  decimal text; results have exactly the decimals of the currency.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "oracle/oracle.h"

namespace kaiku::oracle {

// [+-]digits[.digits] scaled by 10^decimals; decimals beyond must be zeros.
[[nodiscard]] std::optional<Wide> parse_decimal(std::string_view text, int decimals);
// ISO 4217 exponent.
[[nodiscard]] int exponent_of(std::string_view currency);
// `value` at `from` decimals as text with `to` decimals, rounded half to even.
[[nodiscard]] std::string decimal_text(Wide value, int from, int to);

struct BaseAmount {
  Wide scaled = 0;  // units of 10^-18 of the base currency: micros times a rate of 12 decimals
  bool complete = true;
};

// The sum of a flow in the base currency: each day's sum with the rate of its day, else of the
// nearest day at most 7 before it.
[[nodiscard]] BaseAmount in_base(const OraclePlan& plan,
                                 const Figures& figures,
                                 std::string_view flow);
// Such units as text with the decimals of the base currency, rounded once.
[[nodiscard]] std::string text_in_base(const OraclePlan& plan, Wide scaled);
// The same as a number of such units.
[[nodiscard]] Wide rounded_in_base(const OraclePlan& plan, Wide scaled);
[[nodiscard]] std::string base_text(const OraclePlan& plan,
                                    const Figures& figures,
                                    std::string_view flow);

}  // namespace kaiku::oracle
