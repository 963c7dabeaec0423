#include "journey/opening_record.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "kaiku/base/bytes.h"
#include "kaiku/journey/opening_book.h"
#include "kaiku/sketch/min_hash.h"

namespace kaiku::journey {
namespace {

constexpr uint8_t kLayout = 1;
// Id, conversation, time, two lengths, a flag.
constexpr size_t kOpeningBytesMin = 16 + 16 + 1 + 2 + 1;

bool earlier(const HeldOpening& a, const HeldOpening& b) {
  return std::tie(a.at, a.id) < std::tie(b.at, b.id);
}

bool is_same_problem(const HeldOpening& a, const HeldOpening& b) {
  return a.has_sketch && b.has_sketch && sketch::agreement(a.sketch, b.sketch) >= kSameProblemSlots;
}

}  // namespace

bool OpeningRecord::is_full(int32_t day) const {
  return std::binary_search(full_days.begin(), full_days.end(), day);
}

bool OpeningRecord::put(HeldOpening opening) {
  const auto copy = std::find_if(openings.begin(), openings.end(), [&](const HeldOpening& held) {
    return held.id == opening.id;
  });
  if (copy != openings.end()) {
    if (*copy <= opening) {
      return false;
    }
    openings.erase(copy);
  }
  const int32_t day = base::day_of(opening.at);
  if (is_full(day)) {
    return false;
  }
  openings.insert(std::lower_bound(openings.begin(), openings.end(), opening, earlier),
                  std::move(opening));
  if (!has_too_many(day)) {
    return false;
  }
  std::erase_if(openings, [day](const HeldOpening& held) { return base::day_of(held.at) == day; });
  full_days.insert(std::lower_bound(full_days.begin(), full_days.end(), day), day);
  return true;
}

bool OpeningRecord::has_too_many(int32_t day) const {
  std::vector<base::Digest> conversations;
  for (const HeldOpening& held : openings) {
    if (base::day_of(held.at) == day) {
      conversations.push_back(held.conversation);
    }
  }
  const size_t messages = conversations.size();
  std::sort(conversations.begin(), conversations.end());
  const auto end = std::unique(conversations.begin(), conversations.end());
  return messages > kMessagesPerDay ||
         end - conversations.begin() > static_cast<std::ptrdiff_t>(kOpeningsPerDay);
}

void OpeningRecord::forget(base::EventTime before) {
  std::erase_if(openings, [before](const HeldOpening& held) { return held.at < before; });
  std::erase_if(full_days, [before](int32_t day) { return day <= base::day_of(before); });
}

void OpeningRecord::purge(base::EventTime floor) {
  std::erase_if(openings, [floor](const HeldOpening& held) { return held.at < floor; });
  std::erase_if(full_days, [floor](int32_t day) { return day < base::day_of(floor); });
}

bool OpeningRecord::is_begun_before(const HeldOpening& opening) const {
  const int32_t yesterday = base::day_of(opening.at) - 1;
  return std::any_of(openings.begin(), openings.end(), [&](const HeldOpening& held) {
    return held.conversation == opening.conversation && earlier(held, opening) &&
           base::day_of(held.at) >= yesterday;
  });
}

bool OpeningRecord::continues_another(const HeldOpening& opening) const {
  return std::any_of(openings.begin(), openings.end(), [&](const HeldOpening& held) {
    return earlier(held, opening) && held.at >= opening.at - kContinuedWithin &&
           held.channel != opening.channel && is_same_problem(held, opening);
  });
}

std::vector<OpeningVerdict> OpeningRecord::verdicts(base::EventTime from,
                                                    base::EventTime through) const {
  std::vector<OpeningVerdict> told;
  for (const HeldOpening& opening : openings) {
    if (opening.at >= from && opening.at <= through && !is_begun_before(opening)) {
      told.push_back({opening.at, opening.brand, opening.channel, continues_another(opening)});
    }
  }
  std::sort(told.begin(), told.end());
  return told;
}

std::string OpeningRecord::encode() const {
  std::string value;
  base::ByteWriter out(value);
  out.u8(kLayout);
  out.varint(openings.size());
  base::EventTime last = 0;
  for (const HeldOpening& opening : openings) {
    out.digest(opening.id);
    out.digest(opening.conversation);
    out.svarint(opening.at - last);
    out.bytes(opening.brand);
    out.bytes(opening.channel);
    out.u8(opening.has_sketch ? 1 : 0);
    for (size_t i = 0; opening.has_sketch && i < opening.sketch.size(); ++i) {
      out.u16(opening.sketch[i]);
    }
    last = opening.at;
  }
  out.varint(full_days.size());
  for (const int32_t day : full_days) {
    out.svarint(day);
  }
  return value;
}

bool OpeningRecord::decode(std::string_view value) {
  base::ByteReader in(value);
  bool good = in.u8() == kLayout;
  openings.resize(in.count(kOpeningBytesMin));
  uint64_t last = 0;
  for (size_t i = 0; good && i < openings.size() && !in.failed(); ++i) {
    HeldOpening& opening = openings[i];
    opening.id = in.digest();
    opening.conversation = in.digest();
    last += static_cast<uint64_t>(in.svarint());
    opening.at = static_cast<base::EventTime>(last);
    opening.brand = in.bytes();
    opening.channel = in.bytes();
    const uint8_t has_sketch = in.u8();
    opening.has_sketch = has_sketch != 0;
    opening.sketch = {};
    for (size_t slot = 0; opening.has_sketch && slot < opening.sketch.size(); ++slot) {
      opening.sketch[slot] = in.u16();
    }
    good = has_sketch <= 1 && base::is_time(opening.at) &&
           (i == 0 || earlier(openings[i - 1], opening));
  }
  full_days.resize(good ? in.count() : 0);
  for (size_t i = 0; i < full_days.size() && !in.failed(); ++i) {
    const int64_t day = in.svarint();
    full_days[i] = static_cast<int32_t>(day);
    good = good && day >= base::day_of(base::kTimeBegin) && day <= base::day_of(base::kTimeEnd) &&
           (i == 0 || full_days[i - 1] < full_days[i]);
  }
  return good && !in.failed() && in.at_end();
}

}  // namespace kaiku::journey
