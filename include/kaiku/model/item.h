// Item: one fact after parsing, before anything is decided about it.
//
// Threads: confined to its user.
// Owns:    nothing: every view points into the parser's buffers and dies with the sink call that
// gave it. Cost:    a plain struct; the parser reuses one. Fails:   never.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "kaiku/base/event_time.h"

namespace kaiku::model {

enum class ItemType : uint8_t { kMention, kBugReport, kSupportMessage, kBusinessEvent, kControl };

enum class Op : uint8_t { kCreate, kUpdate, kDelete, kMetrics };

enum class Relation : uint8_t { kOriginal, kReply, kRepost, kQuote, kCrosspost };
inline constexpr size_t kRelations = 5;

enum class Visibility : uint8_t { kPublic, kPrivate, kInternalNote };

enum class AuthorRole : uint8_t { kUnknown, kCustomer, kBrand, kStaff, kPeer, kBot };

enum class Sentiment : uint8_t { kNone, kNegative, kNeutral, kPositive };

// What a filter upstream said of an item.
enum class Relevance : uint8_t { kNone, kRelevant, kNoise, kOffTopic };

enum class BusinessKind : uint8_t {
  kNone,
  kOrder,
  kRefund,
  kCancellation,
  kLead,
  kOpportunity,
  kSubscriptionStart,
  kSubscriptionEnd,
  kVisit,
  kAdSpend,
  kPromotion,
  kContactCost,
  kBaseline,
  kMarketSize,
};
inline constexpr size_t kBusinessKinds = 14;

// What a control item asks for; its `kind` in records.
enum class ControlKind : uint8_t { kNone, kEraseSubject, kHeartbeat };

// Names as they stand in records: "bug_report", "repost", ...
[[nodiscard]] std::string_view name_of(ItemType type);
[[nodiscard]] std::string_view name_of(Op op);
[[nodiscard]] std::string_view name_of(Relation relation);
[[nodiscard]] std::string_view name_of(Visibility visibility);
[[nodiscard]] std::string_view name_of(AuthorRole role);
[[nodiscard]] std::string_view name_of(Sentiment sentiment);
[[nodiscard]] std::string_view name_of(Relevance relevance);
[[nodiscard]] std::string_view name_of(BusinessKind kind);
// False if the name is unknown.
[[nodiscard]] bool parse_name(std::string_view name, ItemType& type);
[[nodiscard]] bool parse_name(std::string_view name, Op& op);
[[nodiscard]] bool parse_name(std::string_view name, Relation& relation);
[[nodiscard]] bool parse_name(std::string_view name, Visibility& visibility);
[[nodiscard]] bool parse_name(std::string_view name, AuthorRole& role);
[[nodiscard]] bool parse_name(std::string_view name, Sentiment& sentiment);
[[nodiscard]] bool parse_name(std::string_view name, Relevance& relevance);
[[nodiscard]] bool parse_name(std::string_view name, BusinessKind& kind);
[[nodiscard]] bool parse_name(std::string_view name, ControlKind& kind);

// An absent counter is kAbsent, never 0.
inline constexpr int64_t kAbsent = std::numeric_limits<int64_t>::min();

struct Counters {
  int64_t likes = kAbsent;
  int64_t replies = kAbsent;
  int64_t reposts = kAbsent;
  int64_t quotes = kAbsent;
  int64_t bookmarks = kAbsent;
  int64_t clicks = kAbsent;
  int64_t views = kAbsent;
  int64_t impressions = kAbsent;
};

// ISO 4217 alpha-3, upper case; "" (zeros) if there is none.
struct Currency {
  char code[4] = {0, 0, 0, 0};

  [[nodiscard]] std::string_view view() const { return {code, code[0] == 0 ? 0U : 3U}; }

  friend auto operator<=>(const Currency&, const Currency&) = default;
};

// What an amount is for; half-open.
struct Period {
  base::EventTime from = base::kNoTime;
  base::EventTime to = base::kNoTime;

  [[nodiscard]] bool is_known() const { return from != base::kNoTime; }

  friend auto operator<=>(const Period&, const Period&) = default;
};

struct Item {
  ItemType type = ItemType::kMention;
  Op op = Op::kCreate;
  Relation relation = Relation::kOriginal;
  Visibility visibility = Visibility::kPublic;
  AuthorRole author_role = AuthorRole::kUnknown;
  Sentiment sentiment = Sentiment::kNone;
  Relevance relevance = Relevance::kNone;
  BusinessKind kind = BusinessKind::kNone;
  ControlKind control = ControlKind::kNone;
  bool has_sentiment_score = false;
  bool text_truncated = false;
  bool has_amount = false;
  bool test = false;                // test orders are dropped and counted
  bool auto_reply = false;          // written by a machine: no answer
  bool accepted_answer = false;     // the platform or the asker marked it as the answer
  bool is_first_purchase = false;   // the shop says so
  int64_t csat = kAbsent;           // customer satisfaction, 1 to 5
  int32_t sentiment_score_ppm = 0;  // -1,000,000 to 1,000,000

  base::EventTime occurred_at = base::kNoTime;
  base::EventTime observed_at = base::kNoTime;
  base::EventTime period_start = base::kNoTime;
  base::EventTime period_end = base::kNoTime;

  // Nothing unless the record names both ends.
  [[nodiscard]] Period period() const {
    const bool is_whole = period_start != base::kNoTime && period_end != base::kNoTime;
    return is_whole ? Period{period_start, period_end} : Period{};
  }

  int64_t followers = kAbsent;
  Counters counters;
  int64_t amount_micros = 0;  // signed as the record has it
  Currency currency;

  std::string_view event_id;
  std::string_view source;   // connector instance, "" if the record names none
  std::string_view channel;  // as the record has it; the channel table folds it
  std::string_view brand;    // the brand field, "" if the record has none
  std::string_view native_id;
  std::string_view native_version;
  std::string_view supersedes;
  std::string_view author_id;
  std::string_view author_handle;
  std::string_view text;
  std::string_view title;
  std::string_view lang;
  std::string_view url;
  std::string_view conversation_id;
  std::string_view in_reply_to;
  std::string_view relates_to;
  std::string_view campaign_id;
  std::string_view customer_key;
  std::string_view sentiment_model;
  std::string_view business_id;
  std::string_view severity;
  std::string_view status;
  std::string_view ticket_id;
  std::string_view product;
  std::string_view aspect;
  std::string_view touch_channel;
  std::string_view touch_campaign_id;
  std::string_view touch_click_id;
  std::string_view touch_coupon;
};

}  // namespace kaiku::model
