// Facts: what happened, before anyone tells of it: posts, versions of business records; and
// deliveries, the plan of one record that tells of a fact.
//
// Threads: values.
// Owns:    nothing.
// Cost:    about 150 bytes.
// Fails:   never.
#pragma once

#include <array>
#include <cstdint>

#include "kaiku/base/event_time.h"
#include "kaiku/generate/record.h"
#include "kaiku/generate/truth.h"
#include "kaiku/model/conversation.h"
#include "kaiku/model/item.h"

#include "generate/vocabulary.h"

namespace kaiku::generate {

inline constexpr uint32_t kNobody = ~uint32_t{0};
inline constexpr uint16_t kNoBrand = 0xffff;
// Who buys: a dense number, or one of these.
inline constexpr uint32_t kGuest = ~uint32_t{0} - 1;

// Kafka's clock ticks in milliseconds.
[[nodiscard]] constexpr base::EventTime log_time(base::EventTime at) {
  return base::floor_div(at + base::kMillisecond - 1, base::kMillisecond) * base::kMillisecond;
}

// What the text of a post is made of; the same plan gives the same text.
struct TextPlan {
  enum class Kind : uint8_t { kAboutBrand, kSmallTalk, kAnswer, kThanks, kPlanted };

  uint32_t seed = 0;
  std::array<uint16_t, 2> brands = {kNoBrand, kNoBrand};
  Language language = Language::kEnglish;
  Mood mood = Mood::kNeutral;
  Kind kind = Kind::kSmallTalk;
  uint16_t planted = 0;  // of that kind: its place among what is planted
  // What a customer wants help with, by the codes that are quoted; 0: nothing that is quoted.
  uint32_t problem = 0;
  uint8_t told_before = 0;  // how often: told in other words each time
};

// What an update of a message says about its conversation.
struct StateChange {
  model::ConversationStatus status = model::ConversationStatus::kNone;
  bool accepted = false;
  uint8_t csat = 0;
};

// A mention, bug report or support message.
struct Post {
  uint64_t number = 0;  // the id at its platform, in a form of the platform
  uint64_t root = 0;    // of its conversation
  uint64_t target = 0;  // what it answers, reposts or quotes; 0: nothing
  base::EventTime occurred_at = 0;
  TextPlan text;
  std::array<uint16_t, 2> brands = {kNoBrand, kNoBrand};  // in whose cells it counts
  uint8_t brand_count = 0;                                // 0: `_other`
  bool brand_in_field = false;
  bool has_native_id = true;
  uint8_t channel = kX;
  model::ItemType type = model::ItemType::kMention;
  model::Relation relation = model::Relation::kOriginal;
  model::Sentiment label = model::Sentiment::kNone;
  model::AuthorRole role = model::AuthorRole::kCustomer;
  uint32_t author = kNobody;
  uint32_t target_author = kNobody;  // of a repost
  uint32_t customer = kNobody;       // whose the author is known to be
  uint32_t coupon = 0;               // that it hands out; 0: none
  uint16_t message = 0;              // its place in a conversation
  bool from_brand = false;           // of a conversation: the brand's side says it
  bool note = false;                 // for colleagues only
  bool automatic = false;
  bool changes_state = false;  // its updates say so, and are no edits
  model::ConversationStatus status = model::ConversationStatus::kNone;
};

[[nodiscard]] model::Visibility visibility_of(const Post& post);
[[nodiscard]] model::Severity severity_of(const Post& post);
// The place of the first brand that a reader finds; kNoBrand: none.
[[nodiscard]] uint16_t first_brand_of(const Post& post);

// The label after `version` edits (0: of the create).
[[nodiscard]] model::Sentiment label_of(const Post& post, uint32_t version);
// Absolute counters at the create (0) and at poll 1, 2, ...; kAbsent where the platform says
// nothing.
[[nodiscard]] std::array<int64_t, kCounters> counters_of(const Post& post, uint32_t poll);
[[nodiscard]] int64_t followers_of(uint32_t author);

// One version of an order, refund, ...
struct Deal {
  uint32_t business = 0;  // dense number of (kind, business id)
  uint32_t order = 0;     // of the order it names; its own if none
  model::BusinessKind kind = model::BusinessKind::kOrder;
  bool names_order = false;
  bool removed = false;  // op=delete
  bool test = false;
  uint8_t channel = kWeb;
  uint8_t amount_form = 0;  // 0 decimal text, 1 minor units, 2 micros
  uint16_t brand = kNoBrand;
  uint32_t version = 1;
  uint64_t number = 0;        // the business id
  uint64_t order_number = 0;  // of the order it names
  base::EventTime occurred_at = 0;
  int64_t amount_micros = 0;
  model::Currency currency;
  uint32_t customer = kNobody;
  uint32_t click = 0;         // 0: none
  uint32_t coupon = 0;        // 0: none
  uint8_t touch = kChannels;  // the channel it came by; kChannels: unknown
  uint8_t campaign = 0;
};

// For a while everybody talks about one brand.
struct LoudBrand {
  uint16_t brand = kNoBrand;
  base::EventTime from = 0;
  base::EventTime until = 0;
};

// Records that cannot be used.
enum class Broken : uint8_t {
  kTruncated,
  kNotJson,
  kNotUtf8,
  kNoTime,
  kNoEventId,
  kBadTime,
  kUnknownType,
  kOversized,
  kBadAmount,
  kBadCurrency,
};

[[nodiscard]] model::ErrorClass error_of(Broken broken);

struct Delivery {
  enum class Kind : uint8_t {
    kCreate,
    kUpdate,
    kDelete,
    kMetrics,
    kDeal,
    kBroken,
    kUnknownMetrics
  };

  base::EventTime kafka_time = 0;
  base::EventTime observed_at = 0;
  uint64_t sequence = 0;  // breaks ties of Kafka times
  uint32_t slot = 0;      // of its post or deal
  int32_t partition = 0;
  Kind kind = Kind::kCreate;
  Source source = Source::kPosts;
  uint8_t connector = 0;
  uint8_t revision = 0;  // version of an update, number of a poll
  Broken broken = Broken::kTruncated;
  StateChange change;  // of an update
};

}  // namespace kaiku::generate
