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
  uint32_t guests = 50'000;        // of orders: nobody knows whose
  uint32_t journeys = 300'000;     // of orders: something led to them that carries a key
  uint32_t undecided = 350'000;    // of journeys: no order at their end
  uint32_t names_touch = 350'000;  // of orders with a touch: they name it themselves
  uint32_t withdrawn = 170'000;    // of leads
  uint32_t coupons = 15'000;       // of posts: they hand out one
};

// How the brands answer: what a pipeline is told of conversations, and what the truth goes by.
struct Care {
  struct Target {
    std::string name;
    std::string channel;   // "": any
    std::string severity;  // "": any
    std::string type;      // "": any
    int64_t within_us = base::kHour;
    bool business_hours = false;
  };

  std::vector<Target> targets = {
      {"in public", "", "", "", 15 * base::kMinute, false},
      {"mail", "email", "", "", 2 * base::kHour, true},
      {"chat", "chat", "", "", 2 * base::kMinute, true},
      {"outages", "", "critical", "bug_report", 5 * base::kMinute, false}};
  // Monday to Friday, UTC.
  int64_t opens_us = 8 * base::kHour;
  int64_t closes_us = 16 * base::kHour;
  int64_t inactivity_us = 7 * base::kDay;
  int64_t ttl_us = 30 * base::kDay;
  // How long a customer has to ask nobody else. The engine has one, too.
  static constexpr int64_t kDeflectionWait = 7 * base::kDay;
};

// What a pipeline is told of journeys.
struct Attribution {
  int64_t look_back_us = 30 * base::kDay;
  int64_t half_life_us = 7 * base::kDay;
};

// Something that is said on purpose, so that it stands out, or does not.
struct Planted {
  std::string what;     // for the reader of the truth
  bool bursts = false;  // it is meant to
  uint16_t brand = 0;   // its place in the catalogue; not said at all if there are not so many
  std::string term;     // a word or a hashtag, folded
  base::EventTime from = 0;
  base::EventTime until = 0;
  uint32_t posts = 0;    // originals, evenly
  uint32_t authors = 1;  // of these, in turn
  uint32_t reposts = 0;  // of the first of them, evenly
};

// What a pipeline is told of signals, and what of them the truth goes by.
struct Signals {
  bool follow = false;
  int64_t hours_least = 72;  // of a brand's past; the engine has it, too
  int64_t authors_least = 5;
  std::vector<Planted> planted;
};

// Means of waiting times.
struct Pace {
  int64_t answer_us = 8 * base::kMinute;  // from one message of a conversation to the next
  int64_t chat_us = base::kMinute;
  int64_t touch_us = 20 * base::kSecond;  // from one touch of a journey to the next
  int64_t refund_us = 10 * base::kMinute;
  // Bursts: everybody talks about one brand.
  int64_t burst_every_us = 30 * base::kMinute;
  int64_t burst_us = 8 * base::kMinute;
  uint32_t burst_share = 350'000;  // of what is said meanwhile is about that brand
  uint32_t burst_percent = 40;     // of the mean rate comes on top
};

struct CurrencyShare {
  std::string code;
  uint32_t weight = 1;
};

struct Brand {
  std::string id;
  std::string name;
  std::vector<std::string> aliases;
  std::vector<std::string> exclude;  // phrases that hold an alias and do not mean the brand
};

struct Options {
  uint64_t seed = 1;
  uint64_t events = 100'000;                              // records; then the workload ends
  base::EventTime start = 1'772'438'400 * base::kSecond;  // 2026-03-02T08:00:00Z
  uint32_t rate = 400;        // records per second of event time on the average of a day, about
  uint64_t rate_per_day = 0;  // if not 0: instead of `rate`
  // If not 0: facts happen for so long; then what they lead to is told, and the workload ends
  // whatever `events` says.
  int64_t span_us = 0;
  // If not 0: after the last record of a span every partition gets a quiet one six-hourly for so
  // long, so that time passes everything that waits for it.
  int64_t quiet_us = 0;
  uint32_t brands = 12;
  // If not empty: these instead of made-up ones. The truth is that of a reader who finds exactly
  // the brands that were put into a text: no sentence names one of the made-up ones by chance.
  std::vector<Brand> catalogue;
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
  Care care;
  Attribution attribution;
  Signals signals;
  Pace pace;
  int64_t retention_us = 3 * base::kDay;  // the pipeline's `items.retention`
  bool truth = true;  // false: nothing is remembered, for a generator that runs on and on
};

// Thirty days of three brands: loud hours, bursts of terms and what only looks like one, working
// hours, conversations that take days, journeys that end or do not, and refunds; some 60,000
// records.
[[nodiscard]] Options month(uint64_t seed);

[[nodiscard]] base::Status check(const Options& options);

}  // namespace kaiku::generate
