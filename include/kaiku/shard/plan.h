// Plan: everything a pipeline is, as an immutable value: what the configuration becomes and the
// engine runs on. Two engines with equal fingerprints give the same figures from the same input.
//
// Threads: immutable after it is built; shared by all workers.
// Owns:    all of it.
// Cost:    none.
// Fails:   never; the configuration checks before it builds one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"
#include "kaiku/board/board.h"
#include "kaiku/commerce/order_book.h"
#include "kaiku/conversation/conversation_plan.h"
#include "kaiku/journey/key_book.h"
#include "kaiku/journey/verdict_book.h"
#include "kaiku/log/topic_table.h"
#include "kaiku/match/brand_matcher.h"
#include "kaiku/match/channel_table.h"
#include "kaiku/parse/mapping.h"
#include "kaiku/shard/schedule.h"
#include "kaiku/signal/signal_plan.h"

namespace kaiku::shard {

enum class Routing : uint8_t { kRouted, kDirect };

enum class Unmatched : uint8_t { kCount, kIgnore, kDeadLetter };

struct SourcePlan {
  std::string name;
  log::TopicId topic = 0;
  std::shared_ptr<const parse::Mapping> mapping;
  Routing routing = Routing::kRouted;
  std::string keyed_by;  // direct: pointer of what the producer keys by
  std::string partitioner = "murmur2_random";
  bool bounded = false;        // files; topics read to a stated end
  bool polled = false;         // a later copy of a create is an observation of counters
  bool stable_time = true;     // the time of an item belongs to its id
  std::string brand_constant;  // brand of every item, "" if it comes from the record
  int64_t max_future_us = 5 * base::kMinute;
  int64_t max_age_us = 30 * base::kDay;
  bool hides_payload = false;  // may hold records of a restricted channel
};

struct TimePlan {
  int64_t out_of_orderness_us = 30 * base::kSecond;
  int64_t lateness_us = 10 * base::kMinute;
  int64_t idle_after_us = 60 * base::kSecond;
};

// How touches and orders meet: at the customer, the click id, the coupon, the campaign (which many
// orders share: each of them remembers the touches of its campaign).
struct JourneyPlan {
  journey::KeyPlan keys;
  journey::VerdictPlan verdicts;
  // Which kinds of keys are followed, a bit each: all but campaigns.
  uint8_t kinds = (1U << static_cast<unsigned>(model::KeyKind::kCampaign)) - 1;

  [[nodiscard]] bool follows(model::KeyKind kind) const {
    return (kinds >> static_cast<unsigned>(kind) & 1U) != 0;
  }
};

// What an item counts for beside its brands (exchange/delta_key.h).
struct FacetPlan {
  // Campaign ids as records spell them, to the `cells` of the campaign (board.h).
  std::map<std::string, std::string, std::less<>> campaigns;
  std::shared_ptr<const match::BrandMatcher> topics;  // null: none
  // What feedback is about; other products and aspects are `_other`.
  bool feedback = false;
  std::set<std::string, std::less<>> products;
  std::set<std::string, std::less<>> aspects;
  bool content_reuse = false;  // fingerprint what the brand itself posts
};

struct OutputPlan {
  // Topic per window, in the order of BoardPlan::windows; kpi and closed records likewise.
  std::vector<log::TopicId> activity;
  log::TopicId kpi = 0;
  log::TopicId late = 0;
  log::TopicId dead_letters = 0;
  log::TopicId items = 0;
  log::TopicId outcomes = 0;  // of conversations, if the plan follows them
  log::TopicId alerts = 0;
  log::TopicId erasures = 0;  // receipts, if the plan erases subjects
  bool has_items = false;     // the clean item stream is published
  int64_t early_every_us = 5 * base::kSecond;
  size_t dead_letter_budget_bytes = 16U
                                    << 20;  // per source and minute; beyond: hash and reason only
};

// What may not leave, and who can be forgotten.
struct PrivacyPlan {
  uint32_t min_cell = 0;                // figures about fewer people are withheld (board.h); 0: off
  std::vector<std::string> restricted;  // channels whose people stay inside, sorted
  bool erases = false;                  // control items erase their subjects

  // No record about one person, message or conversation of the channel leaves.
  [[nodiscard]] bool is_restricted(std::string_view channel) const {
    return min_cell > 0 || std::binary_search(restricted.begin(), restricted.end(), channel);
  }

  // Some channel is.
  [[nodiscard]] bool restricts() const { return min_cell > 0 || !restricted.empty(); }
};

struct StatePlan {
  std::string dir;
  size_t memory_bytes = size_t{1} << 30;
  int64_t commit_every_us = base::kSecond;
  size_t commit_bytes = 8U << 20;  // commit early when an epoch's output grows past this
};

// How much of a source the embedded log keeps once it is committed; 0: nothing.
struct LocalPlan {
  int64_t keep_sources_us = base::kHour;
  uint64_t keep_source_bytes = 32U << 20;  // of each partition

  // What may be restricted goes as soon as it is committed.
  [[nodiscard]] bool keeps(const SourcePlan& source) const {
    return keep_sources_us > 0 && keep_source_bytes > 0 && !source.hides_payload;
  }
};

struct KafkaPlan {
  // librdkafka's own property names, passed through.
  std::vector<std::pair<std::string, std::string>> common;
  std::vector<std::pair<std::string, std::string>> consumer;
  std::vector<std::pair<std::string, std::string>> producer;
};

struct Plan {
  std::string name;
  std::string file;  // for messages
  uint32_t shards = 1;
  uint32_t workers = 1;
  base::HashKey key;
  bool key_is_derived = true;
  bool is_local = true;  // log.kind: local
  LocalPlan local;
  KafkaPlan kafka;
  log::TopicTable topics;
  log::TopicId exchange = 0;
  log::TopicId changelog = 0;
  std::vector<SourcePlan> sources;
  TimePlan time;
  int64_t items_retention_us = 3 * base::kDay;
  int64_t dedup_horizon_us = 7 * base::kDay;
  Unmatched unmatched = Unmatched::kCount;
  std::shared_ptr<const match::BrandMatcher> brands;  // null: no catalogue, `brands: open`
  // No catalogue: the brand field is taken as it stands (small data; bounded by
  // limits::kCellsPerWindow).
  bool open_brands = false;
  std::shared_ptr<const match::ChannelTable> channels;
  std::shared_ptr<const board::BoardPlan> board;
  std::shared_ptr<const conversation::ConversationPlan> conversations;  // null: none is followed
  std::shared_ptr<const JourneyPlan> journeys;                          // likewise
  std::shared_ptr<const signal::SignalPlan> signals;                    // null: none is looked for
  int64_t alerts_per_day = 20;  // that are told one by one, see signal/alert_budget.h
  // Brand to the `cells` of the markets (board.h) it is in at some time; empty: no markets.
  std::map<std::string, std::vector<std::string>, std::less<>> markets;
  std::shared_ptr<const FacetPlan> facets;  // null: items count for their brands only
  commerce::CommercePlan commerce;
  // What markets, targets and calendars say from when on; prices say it themselves.
  Schedule schedule;
  std::string rates_file;   // of the exchange rates, "" if there is none
  std::string prices_file;  // likewise
  int64_t rates_every_us = base::kMinute;
  OutputPlan outputs;
  PrivacyPlan privacy;
  StatePlan state;
  std::string listen = "127.0.0.1:8080";

  // Of everything that decides figures: sources, mappings, times, windows, brands, key, shards. Not
  // of what has dates (schedule.h).
  uint64_t fingerprint = 0;
};

}  // namespace kaiku::shard
