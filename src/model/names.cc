#include <array>

#include "kaiku/model/item.h"
#include "kaiku/model/key_message.h"
#include "kaiku/model/outcome.h"

namespace kaiku::model {
namespace {

constexpr std::array<std::string_view, 5> kTypes = {
    "mention", "bug_report", "support_message", "business_event", "control"};
constexpr std::array<std::string_view, 4> kOps = {"create", "update", "delete", "metrics"};
constexpr std::array<std::string_view, 5> kRelationNames = {
    "original", "reply", "repost", "quote", "crosspost"};
constexpr std::array<std::string_view, 3> kVisibilities = {"public", "private", "internal_note"};
constexpr std::array<std::string_view, 6> kRoles = {
    "unknown", "customer", "brand", "staff", "peer", "bot"};
constexpr std::array<std::string_view, 4> kSentiments = {"none", "negative", "neutral", "positive"};
constexpr std::array<std::string_view, 4> kRelevances = {"none", "relevant", "noise", "off_topic"};
constexpr std::array<std::string_view, kBusinessKinds> kKinds = {"none",
                                                                 "order",
                                                                 "refund",
                                                                 "cancellation",
                                                                 "lead",
                                                                 "opportunity",
                                                                 "subscription_start",
                                                                 "subscription_end",
                                                                 "visit",
                                                                 "ad_spend",
                                                                 "promotion",
                                                                 "contact_cost",
                                                                 "baseline",
                                                                 "market_size"};
constexpr std::array<std::string_view, kKeyKinds> kKeyKindNames = {
    "customer", "click", "coupon", "campaign"};
constexpr std::array<std::string_view, kOutcomes> kOutcomeNames = {
    "counted", "duplicate", "late", "dead_letter", "ignored"};
constexpr std::array<std::string_view, kDuplicateKinds> kDuplicateNames = {
    "redelivery", "same_item", "repoll", "noop", "business"};
constexpr std::array<std::string_view, kErrorClasses> kErrorNames = {
    "parse", "schema", "semantic", "too_large", "too_old", "future", "currency"};

template <size_t N, typename Enum>
bool find(const std::array<std::string_view, N>& names, std::string_view name, Enum& value) {
  for (size_t i = 0; i < N; ++i) {
    if (names[i] == name) {
      value = static_cast<Enum>(i);
      return true;
    }
  }
  return false;
}

template <size_t N, typename Enum>
std::string_view at(const std::array<std::string_view, N>& names, Enum value) {
  const auto index = static_cast<size_t>(value);
  return index < N ? names[index] : std::string_view("unknown");
}

}  // namespace

std::string_view name_of(KeyKind kind) {
  return at(kKeyKindNames, kind);
}

bool parse_name(std::string_view name, KeyKind& kind) {
  return find(kKeyKindNames, name, kind);
}

std::string_view name_of(ItemType type) {
  return at(kTypes, type);
}

std::string_view name_of(Op op) {
  return at(kOps, op);
}

std::string_view name_of(Relation relation) {
  return at(kRelationNames, relation);
}

std::string_view name_of(Visibility visibility) {
  return at(kVisibilities, visibility);
}

std::string_view name_of(AuthorRole role) {
  return at(kRoles, role);
}

std::string_view name_of(Sentiment sentiment) {
  return at(kSentiments, sentiment);
}

std::string_view name_of(Relevance relevance) {
  return at(kRelevances, relevance);
}

std::string_view name_of(BusinessKind kind) {
  return at(kKinds, kind);
}

std::string_view name_of(Outcome outcome) {
  return at(kOutcomeNames, outcome);
}

std::string_view name_of(DuplicateKind kind) {
  return at(kDuplicateNames, kind);
}

std::string_view name_of(ErrorClass error) {
  return at(kErrorNames, error);
}

bool parse_name(std::string_view name, ItemType& type) {
  return find(kTypes, name, type);
}

bool parse_name(std::string_view name, Op& op) {
  return find(kOps, name, op);
}

bool parse_name(std::string_view name, Relation& relation) {
  return find(kRelationNames, name, relation);
}

bool parse_name(std::string_view name, Visibility& visibility) {
  return find(kVisibilities, name, visibility);
}

bool parse_name(std::string_view name, AuthorRole& role) {
  return find(kRoles, name, role);
}

bool parse_name(std::string_view name, Sentiment& sentiment) {
  return find(kSentiments, name, sentiment);
}

bool parse_name(std::string_view name, Relevance& relevance) {
  return find(kRelevances, name, relevance);
}

bool parse_name(std::string_view name, ControlKind& kind) {
  if (name == "erase_subject") {
    kind = ControlKind::kEraseSubject;
  } else if (name == "heartbeat") {
    kind = ControlKind::kHeartbeat;
  }
  return kind != ControlKind::kNone;
}

bool parse_name(std::string_view name, BusinessKind& kind) {
  return find(kKinds, name, kind);
}

}  // namespace kaiku::model
