// Prices: what a contact, an hour, a thousand views are worth to the company, and what it started
// from: the prices and baselines that turn counts into avoided cost, by brand, channel and date.
//
// Threads: immutable after parse(); shared.
// Owns:    the table.
// Cost:    find() is a binary search for each of the four ways a row may be meant for (brand,
//          channel).
// Fails:   parse() with file, line and reason.
// Format:  CSV with the header `price,brand,channel,valid_from,amount`: one of the names below; a
//          brand id or `*`; a channel id or `*`; yyyy-mm-dd, the first UTC day the amount holds; a
//          decimal of at most 6 decimals. Money is in the base currency. `#` begins a comment line.
//
// The row that names both brand and channel goes before the one that names the brand, that before
// the one that names the channel; of one pair the latest valid_from that is not after the day.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kaiku/base/event_time.h"
#include "kaiku/base/status.h"

namespace kaiku::money {

enum class Price : uint8_t {
  kCostPerContact,  // cost_per_contact: money for one contact that somebody has to answer
  kWagePerHour,     // wage_per_hour: money
  kCpm,             // cpm: money for a thousand impressions bought as advertising
  kMargin,          // margin: part of the revenue that is left, 0 to 1
  kMailsPerDay,     // mails_per_day: support messages of a channel a day before the programme
  kContactShare,    // contact_share: a channel's part of support contacts before it, 0 to 1
};
inline constexpr size_t kPrices = 6;

[[nodiscard]] std::string_view name_of(Price price);

class Prices {
 public:
  struct Row {
    Price price = Price::kCostPerContact;
    std::string brand;    // "*": any
    std::string channel;  // "*": any
    int32_t valid_from = 0;
    int64_t amount_micros = 0;
    size_t line = 0;
  };

  [[nodiscard]] static base::Result<Prices> parse(std::string_view csv, std::string_view file);

  // In micros, as of the UTC day of `at`.
  [[nodiscard]] std::optional<int64_t> find(Price price,
                                            std::string_view brand,
                                            std::string_view channel,
                                            base::EventTime at) const;

  // The channels that rows of a price name for a brand, or for any, in the order of their names.
  [[nodiscard]] std::vector<std::string_view> channels(Price price, std::string_view brand) const;

  // The newest day from which a row holds that is not after the UTC day of `at`.
  [[nodiscard]] std::optional<int32_t> valid_from(base::EventTime at) const;

  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

  // Names the table: hash of its content.
  [[nodiscard]] const std::string& version() const { return version_; }

  // Names what held on the UTC day of `at` in records: hash of the rows valid until then, so that a
  // row of a later day changes no record before it.
  [[nodiscard]] const std::string& version_at(base::EventTime at) const;

 private:
  [[nodiscard]] base::Result<Prices> finish(std::string_view file) &&;
  void name_versions();

  std::string version_ = "none";
  std::vector<std::pair<int32_t, std::string>> versions_;  // by the first day they name
  std::vector<Row> rows_;  // sorted by (price, brand, channel, valid_from)
};

}  // namespace kaiku::money
