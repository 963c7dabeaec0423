#include "oracle/item.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "oracle/money.h"
#include "oracle/times.h"

namespace kaiku::oracle {
namespace {

using Json = nlohmann::json;

constexpr size_t kRecordBytes = 1 << 20;
constexpr size_t kItemBytes = 64 << 10;
constexpr Wide kLargestAmount = Wide{1'000'000'000} * 1'000'000;

constexpr std::array<std::string_view, 5> kTypes = {
    "mention", "bug_report", "support_message", "business_event", "control"};
constexpr std::array<std::string_view, 4> kOps = {"create", "update", "delete", "metrics"};
constexpr std::array<std::string_view, 5> kRelations = {
    "original", "reply", "repost", "quote", "crosspost"};
constexpr std::array<std::string_view, 3> kLabels = {"negative", "neutral", "positive"};
constexpr std::array<std::string_view, 6> kRoles = {
    "unknown", "customer", "brand", "staff", "peer", "bot"};
constexpr std::array<std::string_view, 3> kVisibilities = {"public", "private", "internal_note"};
constexpr std::array<std::string_view, 2> kDirections = {"inbound", "outbound"};
constexpr std::array<std::string_view, 13> kKinds = {"order",
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
constexpr std::array<std::string_view, 4> kMoneyKinds = {
    "order", "refund", "ad_spend", "contact_cost"};
constexpr std::array<const char*, 8> kCounters = {
    "likes", "replies", "reposts", "quotes", "bookmarks", "clicks", "views", "impressions"};

template <size_t N>
bool is_one_of(const std::array<std::string_view, N>& set, std::string_view value) {
  return std::find(set.begin(), set.end(), value) != set.end();
}

// Thrown inside this file only.
struct Unusable {
  const char* error;
};

// The member, or nothing where it is absent or null.
const Json* member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

// Text; whole numbers are taken as they stand.
std::string text_of(const Json& object, const char* name) {
  const Json* value = member(object, name);
  if (value == nullptr) {
    return "";
  }
  if (value->is_string()) {
    return value->get<std::string>();
  }
  if (value->is_number_integer()) {
    return value->dump();
  }
  throw Unusable{"schema"};
}

std::string required_text(const Json& object, const char* name) {
  std::string value = text_of(object, name);
  if (value.empty()) {
    throw Unusable{"schema"};
  }
  return value;
}

template <size_t N>
std::string name_of(const Json& object,
                    const char* name,
                    const std::array<std::string_view, N>& known,
                    std::string_view otherwise) {
  std::string value = text_of(object, name);
  if (value.empty()) {
    return std::string(otherwise);
  }
  if (!is_one_of(known, value)) {
    throw Unusable{"schema"};
  }
  return value;
}

bool flag_of(const Json& object, const char* name) {
  const Json* value = member(object, name);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

std::optional<int64_t> whole_number(const Json& object, const char* name) {
  const Json* value = member(object, name);
  if (value == nullptr) {
    return std::nullopt;
  }
  if (!value->is_number_integer()) {
    throw Unusable{"schema"};
  }
  return value->get<int64_t>();
}

std::optional<Micros> time_of(const Json& object, const char* name) {
  if (member(object, name) == nullptr) {
    return std::nullopt;
  }
  const std::optional<Micros> time = parse_time(text_of(object, name));
  if (!time) {
    throw Unusable{"schema"};
  }
  return time;
}

void read_social(const Json& object, Item& item) {
  item.relation = name_of(object, "relation", kRelations, "original");
  item.note = name_of(object, "visibility", kVisibilities, "public") == "internal_note";
  item.outbound = name_of(object, "direction", kDirections, "") == "outbound";
  item.auto_reply = flag_of(object, "auto_reply");
  item.text = text_of(object, "title") + "\n" + text_of(object, "text");
  if (const Json* author = member(object, "author")) {
    item.author_handle = text_of(*author, "handle");
    item.author = text_of(*author, "id");
    item.author = item.author.empty() ? item.author_handle : item.author;
    item.followers = whole_number(*author, "followers");
    item.role = name_of(*author, "role", kRoles, "");
  }
  if (const Json* sentiment = member(object, "sentiment")) {
    item.sentiment = name_of(*sentiment, "label", kLabels, "");
  }
  if (const Json* metrics = member(object, "metrics")) {
    for (const char* name : kCounters) {
      if (const std::optional<int64_t> value = whole_number(*metrics, name)) {
        item.counters[name] = *value;
      }
    }
  }
}

// Micros of whichever of the three ways to say an amount is there.
std::optional<Wide> amount_of(const Json& object, const std::string& currency) {
  std::optional<Wide> amount;
  int ways = 0;
  if (member(object, "amount") != nullptr) {
    ++ways;
    amount = parse_decimal(text_of(object, "amount"), 6);
    if (!amount) {
      throw Unusable{"schema"};
    }
  }
  if (const std::optional<int64_t> minor = whole_number(object, "amount_minor")) {
    ++ways;
    Wide scale = 1'000'000;
    for (int i = exponent_of(currency); i > 0; --i) {
      scale /= 10;
    }
    amount = Wide{*minor} * scale;
  }
  if (const std::optional<int64_t> micros = whole_number(object, "amount_micros")) {
    ++ways;
    amount = Wide{*micros};
  }
  if (ways > 1 || amount.value_or(0) > kLargestAmount || amount.value_or(0) < -kLargestAmount) {
    throw Unusable{"schema"};
  }
  return amount;
}

std::string currency_of(const Json& object) {
  std::string currency = text_of(object, "currency");
  for (char& c : currency) {
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  const bool well_formed =
      currency.size() == 3 &&
      std::all_of(currency.begin(), currency.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!currency.empty() && !well_formed) {
    throw Unusable{"currency"};
  }
  return currency;
}

void read_business(const Json& object, Item& item) {
  item.kind = name_of(object, "kind", kKinds, "");
  if (item.kind.empty()) {
    throw Unusable{"schema"};
  }
  item.business_id = required_text(object, "business_id");
  item.relates_to = text_of(object, "relates_to");
  item.currency = currency_of(object);
  const std::optional<Wide> amount = amount_of(object, item.currency);
  const bool needs_amount = is_one_of(kMoneyKinds, item.kind) && item.op != "delete";
  if (amount ? item.currency.empty() : needs_amount) {
    throw Unusable{"schema"};
  }
  if (amount) {
    item.amount = static_cast<int64_t>(*amount);
  }
  if (item.kind == "ad_spend") {
    item.period_start = time_of(object, "period_start");
    item.period_end = time_of(object, "period_end");
  }
}

Item read_object(const Json& object) {
  if (!object.is_object()) {
    throw Unusable{"schema"};
  }
  Item item;
  item.type = name_of(object, "type", kTypes, "");
  item.op = name_of(object, "op", kOps, "create");
  item.event_id = required_text(object, "event_id");
  item.native_id = text_of(object, "native_id");
  item.native_version = text_of(object, "native_version");
  item.source = text_of(object, "source");
  item.channel = required_text(object, "channel");
  item.brand = text_of(object, "brand_id");
  const std::optional<Micros> occurred_at = time_of(object, "occurred_at");
  if (item.type.empty() || !occurred_at) {
    throw Unusable{"schema"};
  }
  item.occurred_at = *occurred_at;
  item.observed_at = time_of(object, "observed_at");
  item.test = flag_of(object, "test");
  if (item.type == "business_event") {
    read_business(object, item);
  } else if (item.type != "control") {
    read_social(object, item);
  }
  return item;
}

}  // namespace

std::variant<Item, DeadLetter> read_item(std::string_view json) {
  if (json.size() > kRecordBytes) {
    return DeadLetter{"too_large"};
  }
  const Json object = Json::parse(json, nullptr, false);
  if (object.is_discarded()) {
    return DeadLetter{"parse"};
  }
  if (json.size() > kItemBytes) {
    return DeadLetter{"too_large"};
  }
  try {
    return read_object(object);
  } catch (const Unusable& unusable) {
    return DeadLetter{unusable.error};
  } catch (const Json::exception&) {
    return DeadLetter{"schema"};
  }
}

}  // namespace kaiku::oracle
