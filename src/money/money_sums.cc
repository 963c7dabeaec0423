#include "kaiku/money/money_sums.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "kaiku/base/limits.h"

#include "money/wide.h"

namespace kaiku::money {
namespace {

// flow, currency, one byte of rate day, sum.
constexpr size_t kEntryBytesMin = 1 + 3 + 1 + 16;
constexpr auto kFlowLast = static_cast<uint8_t>(Flow::kPromotion);

auto key_of(const MoneySums::Entry& entry) {
  return std::tie(entry.flow, entry.currency, entry.rate_day);
}

bool before(const MoneySums::Entry& a, const MoneySums::Entry& b) {
  return key_of(a) < key_of(b);
}

// Empty, or three capital letters: what a record can hold.
bool is_currency(std::string_view code) {
  return code == std::string_view("\0\0\0", 3) ||
         std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool decode_entry(base::ByteReader& in, MoneySums::Entry& entry) {
  const uint8_t flow = in.u8();
  const std::string_view code = in.raw(3);
  const int64_t day = in.svarint();
  const uint64_t low = in.u64();
  const uint64_t high = in.u64();
  if (in.failed() || flow > kFlowLast || !is_currency(code) ||
      day < std::numeric_limits<int32_t>::min() || day > std::numeric_limits<int32_t>::max()) {
    return false;
  }
  entry.flow = static_cast<Flow>(flow);
  std::copy(code.begin(), code.end(), entry.currency.code);
  entry.rate_day = static_cast<int32_t>(day);
  entry.sum_micros = static_cast<Int128>((static_cast<UInt128>(high) << 64) | low);
  return entry.sum_micros != 0;
}

}  // namespace

bool MoneySums::add(Flow flow, model::Currency currency, int32_t rate_day, Int128 micros) {
  if (micros == 0) {
    return true;
  }
  const Entry entry{flow, currency, rate_day, micros};
  const auto place = std::lower_bound(entries_.begin(), entries_.end(), entry, before);
  if (place == entries_.end() || before(entry, *place)) {
    if (entries_.size() >= base::limits::kCurrenciesPerCell) {
      return false;
    }
    entries_.insert(place, entry);
    return true;
  }
  place->sum_micros = add_saturating(place->sum_micros, micros);
  if (place->sum_micros == 0) {
    entries_.erase(place);  // content alone decides what is kept, not the way to it
  }
  return true;
}

bool MoneySums::merge(const MoneySums& other) {
  bool complete = true;
  // Over a copy when merging into itself: add() may erase entries.
  const std::vector<Entry> own = &other == this ? entries_ : std::vector<Entry>{};
  for (const Entry& entry : &other == this ? own : other.entries_) {
    complete = add(entry.flow, entry.currency, entry.rate_day, entry.sum_micros) && complete;
  }
  return complete;
}

bool MoneySums::is_empty() const {
  return entries_.empty();
}

void MoneySums::encode(base::ByteWriter& out) const {
  out.varint(entries_.size());
  for (const Entry& entry : entries_) {
    out.u8(static_cast<uint8_t>(entry.flow));
    out.raw(std::string_view(entry.currency.code, 3));
    out.svarint(entry.rate_day);
    out.u64(static_cast<uint64_t>(static_cast<UInt128>(entry.sum_micros)));
    out.u64(static_cast<uint64_t>(static_cast<UInt128>(entry.sum_micros) >> 64));
  }
}

bool MoneySums::decode(base::ByteReader& in) {
  entries_.clear();
  const uint64_t count = in.count(kEntryBytesMin);
  bool good = !in.failed() && count <= base::limits::kCurrenciesPerCell;
  for (uint64_t i = 0; good && i < count; ++i) {
    Entry entry;
    good = decode_entry(in, entry) && (entries_.empty() || before(entries_.back(), entry));
    entries_.push_back(entry);
  }
  if (!good) {
    entries_.clear();
    in.fail();
  }
  return good;
}

}  // namespace kaiku::money
