#include "commerce/order_record.h"

#include <algorithm>

#include "kaiku/base/bytes.h"

namespace kaiku::commerce {
namespace {

using model::BusinessKind;

constexpr uint8_t kLayout = 1;
constexpr uint8_t kRemoved = 1;
constexpr auto kKindLast = static_cast<uint8_t>(BusinessKind::kMarketSize);
// digest, kind, flags, version, tag, time, amount, currency, two lengths
constexpr size_t kRecordBytesMin = 16 + 1 + 1 + 8 + 8 + 8 + 8 + 3 + 1 + 1;
// The brand of an item that named none.
constexpr std::string_view kOtherBrand = "_other";

bool decode_record(base::ByteReader& in, OrderRecord& record) {
  record.business = in.digest();
  const uint8_t kind = in.u8();
  const uint8_t flags = in.u8();
  record.version = in.i64();
  record.version_tag = in.u64();
  record.occurred_at = in.i64();
  record.amount_micros = in.i64();
  const std::string_view code = in.raw(3);
  record.brand = in.bytes();
  record.channel = in.bytes();
  if (in.failed() || kind > kKindLast || flags > kRemoved) {
    return false;
  }
  record.kind = static_cast<BusinessKind>(kind);
  record.removed = flags == kRemoved;
  std::copy(code.begin(), code.end(), record.currency.code);
  return true;
}

// Refunds are told with and without a sign; what is given back is a magnitude.
money::Int128 magnitude(int64_t micros) {
  const money::Int128 wide = micros;
  return wide < 0 ? -wide : wide;
}

// True if a record of this kind moves money; `flow` says which way.
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
    default:
      return false;
  }
}

}  // namespace

OrderRecord record_of(const model::OrderMessage& message) {
  OrderRecord record;
  record.business = message.business;
  record.kind = message.kind;
  record.removed = message.removed;
  record.version = message.version;
  record.version_tag = message.version_tag;
  record.occurred_at = message.occurred_at;
  record.amount_micros = message.amount_micros;
  record.currency = message.currency;
  record.brand = std::string(message.brand);
  record.channel = std::string(message.channel);
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

std::vector<OrderEntry::Share> OrderEntry::shares() const {
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
    Contribution& what = share.contribution;
    share.counts = flow_of(record.kind, what.flow) && !record.removed &&
                   !(record.kind == BusinessKind::kOrder && cancelled);
    if (!share.counts) {
      continue;
    }
    what.minute = base::minute_of(record.occurred_at);
    what.brand = record.brand;
    what.channel = record.channel;
    what.currency = record.currency;
    what.rate_day = base::day_of(record.occurred_at);
    what.amount_micros = record.amount_micros;
    if (record.kind != BusinessKind::kRefund) {
      continue;
    }
    what.amount_micros = magnitude(record.amount_micros);
    if (order != nullptr) {
      const bool names_brand = !record.brand.empty() && record.brand != kOtherBrand;
      what.rate_day = base::day_of(order->occurred_at);
      what.brand = names_brand ? record.brand : order->brand;
      what.channel = record.channel.empty() ? order->channel : record.channel;
    }
  }
  return shares;
}

std::string OrderEntry::encode() const {
  std::string value;
  base::ByteWriter out(value);
  out.u8(kLayout);
  out.varint(records.size());
  for (const OrderRecord& record : records) {
    out.digest(record.business);
    out.u8(static_cast<uint8_t>(record.kind));
    out.u8(record.removed ? kRemoved : 0);
    out.i64(record.version);
    out.u64(record.version_tag);
    out.i64(record.occurred_at);
    out.i64(record.amount_micros);
    out.raw(std::string_view(record.currency.code, 3));
    out.bytes(record.brand);
    out.bytes(record.channel);
  }
  return value;
}

bool OrderEntry::decode(std::string_view value) {
  base::ByteReader in(value);
  if (in.u8() != kLayout) {
    return false;
  }
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
