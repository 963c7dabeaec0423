#include "commerce/order_record.h"

#include <algorithm>
#include <limits>

#include "kaiku/base/bytes.h"
#include "kaiku/base/limits.h"

namespace kaiku::commerce {
namespace {

using model::BusinessKind;

constexpr uint8_t kLayout = 2;

enum Flag : unsigned {
  kRemoved = 1,
  kHasKeys = 2,
  kHasCampaign = 4,
  kErased = 8,
  kHasPeriod = 16,
  kHasOlder = 32,
  kAllFlags = 63
};

constexpr auto kKindLast = static_cast<uint8_t>(BusinessKind::kMarketSize);
// digest, kind, flags, version, tag, time, amount, currency, two lengths
constexpr size_t kRecordBytesMin = 16 + 1 + 1 + 8 + 8 + 8 + 8 + 3 + 1 + 1;
constexpr size_t kVersionBytes = 8 + 8;
// The brand of an item that named none.
constexpr std::string_view kOtherBrand = "_other";

void write_keys(base::ByteWriter& out, const OrderRecord& record) {
  out.u8(record.carried);
  for (size_t kind = 0; kind < model::kKeyKinds; ++kind) {
    if ((record.carried >> kind & 1) != 0) {
      out.digest(record.keys[kind]);
    }
  }
  out.bytes(record.touch_channel);
}

bool read_keys(base::ByteReader& in, OrderRecord& record) {
  record.carried = in.u8();
  for (size_t kind = 0; kind < model::kKeyKinds; ++kind) {
    if ((record.carried >> kind & 1) != 0) {
      record.keys[kind] = in.digest();
    }
  }
  record.touch_channel = in.bytes();
  return !in.failed() && record.carried >> model::kKeyKinds == 0;
}

bool is_sound(const model::Period& period) {
  return period.from >= base::kTimeBegin && period.to <= base::kTimeEnd &&
         period.from < period.to &&
         period.to - period.from <= base::limits::kPeriodDays * base::kDay;
}

void write_older(base::ByteWriter& out, const OrderRecord& record) {
  out.varint(record.older.size());
  for (const Version& version : record.older) {
    out.i64(version.number);
    out.u64(version.tag);
  }
}

bool read_older(base::ByteReader& in, OrderRecord& record) {
  record.older.resize(in.count(kVersionBytes));
  for (Version& version : record.older) {
    version = {in.i64(), in.u64()};
  }
  const auto is_not_ascending = [](const Version& a, const Version& b) { return a >= b; };
  return !in.failed() && !record.older.empty() && record.older.size() <= kVersionsKept &&
         record.older.back() < record.version &&
         std::adjacent_find(record.older.begin(), record.older.end(), is_not_ascending) ==
             record.older.end();
}

bool decode_record(base::ByteReader& in, OrderRecord& record) {
  record.business = in.digest();
  const uint8_t kind = in.u8();
  const uint8_t flags = in.u8();
  record.version = {in.i64(), in.u64()};
  record.occurred_at = in.i64();
  record.amount_micros = in.i64();
  const std::string_view code = in.raw(3);
  record.brand = in.bytes();
  record.channel = in.bytes();
  if (in.failed() || kind > kKindLast || flags > kAllFlags) {
    return false;
  }
  record.kind = static_cast<BusinessKind>(kind);
  record.removed = (flags & kRemoved) != 0;
  record.has_keys = (flags & kHasKeys) != 0;
  record.is_erased = (flags & kErased) != 0;
  std::copy(code.begin(), code.end(), record.currency.code);
  if (record.has_keys && !read_keys(in, record)) {
    return false;
  }
  if ((flags & kHasCampaign) != 0) {
    record.campaign = in.bytes();
  }
  if ((flags & kHasPeriod) != 0) {
    record.period = {in.i64(), in.i64()};
    if (!is_sound(record.period)) {
      return false;
    }
  }
  if ((flags & kHasOlder) != 0 && !read_older(in, record)) {
    return false;
  }
  return !in.failed() && ((flags & kHasCampaign) != 0) == !record.campaign.empty();
}

// Refunds are told with and without a sign; what is given back is a magnitude.
money::Int128 magnitude(int64_t micros) {
  const money::Int128 wide = micros;
  return wide < 0 ? -wide : wide;
}

// True if figures of a kind have an amount; `flow` says which.
bool flow_of(BusinessKind kind, money::Flow& flow) {
  switch (kind) {
    case BusinessKind::kOrder:
      flow = money::Flow::kOrder;
      return true;
    case BusinessKind::kRefund:
      flow = money::Flow::kRefund;
      return true;
    case BusinessKind::kAdSpend:
      flow = money::Flow::kSpend;
      return true;
    case BusinessKind::kCancellation:
      flow = money::Flow::kCancelled;
      return true;
    case BusinessKind::kOpportunity:
      flow = money::Flow::kOpportunity;
      return true;
    case BusinessKind::kSubscriptionStart:
      flow = money::Flow::kSubscriptionStart;
      return true;
    case BusinessKind::kSubscriptionEnd:
      flow = money::Flow::kSubscriptionEnd;
      return true;
    case BusinessKind::kPromotion:
      flow = money::Flow::kPromotion;
      return true;
    default:
      return false;
  }
}

// Money that was booked, whatever the plan counts besides.
bool is_booked(BusinessKind kind) {
  return kind == BusinessKind::kOrder || kind == BusinessKind::kRefund ||
         kind == BusinessKind::kAdSpend;
}

// Kinds that are figures; the others are prices and baselines.
bool is_figure(BusinessKind kind) {
  money::Flow flow = money::Flow::kOrder;
  return flow_of(kind, flow) || kind == BusinessKind::kLead || kind == BusinessKind::kVisit;
}

// Where a record counts and how much it is, by itself.
Contribution contribution_of(const OrderRecord& record, bool at_brand) {
  Contribution what;
  what.kind = record.kind;
  what.minute = base::minute_of(record.occurred_at);
  what.at_brand = at_brand;
  what.brand = record.brand;
  what.campaign = record.campaign;
  what.channel = record.channel;
  what.has_money =
      flow_of(record.kind, what.flow) && (record.amount_micros != 0 || is_booked(record.kind));
  if (what.has_money) {
    what.currency = record.currency;
    what.rate_day = base::day_of(record.occurred_at);
    const bool has_sign =
        record.kind == BusinessKind::kOrder || record.kind == BusinessKind::kAdSpend;
    what.amount_micros = has_sign ? record.amount_micros : magnitude(record.amount_micros);
    what.period = record.period;
  }
  return what;
}

bool follows_order(BusinessKind kind) {
  return kind == BusinessKind::kRefund || kind == BusinessKind::kCancellation;
}

// What the order says of a refund or cancellation of it.
void complete_by(const OrderRecord& order, const OrderRecord& record, Contribution& what) {
  const bool names_brand = !record.brand.empty() && record.brand != kOtherBrand;
  what.brand = names_brand ? record.brand : order.brand;
  what.channel = record.channel.empty() ? order.channel : record.channel;
  if (record.campaign.empty()) {
    what.campaign = order.campaign;
  }
  if (record.kind == BusinessKind::kCancellation && !what.has_money) {
    what.has_money = true;
    what.currency = order.currency;
    what.amount_micros = magnitude(order.amount_micros);
  }
  if (what.has_money) {
    what.rate_day = base::day_of(order.occurred_at);
  }
}

}  // namespace

OrderRecord record_of(const model::OrderMessage& message) {
  OrderRecord record;
  record.business = message.business;
  record.kind = message.kind;
  record.removed = message.removed;
  record.version = {message.version, message.version_tag};
  record.occurred_at = message.occurred_at;
  record.amount_micros = message.amount_micros;
  record.currency = message.currency;
  record.period = message.period;
  record.brand = std::string(message.brand);
  record.channel = std::string(message.channel);
  record.campaign = std::string(message.campaign);
  if (message.keys != nullptr) {
    record.has_keys = true;
    record.carried = message.keys->carried;
    record.keys = message.keys->keys;
    record.touch_channel = std::string(message.keys->touch_channel);
  }
  return record;
}

OrderEntry::Place OrderEntry::find(const base::Digest& business) const {
  const auto at = std::lower_bound(
      records.begin(),
      records.end(),
      business,
      [](const OrderRecord& record, const base::Digest& key) { return record.business < key; });
  return {static_cast<size_t>(at - records.begin()),
          at != records.end() && at->business == business};
}

std::vector<OrderEntry::Share> OrderEntry::shares(const CommercePlan& plan) const {
  const OrderRecord* order = nullptr;
  bool cancelled = false;
  for (const OrderRecord& record : records) {
    if (record.kind == BusinessKind::kOrder && order == nullptr) {
      order = &record;
    }
    cancelled = cancelled || (record.kind == BusinessKind::kCancellation && !record.removed);
  }
  std::vector<Share> shares(records.size());
  for (size_t i = 0; i < records.size(); ++i) {
    const OrderRecord& record = records[i];
    Share& share = shares[i];
    if (record.removed || !is_figure(record.kind) ||
        (record.kind == BusinessKind::kOrder && cancelled)) {
      continue;
    }
    Contribution& what = share.contribution;
    what = contribution_of(record, is_booked(record.kind) || plan.counts(record.kind));
    if (order != nullptr && follows_order(record.kind)) {
      complete_by(*order, record, what);
    }
    share.counts = what.at_brand || !what.campaign.empty();
  }
  return shares;
}

InForce OrderEntry::in_force(const base::Digest& business) const {
  InForce now;
  now.business = business;
  now.number = number;
  const Place place = find(business);
  if (!place.found) {
    return now;
  }
  const OrderRecord& record = records[place.index];
  now.kind = record.kind;
  now.counts = !record.removed;
  now.at = record.occurred_at;
  now.brand = record.brand;
  now.channel = record.channel;
  now.keys.keys = record.keys;
  now.keys.carried = record.carried;
  now.keys.touch_channel = record.touch_channel;
  if (record.kind != BusinessKind::kOrder) {
    return now;
  }
  money::Int128 net = record.amount_micros;
  for (const OrderRecord& other : records) {
    now.counts = now.counts && (other.kind != BusinessKind::kCancellation || other.removed);
    const bool lowers =
        other.kind == BusinessKind::kRefund && !other.removed && other.currency == record.currency;
    net -= lowers ? magnitude(other.amount_micros) : 0;
  }
  constexpr money::Int128 kMost = std::numeric_limits<int64_t>::max();
  now.net_micros = static_cast<int64_t>(std::clamp(net, -kMost, kMost));
  now.currency = record.currency;
  now.rate_day = base::day_of(record.occurred_at);
  return now;
}

std::string OrderEntry::encode() const {
  std::string value;
  base::ByteWriter out(value);
  out.u8(kLayout);
  out.varint(number);
  out.varint(records.size());
  for (const OrderRecord& record : records) {
    out.digest(record.business);
    out.u8(static_cast<uint8_t>(record.kind));
    out.u8(static_cast<uint8_t>(
        (record.removed ? kRemoved : 0U) | (record.has_keys ? kHasKeys : 0U) |
        (record.campaign.empty() ? 0U : kHasCampaign) | (record.is_erased ? kErased : 0U) |
        (record.period.is_known() ? kHasPeriod : 0U) | (record.older.empty() ? 0U : kHasOlder)));
    out.i64(record.version.number);
    out.u64(record.version.tag);
    out.i64(record.occurred_at);
    out.i64(record.amount_micros);
    out.raw(std::string_view(record.currency.code, 3));
    out.bytes(record.brand);
    out.bytes(record.channel);
    if (record.has_keys) {
      write_keys(out, record);
    }
    if (!record.campaign.empty()) {
      out.bytes(record.campaign);
    }
    if (record.period.is_known()) {
      out.i64(record.period.from);
      out.i64(record.period.to);
    }
    if (!record.older.empty()) {
      write_older(out, record);
    }
  }
  return value;
}

bool OrderEntry::decode(std::string_view value) {
  base::ByteReader in(value);
  if (in.u8() != kLayout) {
    return false;
  }
  number = in.varint();
  records.resize(in.count(kRecordBytesMin));
  for (size_t i = 0; i < records.size(); ++i) {
    if (!decode_record(in, records[i]) ||
        (i > 0 && !(records[i - 1].business < records[i].business))) {
      return false;
    }
  }
  return in.at_end() && !in.failed();
}

}  // namespace kaiku::commerce
