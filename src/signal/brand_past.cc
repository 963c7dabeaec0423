#include "signal/brand_past.h"

#include <algorithm>
#include <utility>

#include "kaiku/base/ordered_key.h"

namespace kaiku::signal {
namespace {

using base::ByteReader;
using base::ByteWriter;

constexpr uint8_t kLayout = 4;
constexpr uint8_t kLayoutWithoutExamples = 3;
constexpr uint8_t kFirstLayout = 1;

// How many of them a row of a layout holds.
constexpr size_t risks_of(uint8_t layout) {
  return layout == kFirstLayout ? 5 : layout <= kLayoutWithoutExamples ? 6 : model::kRisks;
}

// Of a budget.
constexpr size_t kinds_of(uint8_t layout) {
  return layout == kFirstLayout ? 8 : 9;
}

// A season is a week at most.
constexpr size_t kSlotsMost = 7 * 24;

void write(ByteWriter& out, const Age& age) {
  out.svarint(age.micros());
  out.i64(age.at());
}

// Minutes are numbers of 32 bits, so hours, days and seasons are below this; days of such a number
// are still times.
constexpr int64_t kMinuteMost = int64_t{1} << 31;
constexpr int64_t kWindowMost = int64_t{1} << 26;
constexpr int64_t kMicrosMost = int64_t{1} << 60;

void check(ByteReader& in, int64_t micros, int64_t at) {
  if (micros < 0 || micros > kMicrosMost ||
      (at != kNever && (at < -kWindowMost || at > kWindowMost))) {
    in.fail();
  }
}

int64_t read_window(ByteReader& in) {
  const int64_t window = in.i64();
  check(in, 0, window);
  return window;
}

void read(ByteReader& in, Age& age) {
  const int64_t micros = in.svarint();
  const int64_t at = in.i64();
  check(in, micros, at);
  age.restore(micros, at);
}

void write(ByteWriter& out, const Shape& shape) {
  out.svarint(shape.micros);
  out.svarint(shape.at);
}

void read(ByteReader& in, Shape& shape) {
  shape.micros = in.svarint();
  shape.at = in.svarint();
  check(in, shape.micros, shape.at);
}

void write(ByteWriter& out, const Slot& slot) {
  out.i64(slot.first);
  write(out, slot.age);
  for (const Shape* shape : {&slot.volume, &slot.negative, &slot.neutral, &slot.positive}) {
    write(out, *shape);
  }
}

void read(ByteReader& in, Slot& slot) {
  slot.first = read_window(in);
  read(in, slot.age);
  for (Shape* shape : {&slot.volume, &slot.negative, &slot.neutral, &slot.positive}) {
    read(in, *shape);
  }
}

// What earlier layouts knew of the alerts of a day: it begins anew.
bool skip_budget(ByteReader& in, uint8_t layout) {
  constexpr uint64_t kSubjectsMost = 20;
  (void)in.i64();
  for (size_t count = 0; count < kSeverities + kinds_of(layout); ++count) {
    (void)in.varint();
  }
  const uint64_t subjects = in.count();
  for (uint64_t i = 0; i < subjects && i < kSubjectsMost; ++i) {
    (void)in.u8();
    (void)in.bytes();
  }
  return subjects <= kSubjectsMost;
}

bool read_brand(ByteReader& in, uint8_t layout, Brand& brand) {
  for (ScalePast& scale : brand.scales) {
    scale.first = read_window(in);
    scale.through = read_window(in);
    scale.pruned = read_window(in);
    read(in, scale.age);
  }
  const uint64_t slots = in.count();
  if (slots > kSlotsMost) {
    return false;
  }
  brand.slots.resize(slots);
  for (Slot& slot : brand.slots) {
    read(in, slot);
  }
  if (layout < kLayoutWithoutExamples) {
    return skip_budget(in, layout);
  }
  return layout == kLayoutWithoutExamples || brand.hosts.decode(in);
}

bool read_minute(ByteReader& in, uint8_t layout, Minute& minute) {
  minute.originals = in.svarint();
  minute.negative = in.svarint();
  minute.neutral = in.svarint();
  minute.positive = in.svarint();
  minute.stored = true;
  return minute.terms.decode(in) &&
         std::all_of(minute.subjects.begin(),
                     minute.subjects.begin() + risks_of(layout),
                     [&](auto& table) { return table.decode(in); }) &&
         (layout <= kLayoutWithoutExamples || minute.examples.decode(in));
}

bool read_alert(ByteReader& in, uint8_t layout, Alert& alert) {
  alert.severity = in.enumeration(Severity::kCritical);
  alert.opened_at = in.time();
  alert.updated_at = in.time();
  alert.told_at = in.time();
  alert.window_start = in.time();
  alert.window_size = in.svarint();
  alert.count = in.svarint();
  alert.told_count = in.svarint();
  alert.number = static_cast<uint32_t>(in.varint());
  alert.quiet = in.u8();
  alert.told = in.u8() != 0;
  alert.exact = in.u8() != 0;
  alert.evidence = in.bytes();
  if (layout <= kLayoutWithoutExamples) {
    return true;
  }
  const uint64_t samples = in.count();
  if (samples > kSampleRefs) {
    return false;
  }
  alert.samples.resize(samples);
  for (SampleRef& sample : alert.samples) {
    sample.item = in.u64();
    sample.author = in.u64();
    sample.url = in.bytes();
  }
  return true;
}

bool take_minute(std::string_view key, ByteReader& in, uint8_t layout, Brand& brand) {
  int64_t number = 0;
  if (!base::take_ordered(key, number) || !key.empty() || number < -kMinuteMost ||
      number > kMinuteMost) {
    return false;
  }
  Minute& minute = brand.minutes[number];
  if (!read_minute(in, layout, minute)) {
    return false;
  }
  if (minute.has_subjects()) {
    brand.risky.insert(number);
  }
  return true;
}

bool take_term(std::string_view key, ByteReader& in, Brand& brand) {
  uint64_t hash = 0;
  const auto scale = key.empty() ? kScales : static_cast<size_t>(key.front());
  if (scale >= kScales) {
    return false;
  }
  key.remove_prefix(1);
  if (!base::take_ordered(key, hash) || !key.empty()) {
    return false;
  }
  TermPast past;
  read(in, past.shape);
  past.risen = in.u8();
  brand.terms[scale].emplace(hash, past);
  return true;
}

bool take_alert(std::string_view key, ByteReader& in, uint8_t layout, Brand& brand) {
  if (key.empty() || static_cast<unsigned char>(key.front()) >= kAlertKinds) {
    return false;
  }
  Alert alert;
  alert.kind = static_cast<AlertKind>(key.front());
  alert.subject = key.substr(1);
  if (!read_alert(in, layout, alert)) {
    return false;
  }
  brand.alerts[{alert.kind, alert.subject}] = std::move(alert);
  return true;
}

}  // namespace

void Minute::add(const Minute& other) {
  originals = plus(originals, other.originals);
  negative = plus(negative, other.negative);
  neutral = plus(neutral, other.neutral);
  positive = plus(positive, other.positive);
  terms.merge(other.terms);
  examples.merge(other.examples);
}

bool Minute::has_subjects() const {
  return std::any_of(
      subjects.begin(), subjects.end(), [](const auto& table) { return !table.is_empty(); });
}

std::string row_key(Row row, std::string_view brand) {
  std::string key(1, static_cast<char>(row));
  key += brand;
  key += '\0';
  return key;
}

std::string window_key(Row row, std::string_view brand, int64_t number) {
  std::string key = row_key(row, brand);
  base::append_ordered(key, number);
  return key;
}

std::string term_key(std::string_view brand, Scale scale, uint64_t hash) {
  std::string key = row_key(Row::kTerm, brand);
  key += static_cast<char>(scale);
  base::append_ordered(key, hash);
  return key;
}

std::string alert_key(std::string_view brand, AlertKind kind, std::string_view subject) {
  std::string key = row_key(Row::kAlert, brand);
  key += static_cast<char>(kind);
  key += subject;
  return key;
}

void encode_brand(const Brand& brand, std::string& bytes) {
  ByteWriter out(bytes);
  out.u8(kLayout);
  for (const ScalePast& scale : brand.scales) {
    out.i64(scale.first);
    out.i64(scale.through);
    out.i64(scale.pruned);
    write(out, scale.age);
  }
  out.varint(brand.slots.size());
  for (const Slot& slot : brand.slots) {
    write(out, slot);
  }
  brand.hosts.encode(out);
}

void encode_minute(const Minute& minute, std::string& bytes) {
  ByteWriter out(bytes);
  out.u8(kLayout);
  for (const int64_t count : {minute.originals, minute.negative, minute.neutral, minute.positive}) {
    out.svarint(count);
  }
  minute.terms.encode(out);
  for (const aggregate::TermTable& table : minute.subjects) {
    table.encode(out);
  }
  minute.examples.encode(out);
}

void encode_hour(const aggregate::TermTable& terms,
                 const aggregate::ExampleTable& examples,
                 std::string& bytes) {
  ByteWriter out(bytes);
  out.u8(kLayout);
  terms.encode(out);
  examples.encode(out);
}

void encode_term(const TermPast& past, std::string& bytes) {
  ByteWriter out(bytes);
  out.u8(kLayout);
  write(out, past.shape);
  out.u8(past.risen);
}

void encode_alert(const Alert& alert, std::string& bytes) {
  ByteWriter out(bytes);
  out.u8(kLayout);
  out.u8(static_cast<uint8_t>(alert.severity));
  out.i64(alert.opened_at);
  out.i64(alert.updated_at);
  out.i64(alert.told_at);
  out.i64(alert.window_start);
  out.svarint(alert.window_size);
  out.svarint(alert.count);
  out.svarint(alert.told_count);
  out.varint(alert.number);
  out.u8(alert.quiet);
  out.u8(alert.told ? 1 : 0);
  out.u8(alert.exact ? 1 : 0);
  out.bytes(alert.evidence);
  out.varint(alert.samples.size());
  for (const SampleRef& sample : alert.samples) {
    out.u64(sample.item);
    out.u64(sample.author);
    out.bytes(sample.url);
  }
}

bool take_row(Row row, std::string_view key, std::string_view value, Brand& brand) {
  ByteReader in(value);
  const uint8_t layout = in.u8();
  if (layout < kFirstLayout || layout > kLayout) {
    return false;
  }
  bool good = false;
  switch (row) {
    case Row::kBrand:
      good = key.empty() && read_brand(in, layout, brand);
      break;
    case Row::kMinute:
      good = take_minute(key, in, layout, brand);
      break;
    case Row::kHour: {
      int64_t hour = 0;
      good = base::take_ordered(key, hour) && key.empty() && hour >= -kWindowMost &&
             hour <= kWindowMost && brand.hours[hour].decode(in) &&
             (layout <= kLayoutWithoutExamples || brand.examples[hour].decode(in));
      break;
    }
    case Row::kTerm:
      good = take_term(key, in, brand);
      break;
    case Row::kAlert:
      good = take_alert(key, in, layout, brand);
      break;
  }
  return good && !in.failed() && in.at_end();
}

}  // namespace kaiku::signal
