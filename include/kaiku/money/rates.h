// Rates: exchange rates by currency and date, and the conversion of exact sums at publication.
//
// Threads: immutable after parse(); shared.
// Owns:    the table.
// Cost:    a binary search per (currency, date).
// Fails:   parse() with file, line and reason. convert() says which sums had no rate.
// Format:  CSV with the header `currency,date,rate`: ISO 4217 code, yyyy-mm-dd, units of the base
//          currency for one unit of `currency` as a decimal of at most 12 decimals. `#` begins a
//          comment line.
//
// A rate is that of the rate date, else of the nearest earlier day at most 7 days back. The base
// currency converts to itself. Rounding is half to even, once, of the whole sum, to the base
// currency's exponent; products are 256 bits wide until then.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/status.h"
#include "kaiku/model/item.h"
#include "kaiku/money/money_sums.h"

namespace kaiku::money {

class Rates {
 public:
  explicit Rates(model::Currency base) : base_(base) {}

  [[nodiscard]] static base::Result<Rates> parse(model::Currency base,
                                                 std::string_view csv,
                                                 std::string_view file);

  struct Total {
    // Micros of the base currency, rounded: a whole number of its minor units. At the limit of 128
    // bits if the sum is beyond it; then it is not complete.
    Int128 micros = 0;
    bool complete = true;  // false: some sums had no rate, or the total is beyond 128 bits
    std::vector<MoneySums::Entry> unconverted;
  };

  // The sum of a flow in the base currency.
  [[nodiscard]] Total convert(const MoneySums& sums, Flow flow) const;

  [[nodiscard]] model::Currency base() const { return base_; }

  // Names the table in records: hash of its content.
  [[nodiscard]] const std::string& version() const { return version_; }

 private:
  struct Rate {
    model::Currency currency;
    int32_t day = 0;
    Int128 rate_e12 = 0;
    size_t line = 0;  // in the file, for messages
  };

  // Why the row cannot be used; empty if it can.
  [[nodiscard]] static std::string_view parse_row(std::string_view line,
                                                  model::Currency base,
                                                  Rate& rate);
  // Sorts, refuses a (currency, date) that stands twice, names the version.
  [[nodiscard]] base::Result<Rates> finish(std::string_view file) &&;
  [[nodiscard]] std::optional<Int128> rate_e12(model::Currency currency, int32_t day) const;

  model::Currency base_;
  std::string version_ = "none";
  std::vector<Rate> rates_;  // sorted by (currency, day)
};

}  // namespace kaiku::money
