#include "field.h"

#include <algorithm>
#include <vector>

#include "kaiku/base/limits.h"
#include "kaiku/parse/mapping.h"

namespace kaiku::parse {
namespace {

using model::Counters;
using model::Item;
namespace limits = base::limits;

constexpr Field name(std::string_view field_name, size_t limit, std::string_view Item::*text) {
  return {field_name, FieldKind::kName, static_cast<uint32_t>(limit), text};
}

constexpr Field id(std::string_view field_name, std::string_view Item::*text) {
  return name(field_name, limits::kIdBytes, text);
}

constexpr Field label(std::string_view field_name, std::string_view Item::*text) {
  return name(field_name, limits::kNameBytes, text);
}

constexpr Field prose(std::string_view field_name, std::string_view Item::*text) {
  return {field_name, FieldKind::kProse, 0, text};
}

constexpr Field time(std::string_view field_name, base::EventTime Item::*time) {
  return {field_name, FieldKind::kTime, 0, nullptr, time};
}

constexpr Field counter(std::string_view field_name, int64_t Counters::*counter) {
  return {field_name, FieldKind::kCounter, 0, nullptr, nullptr, counter};
}

constexpr Field flag(std::string_view field_name, bool Item::*flag) {
  return {field_name, FieldKind::kFlag, 0, nullptr, nullptr, nullptr, flag};
}

constexpr Field of(std::string_view field_name, FieldKind kind) {
  return {field_name, kind};
}

constexpr std::array<Field, kFields> kTable = {{
    name("event_id", 2 * limits::kNameBytes, &Item::event_id),
    of("type", FieldKind::kEnum),
    of("op", FieldKind::kEnum),
    time("occurred_at", &Item::occurred_at),
    time("observed_at", &Item::observed_at),
    label("source", &Item::source),
    label("brand_id", &Item::brand),
    label("channel", &Item::channel),
    id("native_id", &Item::native_id),
    id("native_version", &Item::native_version),
    id("supersedes", &Item::supersedes),
    of("visibility", FieldKind::kEnum),
    id("author.id", &Item::author_id),
    id("author.handle", &Item::author_handle),
    of("author.role", FieldKind::kEnum),
    counter("author.followers", nullptr),
    prose("text", &Item::text),
    flag("text_truncated", &Item::text_truncated),
    prose("title", &Item::title),
    label("lang", &Item::lang),
    name("url", limits::kTextBytes, &Item::url),
    id("conversation_id", &Item::conversation_id),
    id("in_reply_to", &Item::in_reply_to),
    of("relation", FieldKind::kEnum),
    id("relates_to", &Item::relates_to),
    of("sentiment.score", FieldKind::kScore),
    of("sentiment.label", FieldKind::kEnum),
    label("sentiment.model", &Item::sentiment_model),
    counter("metrics.likes", &Counters::likes),
    counter("metrics.replies", &Counters::replies),
    counter("metrics.reposts", &Counters::reposts),
    counter("metrics.quotes", &Counters::quotes),
    counter("metrics.views", &Counters::views),
    counter("metrics.impressions", &Counters::impressions),
    counter("metrics.clicks", &Counters::clicks),
    counter("metrics.bookmarks", &Counters::bookmarks),
    id("campaign_id", &Item::campaign_id),
    id("customer_key", &Item::customer_key),
    label("product", &Item::product),
    label("severity", &Item::severity),
    label("status", &Item::status),
    id("ticket_id", &Item::ticket_id),
    of("kind", FieldKind::kEnum),
    id("business_id", &Item::business_id),
    of("currency", FieldKind::kCurrency),
    of("amount", FieldKind::kMoney),
    of("amount_minor", FieldKind::kMoney),
    of("amount_micros", FieldKind::kMoney),
    time("period_start", &Item::period_start),
    time("period_end", &Item::period_end),
    label("touch.channel", &Item::touch_channel),
    id("touch.campaign_id", &Item::touch_campaign_id),
    id("touch.click_id", &Item::touch_click_id),
    id("touch.coupon", &Item::touch_coupon),
    flag("test", &Item::test),
    of("direction", FieldKind::kEnum),
    flag("auto_reply", &Item::auto_reply),
    flag("accepted_answer", &Item::accepted_answer),
    of("csat", FieldKind::kRating),
    flag("is_first_purchase", &Item::is_first_purchase),
    label("aspect", &Item::aspect),
    of("relevance", FieldKind::kEnum),
    of("schema_version", FieldKind::kVersion),
}};

constexpr Field kGivenEventId = label("event_id", &Item::event_id);

}  // namespace

const Field& field(FieldId id) {
  return kTable[static_cast<size_t>(id)];
}

const Field& canonical_field(FieldId id) {
  return id == FieldId::kEventId ? kGivenEventId : field(id);
}

size_t find_field(std::string_view name) {
  const auto* found = std::find_if(
      kTable.begin(), kTable.end(), [name](const Field& field) { return field.name == name; });
  return static_cast<size_t>(found - kTable.begin());
}

namespace {

// Inbound is the customer's, outbound the brand's; a role that the record names is more exact.
bool set_direction(std::string_view text, Item& item) {
  const bool inbound = text == "inbound";
  if (!inbound && text != "outbound") {
    return false;
  }
  if (item.author_role == model::AuthorRole::kUnknown) {
    item.author_role = inbound ? model::AuthorRole::kCustomer : model::AuthorRole::kBrand;
  }
  return true;
}

}  // namespace

bool set_enum(FieldId id, std::string_view text, Item& item) {
  switch (id) {
    case FieldId::kType:
      return model::parse_name(text, item.type);
    case FieldId::kOp:
      return model::parse_name(text, item.op);
    case FieldId::kVisibility:
      return model::parse_name(text, item.visibility);
    case FieldId::kAuthorRole:
      return model::parse_name(text, item.author_role);
    case FieldId::kRelation:
      return model::parse_name(text, item.relation);
    case FieldId::kSentimentLabel:
      return model::parse_name(text, item.sentiment);
    case FieldId::kKind:
      return model::parse_name(text, item.kind) || model::parse_name(text, item.control);
    case FieldId::kRelevance:
      return model::parse_name(text, item.relevance);
    case FieldId::kDirection:
      return set_direction(text, item);
    default:
      return false;
  }
}

bool is_always_read(FieldId id) {
  switch (id) {
    case FieldId::kEventId:
    case FieldId::kType:
    case FieldId::kOp:
    case FieldId::kOccurredAt:
    case FieldId::kChannel:
    case FieldId::kNativeId:
    case FieldId::kSchemaVersion:
    case FieldId::kKind:
    case FieldId::kBusinessId:
    case FieldId::kCurrency:
    case FieldId::kAmount:
    case FieldId::kAmountMinor:
    case FieldId::kAmountMicros:
      return true;
    default:
      return false;
  }
}

const std::vector<std::string_view>& canonical_fields() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    all.reserve(kFields);
    for (const Field& one : kTable) {
      all.push_back(one.name);
    }
    return all;
  }();
  return names;
}

}  // namespace kaiku::parse
