// Options: what a generated workload looks like.
//
// Threads: a value.
// Owns:    its values.
// Cost:    none.
// Fails:   check() names the option and its bounds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kaiku/base/event_time.h"
#include "kaiku/base/status.h"

namespace kaiku::generate {

// Parts of a million.
struct Shares {
  // of all facts; what is left are posts
  uint32_t conversations = 25'000;  // support, some four messages each
  uint32_t orders = 90'000;
  uint32_t spends = 12'000;
  uint32_t broken = 2'500;  // records that no one can read

  // of posts
  uint32_t reposts = 520'000;
  uint32_t replies = 180'000;
  uint32_t quotes = 40'000;
  uint32_t bug_reports = 40'000;  // of those that are no repost
  uint32_t without_brand = 110'000;
  uint32_t two_brands = 60'000;
  uint32_t second_connector = 50'000;
  uint32_t polled = 60'000;
  uint32_t edited = 20'000;
  uint32_t deleted = 12'000;
  uint32_t late = 3'000;
  uint32_t too_old = 400;
  uint32_t future = 400;
  uint32_t unknown_polled = 1'500;  // counters of posts from before the start

  // of everything that is delivered
  uint32_t redelivered = 15'000;

  // of orders
  uint32_t corrected = 60'000;
  uint32_t refunded = 60'000;
  uint32_t refund_first = 200'000;  // of refunds: their order comes after them
  uint32_t removed = 6'000;         // deleted or cancelled
  uint32_t test_orders = 10'000;
};

struct CurrencyShare {
  std::string code;
  uint32_t weight = 1;
};

struct Options {
  uint64_t seed = 1;
  uint64_t events = 100'000;                              // records; then the workload ends
  base::EventTime start = 1'772'438'400 * base::kSecond;  // 2026-03-02T08:00:00Z
  uint32_t rate = 400;  // records per second of event time on the average of a day, about
  uint32_t brands = 12;
  uint32_t authors = 20'000;
  int32_t posts_partitions = 4;
  int32_t support_partitions = 2;
  int32_t orders_partitions = 2;

  // The pipeline's own figures: they decide what is late, too old or from the future.
  int64_t out_of_orderness_us = 30 * base::kSecond;
  int64_t lateness_us = 10 * base::kMinute;
  int64_t max_future_us = 5 * base::kMinute;
  int64_t max_age_us = 30 * base::kDay;

  std::string base_currency = "EUR";
  std::vector<CurrencyShare> currencies = {{"EUR", 60}, {"USD", 20}, {"GBP", 12}, {"JPY", 8}};
  Shares shares;
  bool truth = true;  // false: nothing is remembered, for a generator that runs on and on
};

[[nodiscard]] base::Status check(const Options& options);

}  // namespace kaiku::generate
