// Aggregate: the mergeable figures of one brand, channel and type over some span of event time. The
// same algebra is a delta (the change of one epoch), a cell (a window on the board) and a rolled-up
// window: init, update, merge, finish, encode, decode.
//
// Threads: confined to its user.
// Owns:    its sketches; small until they have to grow.
// Cost:    an update is about 40 ns; a merge of two small ones some 100 ns.
// Fails:   decode() is false on anything but a well-formed value. Bounds mark the value with a
//          reason (`inexact`) and keep the totals right. Counts wrap at 64 bits, which stays
//          order-free; the items stage bounds what one item brings, so that they do not get there.
// Format:  layout u8 (1), presence mask varint (a bit per field, in the order of this struct), then
//          the fields that are not zero or empty: counts as svarint, sketches and money in their
//          own format. Sums are exact and order-free: merge is associative and commutative bit for
//          bit, and encode(x) depends on the content of x only.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "kaiku/aggregate/attribution_figures.h"
#include "kaiku/aggregate/business_figures.h"
#include "kaiku/aggregate/content_figures.h"
#include "kaiku/aggregate/conversation_figures.h"
#include "kaiku/aggregate/lazy.h"
#include "kaiku/aggregate/signal_figures.h"
#include "kaiku/base/bytes.h"
#include "kaiku/model/item.h"
#include "kaiku/model/message.h"
#include "kaiku/model/outcome.h"
#include "kaiku/money/money_sums.h"
#include "kaiku/sketch/bottom_k.h"
#include "kaiku/sketch/hyperloglog.h"
#include "kaiku/sketch/log_histogram.h"

namespace kaiku::aggregate {

// Signed where corrections can lower them.
struct Aggregate {
  std::array<int64_t, model::kRelations> by_relation{};  // counted items; their sum is count_total
  std::array<int64_t, model::kDuplicateKinds> suppressed{};
  int64_t edits = 0;
  int64_t deletions = 0;
  int64_t without_author = 0;  // counted items that named no author
  int64_t likes = 0;           // engagement deltas by component
  int64_t replies = 0;
  int64_t reposts = 0;
  int64_t quotes = 0;
  int64_t bookmarks = 0;
  int64_t clicks = 0;
  int64_t views = 0;
  int64_t impressions = 0;
  int64_t sentiment_negative = 0;
  int64_t sentiment_neutral = 0;
  int64_t sentiment_positive = 0;
  int64_t sentiment_scored = 0;     // items with a score
  int64_t sentiment_score_ppm = 0;  // their sum
  int64_t orders = 0;               // business records in force, by kind
  int64_t refunds = 0;
  int64_t spends = 0;
  int64_t adjustments = 0;  // changes of windows that were purged, booked here
  uint8_t inexact = 0;      // mask of model::Inexact
  sketch::HyperLogLog authors;
  sketch::BottomK reach;           // author hash -> followers, the larger of two
  sketch::LogHistogram followers;  // of counted items
  money::MoneySums money;          // (flow, currency, rate date) -> exact sum
  Lazy<ConversationFigures> conversations;
  Lazy<AttributionFigures> attribution;
  Lazy<BusinessFigures> business;
  Lazy<ContentFigures> content;
  Lazy<SignalFigures> signals;
  // Last: what was written before there were these reads the same.
  int64_t inbound = 0;           // counted items from outside: of no brand's side, no machine's
  int64_t inbound_original = 0;  // of them originals

  [[nodiscard]] int64_t count_total() const;

  [[nodiscard]] int64_t count_original() const {
    return by_relation[static_cast<size_t>(model::Relation::kOriginal)];
  }

  // likes + replies + reposts + quotes + bookmarks + clicks: definition 1, stated in every record.
  [[nodiscard]] int64_t engagements() const;
  [[nodiscard]] bool is_empty() const;

  void merge(const Aggregate& other);
  void clear();
  void encode(base::ByteWriter& out) const;
  [[nodiscard]] bool decode(base::ByteReader& in);
  [[nodiscard]] size_t memory_bytes() const;
};

}  // namespace kaiku::aggregate
