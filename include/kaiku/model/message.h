// The typed messages of the exchange, as values: what one stage tells another about one key.
//
// Threads: confined to their user.
// Owns:    nothing: views point into the edge record they were decoded from, or into the item.
// Cost:    plain structs.
// Fails:   never.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"
#include "kaiku/base/limits.h"
#include "kaiku/model/conversation.h"
#include "kaiku/model/item.h"
#include "kaiku/model/key_message.h"
#include "kaiku/model/opening_message.h"
#include "kaiku/model/signal_part.h"

namespace kaiku::model {

// The levels of the exchange. A message goes only to a higher level, so nothing can run in a
// circle. Within a level only threads ask, and each question is about an older item.
enum class Level : uint8_t { kRoute, kItems, kThread, kOrder, kKey, kVerdict, kBoard };
inline constexpr size_t kLevels = 7;

// What an item says to its conversation.
struct ThreadPart {
  base::Digest conversation;  // of the root; of the parent where that is all that is known
  Severity severity = Severity::kNone;
  ConversationStatus status = ConversationStatus::kNone;
  bool accepted_answer = false;
  bool automatic = false;  // an automatic reply, or a bot
  bool by_parent = false;  // only the parent is known
  uint8_t csat = 0;
  std::string_view url;  // of a public report, for the link of an alert
};

// An item that passed the time check, with its brands: router -> the shard H(item identity).
struct ItemMessage {
  ItemType type = ItemType::kMention;
  Op op = Op::kCreate;
  Relation relation = Relation::kOriginal;
  Visibility visibility = Visibility::kPublic;
  AuthorRole author_role = AuthorRole::kUnknown;
  Sentiment sentiment = Sentiment::kNone;
  Relevance relevance = Relevance::kNone;
  BusinessKind kind = BusinessKind::kNone;
  bool has_sentiment_score = false;
  bool has_author = false;
  bool has_amount = false;
  bool polled =
      false;  // a source that polls: a later copy of a create is an observation of counters
  bool straggler = false;      // accepted below an idle-advanced watermark
  bool unstable_time = false;  // senders restamp: dedup goes by the record's own time
  bool has_content = false;    // of the brand's own posts, where the plan follows their reuse
  uint8_t brand_count = 0;     // of brands, and facets behind them
  bool brands_truncated = false;
  bool automatic = false;  // an automatic reply
  int32_t sentiment_score_ppm = 0;

  base::EventTime occurred_at = base::kNoTime;   // subject time
  base::EventTime operation_at = base::kNoTime;  // operation time
  base::EventTime kafka_at = base::kNoTime;      // the record's own time

  base::Digest item;      // identity: platform + native id, else source + event id
  uint64_t delivery = 0;  // of (source, event id): equal for redeliveries
  // Orders versions of one item: operation time for edits, the comparable version of a business
  // record.
  int64_t version = 0;
  uint64_t version_tag =
      0;  // hash of native_version or of observed_at: equal versions are one operation
  uint64_t author = 0;   // keyed hash; valid if has_author
  uint64_t content = 0;  // fingerprint of the text; valid if has_content
  int64_t followers = kAbsent;
  // likes, replies, reposts, quotes, bookmarks, clicks; views; impressions
  Counters counters;

  std::string_view source;
  std::string_view channel;  // id from the channel table
  // Brands in catalogue spelling, `_other` if none; then facets (exchange/delta_key.h): the item
  // counts for each of them.
  std::array<std::string_view, base::limits::kPlacesPerItem> brands;

  // Where the plan follows conversations and this item belongs to one.
  bool has_thread = false;
  ThreadPart thread;

  // Where the plan follows journeys and the item carries keys; lives as long as the views.
  const KeyPart* keys = nullptr;

  // Where such an item opens a conversation of the customer it names; likewise.
  const OpeningPart* opening = nullptr;

  // Where the plan asks for signals and the item has any; likewise.
  const SignalPart* signals = nullptr;

  // business events
  base::Digest order;     // the order this belongs to: itself, or relates_to of a refund
  base::Digest business;  // (kind, business id): the upsert key
  int64_t amount_micros = 0;
  Currency currency;
  Period period;             // of ad spend, if the record names one
  bool names_order = false;  // a refund or cancellation that names its order

  // Its people or its machines.
  [[nodiscard]] bool is_by_brand() const {
    return author_role == AuthorRole::kBrand || author_role == AuthorRole::kStaff ||
           author_role == AuthorRole::kBot;
  }

  // Said to the brand: by somebody outside, not by a machine, and no note among colleagues.
  [[nodiscard]] bool is_inbound() const {
    return !is_by_brand() && !automatic && visibility != Visibility::kInternalNote;
  }
};

// What the items stage tells the order stage at H(order): one version of one business record.
struct OrderMessage {
  base::Digest order;
  base::Digest business;
  BusinessKind kind = BusinessKind::kNone;
  bool removed = false;  // op=delete, or a cancellation of it
  int64_t version = 0;
  uint64_t version_tag = 0;
  base::EventTime occurred_at = base::kNoTime;
  int64_t amount_micros = 0;
  Currency currency;
  Period period;  // as of the item
  std::string_view source;
  std::string_view brand;
  std::string_view channel;
  std::string_view campaign;      // facet of its campaign, "" if it has none
  const KeyPart* keys = nullptr;  // as of the item
};

}  // namespace kaiku::model
