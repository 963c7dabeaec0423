#include "journey/key_record.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "kaiku/base/bytes.h"
#include "kaiku/journey/key_book.h"

namespace kaiku::journey {
namespace {

using model::EntryKind;

constexpr uint8_t kLayout = 1;
constexpr uint8_t kFirstOrder = 1;
constexpr size_t kEntryBytesMin = 1 + 16 + 1 + 2;
constexpr size_t kDayBytesMin = 1 + 1 + 1 + 1;

auto order_of(const HeldEntry& entry) {
  return std::tie(entry.at, entry.id, entry.kind);
}

bool earlier(const HeldEntry& a, const HeldEntry& b) {
  return order_of(a) < order_of(b);
}

auto order_of(const FullDay& day) {
  return std::tie(day.day, day.kind);
}

uint32_t tag_of(const base::Digest& id) {
  return static_cast<uint32_t>(id.lo);
}

base::EventTime day_end(base::EventTime at) {
  return (base::EventTime{base::day_of(at)} + 1) * base::kDay;
}

// The strings of all entries, once each.
std::vector<std::string_view> dictionary_of(const std::vector<HeldEntry>& entries) {
  std::vector<std::string_view> texts;
  for (const HeldEntry& entry : entries) {
    texts.insert(texts.end(), {entry.brand, entry.channel});
  }
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

void write_entries(base::ByteWriter& out, const std::vector<HeldEntry>& entries) {
  const std::vector<std::string_view> texts = dictionary_of(entries);
  const auto index = [&](std::string_view text) {
    return static_cast<uint64_t>(std::lower_bound(texts.begin(), texts.end(), text) -
                                 texts.begin());
  };
  out.varint(texts.size());
  for (const std::string_view text : texts) {
    out.bytes(text);
  }
  out.varint(entries.size());
  base::EventTime last = 0;
  for (const HeldEntry& entry : entries) {
    out.u8(static_cast<uint8_t>(entry.kind));
    out.digest(entry.id);
    out.svarint(entry.at - last);
    out.varint(index(entry.brand));
    out.varint(index(entry.channel));
    last = entry.at;
  }
}

bool read_entries(base::ByteReader& in, std::vector<HeldEntry>& entries) {
  std::vector<std::string_view> texts(in.count());
  for (std::string_view& text : texts) {
    text = in.bytes();
  }
  const auto text_at = [&](uint64_t index) {
    if (index >= texts.size()) {
      in.fail();
      return std::string();
    }
    return std::string(texts[index]);
  };
  entries.resize(in.count(kEntryBytesMin));
  uint64_t last = 0;
  for (size_t i = 0; i < entries.size() && !in.failed(); ++i) {
    HeldEntry& entry = entries[i];
    entry.kind = in.enumeration(EntryKind::kOrder);
    entry.id = in.digest();
    last += static_cast<uint64_t>(in.svarint());
    entry.at = static_cast<base::EventTime>(last);
    entry.brand = text_at(in.varint());
    entry.channel = text_at(in.varint());
    if (!base::is_time(entry.at) || (i > 0 && !earlier(entries[i - 1], entry))) {
      return false;
    }
  }
  return !in.failed();
}

bool read_days(base::ByteReader& in, std::vector<FullDay>& days) {
  days.resize(in.count(kDayBytesMin));
  for (size_t i = 0; i < days.size() && !in.failed(); ++i) {
    FullDay& day = days[i];
    const int64_t number = in.svarint();
    day.day = static_cast<int32_t>(number);
    day.kind = in.enumeration(EntryKind::kOrder);
    day.shared = in.u8() != 0;
    day.cut.resize(in.count(sizeof(uint32_t)));
    for (uint32_t& tag : day.cut) {
      tag = in.u32();
    }
    if (day.day != number || !base::is_time(number * base::kDay) ||
        std::adjacent_find(day.cut.begin(), day.cut.end(), std::greater_equal<>()) !=
            day.cut.end() ||
        (i > 0 && !(order_of(days[i - 1]) < order_of(day)))) {
      return false;
    }
  }
  return !in.failed();
}

bool read_question_days(base::ByteReader& in, std::vector<int32_t>& days) {
  days.resize(in.count());
  for (size_t i = 0; i < days.size() && !in.failed(); ++i) {
    const int64_t day = in.svarint();
    days[i] = static_cast<int32_t>(day);
    if (day < base::day_of(base::kTimeBegin) || day > base::day_of(base::kTimeEnd) ||
        (i > 0 && days[i - 1] >= days[i])) {
      return false;
    }
  }
  return !in.failed();
}

}  // namespace

std::vector<FullDay>::iterator KeyRecord::day_at(int32_t day, EntryKind kind) {
  return std::lower_bound(
      days.begin(), days.end(), std::tie(day, kind), [](const FullDay& a, const auto& key) {
        return order_of(a) < key;
      });
}

void KeyRecord::remove(EntryKind kind, const base::Digest& id) {
  std::erase_if(entries,
                [&](const HeldEntry& entry) { return entry.kind == kind && entry.id == id; });
  for (FullDay& day : days) {
    if (day.kind == kind) {
      std::erase(day.cut, tag_of(id));
    }
  }
  std::erase_if(days, [](const FullDay& day) { return !day.shared && day.cut.empty(); });
}

KeyRecord::Placed KeyRecord::put(HeldEntry entry, size_t per_day) {
  Placed placed;
  remove(entry.kind, entry.id);
  const int32_t day = base::day_of(entry.at);
  const EntryKind kind = entry.kind;
  const auto full = day_at(day, kind);
  if (full != days.end() && full->day == day && full->kind == kind && full->shared) {
    placed.cut = true;
    return placed;
  }
  entries.insert(std::lower_bound(entries.begin(), entries.end(), entry, earlier),
                 std::move(entry));
  bound(day, kind, per_day, placed);
  return placed;
}

void KeyRecord::bound(int32_t day, EntryKind kind, size_t per_day, Placed& placed) {
  size_t kept = 0;
  size_t last = 0;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].kind == kind && base::day_of(entries[i].at) == day) {
      ++kept;
      last = i;
    }
  }
  if (kept <= per_day) {
    return;
  }
  placed.cut = true;
  auto full = day_at(day, kind);
  if (full == days.end() || full->day != day || full->kind != kind) {
    full = days.insert(full, FullDay{day, kind, false, {}});
  }
  const uint32_t tag = tag_of(entries[last].id);
  const auto at = std::lower_bound(full->cut.begin(), full->cut.end(), tag);
  if (at == full->cut.end() || *at != tag) {
    full->cut.insert(at, tag);
  }
  entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(last));
  if (per_day + full->cut.size() > kSharedPerDay) {
    placed.shared = true;
    full->shared = true;
    full->cut.clear();
    std::erase_if(entries, [&](const HeldEntry& entry) {
      return entry.kind == kind && base::day_of(entry.at) == day;
    });
  }
}

size_t KeyRecord::forget(base::EventTime before) {
  const size_t gone =
      std::erase_if(entries, [before](const HeldEntry& entry) { return entry.at < before; });
  std::erase_if(days, [before](const FullDay& day) { return day.day <= base::day_of(before); });
  first_order = base::kNoTime;
  return gone;
}

void KeyRecord::remember_order(base::EventTime at) {
  first_order = first_order == base::kNoTime ? at : std::min(first_order, at);
}

bool KeyRecord::add_question_day(int32_t day) {
  const auto at = std::lower_bound(question_days.begin(), question_days.end(), day);
  if (at != question_days.end() && *at == day) {
    return false;
  }
  question_days.insert(at, day);
  return true;
}

std::vector<int32_t> KeyRecord::purge(base::EventTime floor, base::EventTime question_floor) {
  std::erase_if(entries, [&](const HeldEntry& entry) {
    const bool old = entry.at < floor;
    if (old && entry.kind == EntryKind::kOrder) {
      remember_order(entry.at);
    }
    return old;
  });
  const int32_t day_floor = base::day_of(floor);
  std::erase_if(days, [&](const FullDay& day) { return day.day < day_floor; });
  const auto kept =
      std::lower_bound(question_days.begin(), question_days.end(), base::day_of(question_floor));
  std::vector<int32_t> gone(question_days.begin(), kept);
  question_days.erase(question_days.begin(), kept);
  return gone;
}

base::EventTime KeyRecord::first_day_end() const {
  base::EventTime first = base::kTimeEnd;
  if (!entries.empty()) {
    first = std::min(first, day_end(entries.front().at));
  }
  if (!days.empty()) {
    first = std::min(first, (base::EventTime{days.front().day} + 1) * base::kDay);
  }
  return first;
}

base::EventTime KeyRecord::first_question_end() const {
  return question_days.empty() ? base::kTimeEnd
                               : (base::EventTime{question_days.front()} + 1) * base::kDay;
}

std::string KeyRecord::encode() const {
  std::string value;
  base::ByteWriter out(value);
  out.u8(kLayout);
  out.u8(static_cast<uint8_t>(key_kind));
  out.u8(first_order == base::kNoTime ? 0 : kFirstOrder);
  if (first_order != base::kNoTime) {
    out.i64(first_order);
  }
  write_entries(out, entries);
  out.varint(days.size());
  for (const FullDay& day : days) {
    out.svarint(day.day);
    out.u8(static_cast<uint8_t>(day.kind));
    out.u8(day.shared ? 1 : 0);
    out.varint(day.cut.size());
    for (const uint32_t tag : day.cut) {
      out.u32(tag);
    }
  }
  out.varint(question_days.size());
  for (const int32_t day : question_days) {
    out.svarint(day);
  }
  return value;
}

bool KeyRecord::decode(std::string_view value) {
  base::ByteReader in(value);
  if (in.u8() != kLayout) {
    return false;
  }
  key_kind = in.enumeration(model::KeyKind::kCampaign);
  const uint8_t flags = in.u8();
  first_order = flags == 0 ? base::kNoTime : in.i64();
  if (flags > kFirstOrder || (flags != 0 && !base::is_time(first_order))) {
    return false;
  }
  return read_entries(in, entries) && read_days(in, days) &&
         read_question_days(in, question_days) && in.at_end();
}

}  // namespace kaiku::journey
