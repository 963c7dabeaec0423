#include "exchange/edge_money.h"

#include <cstring>

#include "kaiku/base/limits.h"

namespace kaiku::exchange {
namespace {

constexpr int64_t kLongest = base::limits::kPeriodDays * base::kDay;

model::Period read_period(base::ByteReader& in, base::EventTime occurred_at) {
  const int64_t distance = in.svarint();
  const int64_t length = in.svarint();
  if (distance < -kLongest || distance > kLongest || length <= 0 || length > kLongest) {
    in.fail();
    return {};
  }
  return {occurred_at + distance, occurred_at + distance + length};
}

}  // namespace

EdgeMoney read_money(base::ByteReader& in, base::EventTime occurred_at, bool has_period) {
  EdgeMoney money;
  money.micros = in.svarint();
  const std::string_view bytes = in.raw(3);
  if (bytes.size() == 3) {
    std::memcpy(money.currency.code, bytes.data(), 3);
  }
  if (has_period) {
    money.period = read_period(in, occurred_at);
  }
  return money;
}

void write_money(base::ByteWriter& out, const EdgeMoney& money, base::EventTime occurred_at) {
  out.svarint(money.micros);
  out.raw({money.currency.code, 3});
  if (money.period.is_known()) {
    out.svarint(money.period.from - occurred_at);
    out.svarint(money.period.to - money.period.from);
  }
}

}  // namespace kaiku::exchange
