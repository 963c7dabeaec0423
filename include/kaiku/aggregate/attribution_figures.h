// AttributionFigures: what orders of one brand and minute are attributed to at one channel, and
// what is known of the customers behind them. A part of Aggregate with the same algebra.
//
// Threads: confined to its user.
// Owns:    its sums, empty until something is recorded.
// Cost:    a merge is a few additions and the sums that are there.
// Fails:   decode() is false on anything but a well-formed value; merge() is false when a bound
// left
//          something out. Counts wrap at 64 bits, which stays order-free.
// Format:  presence mask varint (a bit per field, in the order of this struct), then the fields
//          that are not zero or empty: counts as svarint, sums of money in their own format,
//          transitions as count varint and per pair from bytes, to bytes, count svarint, sorted by
//          (from, to).
//
// Every figure is booked in the minute in which it was decided, in event time: an attribution in
// the minute of its order, an active customer in the last minute of the day, a journey that ended
// without an order when its look-back ended. A conversion is 1,000,000 millionths; the parts of one
// order sum to exactly that, and the parts of its money to the money, for every model.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/bytes.h"
#include "kaiku/money/money_sums.h"

namespace kaiku::aggregate {

enum class AttributionModel : uint8_t { kLastTouch, kFirstTouch, kLinear, kTimeDecay, kEqualSplit };
inline constexpr size_t kAttributionModels = 5;

// "last_touch", "first_touch", "linear", "time_decay", "equal_split".
[[nodiscard]] std::string_view name_of(AttributionModel model);

// What begins and ends a path of channels, beside channels; and the channel of orders that no touch
// led to.
inline constexpr std::string_view kPathStart = "_start";
inline constexpr std::string_view kPathConversion = "_conversion";
inline constexpr std::string_view kPathNull = "_null";
inline constexpr std::string_view kNoChannel = "_none";

inline constexpr int64_t kConversionMillionths = 1'000'000;
// (from, to) pairs of one value: 30 channels with every step between them fit.
inline constexpr size_t kTransitionPairs = 1'024;

// Steps between channels of the journeys of customers, for the Markov model. Exact.
class TransitionCounts {
 public:
  struct Entry {
    std::string from;
    std::string to;
    int64_t count = 0;

    friend bool operator==(const Entry&, const Entry&) = default;
  };

  // False if there was no room for another pair.
  [[nodiscard]] bool add(std::string_view from, std::string_view to, int64_t count);
  // Start, the channels of `path` without repetitions in a row, `end`. An empty path is no journey.
  [[nodiscard]] bool add_path(const std::vector<std::string_view>& path,
                              std::string_view end,
                              int64_t count);
  [[nodiscard]] bool merge(const TransitionCounts& other);

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

  [[nodiscard]] bool is_empty() const { return entries_.empty(); }

  void clear() { entries_.clear(); }

  void encode(base::ByteWriter& out) const;
  [[nodiscard]] bool decode(base::ByteReader& in);

  friend bool operator==(const TransitionCounts&, const TransitionCounts&) = default;

 private:
  std::vector<Entry> entries_;  // sorted by (from, to); no zeros
};

struct AttributionFigures {
  // By AttributionModel. Net of refunds, in micros per currency and rate date (Flow::kOrder).
  std::array<int64_t, kAttributionModels> conversion_millionths{};
  std::array<money::MoneySums, kAttributionModels> revenue;
  // At the channel of the order itself.
  int64_t orders_attributed = 0;     // all keys of the order have answered
  int64_t joined_orders = 0;         // of those: at least one touch led to it
  int64_t orders_with_customer = 0;  // of those: with a key that is one customer's
  int64_t new_customer_orders = 0;   // of those with a customer: no earlier order
  int64_t truncated_orders = 0;      // of those: a bound left touches out
  // At the channel of the last touch.
  int64_t active_customers = 0;         // customers with a touch on the day
  int64_t cross_channel_customers = 0;  // of those: two channels or more in 28 days
  int64_t unconverted_journeys = 0;
  // At every channel a journey had a touch at: how many led to an order, and how many ended
  // without.
  int64_t converted_through = 0;
  int64_t unconverted_through = 0;
  TransitionCounts transitions;  // at the channel of the last touch
  // At the channel where known customers opened conversations, in the minute they did.
  int64_t customer_openings = 0;
  int64_t continued_elsewhere = 0;  // of those: the same was told on another channel before

  [[nodiscard]] bool is_empty() const;

  [[nodiscard]] bool merge(const AttributionFigures& other);
  void clear();
  void encode(base::ByteWriter& out) const;
  [[nodiscard]] bool decode(base::ByteReader& in);
  [[nodiscard]] size_t memory_bytes() const;
};

}  // namespace kaiku::aggregate
