// The canonical fields: their names, what they hold, and where an item keeps them.
//
// Threads: constants.
// Owns:    nothing.
// Cost:    none.
// Fails:   never.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "kaiku/model/item.h"

namespace kaiku::parse {

// In the order of documentation, which is also the order of evaluation.
enum class FieldId : uint8_t {
  kEventId,
  kType,
  kOp,
  kOccurredAt,
  kObservedAt,
  kSource,
  kBrand,
  kChannel,
  kNativeId,
  kNativeVersion,
  kSupersedes,
  kVisibility,
  kAuthorId,
  kAuthorHandle,
  kAuthorRole,
  kAuthorFollowers,
  kText,
  kTextTruncated,
  kTitle,
  kLang,
  kUrl,
  kConversationId,
  kInReplyTo,
  kRelation,
  kRelatesTo,
  kSentimentScore,
  kSentimentLabel,
  kSentimentModel,
  kLikes,
  kReplies,
  kReposts,
  kQuotes,
  kViews,
  kImpressions,
  kClicks,
  kBookmarks,
  kCampaignId,
  kCustomerKey,
  kProduct,
  kSeverity,
  kStatus,
  kTicketId,
  kKind,
  kBusinessId,
  kCurrency,
  kAmount,
  kAmountMinor,
  kAmountMicros,
  kPeriodStart,
  kPeriodEnd,
  kTouchChannel,
  kTouchCampaignId,
  kTouchClickId,
  kTouchCoupon,
  kTest,
  kDirection,
  kAutoReply,
  kAcceptedAnswer,
  kCsat,
  kIsFirstPurchase,
  kAspect,
  kRelevance,
  kSchemaVersion,
};
inline constexpr size_t kFields = static_cast<size_t>(FieldId::kSchemaVersion) + 1;
static_assert(kFields <= 64, "Mapping::fields_used is one word");

enum class FieldKind : uint8_t {
  kName,   // text of bounded length: longer is a reject
  kProse,  // text that is cut at limits::kTextBytes
  kEnum,
  kTime,
  kCounter,
  kRating,  // 1 to 5
  kScore,
  kFlag,
  kMoney,
  kCurrency,
  kVersion,  // only says whether the item can be read
};

struct Field {
  std::string_view name;
  FieldKind kind;
  uint32_t limit = 0;                             // kName
  std::string_view model::Item::*text = nullptr;  // kName, kProse
  base::EventTime model::Item::*time = nullptr;   // kTime
  int64_t model::Counters::*counter = nullptr;    // kCounter; null: followers
  bool model::Item::*flag = nullptr;              // kFlag
};

[[nodiscard]] const Field& field(FieldId id);
// As the canonical schema bounds it: ids that a mapping joins may be longer than given ones.
[[nodiscard]] const Field& canonical_field(FieldId id);
// kFields if there is none of that name.
[[nodiscard]] size_t find_field(std::string_view name);
// False if `text` is no name of that enumeration (`id` is of kind kEnum).
[[nodiscard]] bool set_enum(FieldId id, std::string_view text, model::Item& item);

// Fields an item cannot be made without, whatever the plan reads.
[[nodiscard]] bool is_always_read(FieldId id);

}  // namespace kaiku::parse
