#include "journey/verdict_record.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "kaiku/base/bytes.h"

namespace kaiku::journey {
namespace {

constexpr uint8_t kLayout = 1;
constexpr uint8_t kCounts = 1;
constexpr size_t kAnswerBytesMin = 16 + 1 + 1 + 1;
constexpr size_t kTouchBytesMin = 16 + 1 + 1;

enum AnswerFlag : unsigned { kAnswered = 1, kShared = 2, kTruncated = 4, kEarlierOrder = 8 };

void write_answer(base::ByteWriter& out, const HeldAnswer& answer, base::EventTime order_at) {
  out.digest(answer.key);
  out.u8(static_cast<uint8_t>(answer.kind));
  out.u8(static_cast<uint8_t>((answer.answered ? kAnswered : 0U) | (answer.shared ? kShared : 0U) |
                              (answer.truncated ? kTruncated : 0U) |
                              (answer.earlier_order ? kEarlierOrder : 0U)));
  out.varint(answer.touches.size());
  for (const HeldTouch& touch : answer.touches) {
    out.digest(touch.id);
    out.svarint(order_at - touch.at);
    out.bytes(touch.channel);
  }
}

bool read_answer(base::ByteReader& in, HeldAnswer& answer, base::EventTime order_at) {
  answer.key = in.digest();
  const uint8_t kind = in.u8();
  const uint8_t flags = in.u8();
  answer.touches.resize(in.count(kTouchBytesMin));
  for (HeldTouch& touch : answer.touches) {
    touch.id = in.digest();
    touch.at = static_cast<base::EventTime>(static_cast<uint64_t>(order_at) -
                                            static_cast<uint64_t>(in.svarint()));
    touch.channel = in.bytes();
    if (touch.at < base::kTimeBegin || touch.at > base::kTimeEnd) {
      return false;
    }
  }
  if (in.failed() || kind >= model::kKeyKinds || flags > 15) {
    return false;
  }
  answer.kind = static_cast<model::KeyKind>(kind);
  answer.answered = (flags & kAnswered) != 0;
  answer.shared = (flags & kShared) != 0;
  answer.truncated = (flags & kTruncated) != 0;
  answer.earlier_order = (flags & kEarlierOrder) != 0;
  return true;
}

}  // namespace

HeldAnswer* VerdictRecord::find(const base::Digest& key) {
  const auto place = std::find_if(
      answers.begin(), answers.end(), [&](const HeldAnswer& answer) { return answer.key == key; });
  return place == answers.end() ? nullptr : &*place;
}

bool VerdictRecord::is_decided() const {
  return counts && std::all_of(answers.begin(), answers.end(), [](const HeldAnswer& answer) {
           return answer.answered;
         });
}

std::vector<HeldTouch> VerdictRecord::touches() const {
  std::vector<HeldTouch> all;
  for (const HeldAnswer& answer : answers) {
    all.insert(all.end(), answer.touches.begin(), answer.touches.end());
  }
  const auto order_of = [](const HeldTouch& touch) {
    return std::tie(touch.id, touch.at, touch.channel);
  };
  std::sort(all.begin(), all.end(), [&](const HeldTouch& a, const HeldTouch& b) {
    return order_of(a) < order_of(b);
  });
  all.erase(std::unique(all.begin(),
                        all.end(),
                        [](const HeldTouch& a, const HeldTouch& b) { return a.id == b.id; }),
            all.end());
  std::sort(all.begin(), all.end(), [](const HeldTouch& a, const HeldTouch& b) {
    return std::tie(a.at, a.id) < std::tie(b.at, b.id);
  });
  return all;
}

std::string VerdictRecord::encode() const {
  std::string value;
  base::ByteWriter out(value);
  out.u8(kLayout);
  out.u8(counts ? kCounts : 0);
  out.varint(number);
  out.i64(at);
  out.svarint(net_micros);
  out.raw(std::string_view(currency.code, 3));
  out.svarint(rate_day);
  out.bytes(brand);
  out.bytes(channel);
  out.bytes(touch_channel);
  out.varint(answers.size());
  for (const HeldAnswer& answer : answers) {
    write_answer(out, answer, at);
  }
  return value;
}

bool VerdictRecord::decode(std::string_view value) {
  base::ByteReader in(value);
  const uint8_t layout = in.u8();
  const uint8_t flags = in.u8();
  number = in.varint();
  at = in.i64();
  net_micros = in.svarint();
  const std::string_view code = in.raw(3);
  const int64_t day = in.svarint();
  brand = in.bytes();
  channel = in.bytes();
  touch_channel = in.bytes();
  answers.resize(in.count(kAnswerBytesMin));
  if (in.failed() || layout != kLayout || flags > kCounts || at < base::kTimeBegin ||
      at > base::kTimeEnd || day != static_cast<int32_t>(day) || answers.size() > kKeysPerOrder) {
    return false;
  }
  counts = flags != 0;
  rate_day = static_cast<int32_t>(day);
  std::copy(code.begin(), code.end(), currency.code);
  for (size_t i = 0; i < answers.size(); ++i) {
    if (!read_answer(in, answers[i], at) || (i > 0 && !(answers[i - 1].key < answers[i].key))) {
      return false;
    }
  }
  return in.at_end();
}

}  // namespace kaiku::journey
