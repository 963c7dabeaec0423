#include "signal/hour_digest.h"

#include <algorithm>

#include "kaiku/base/event_time.h"
#include "kaiku/base/json_writer.h"

namespace kaiku::signal {
namespace {

using base::JsonWriter;

constexpr int kDefinitionVersion = 2;

std::vector<HourDigest::Name>::iterator find_name(HourDigest::Part& part, std::string_view id) {
  return std::find_if(part.names.begin(), part.names.end(), [id](const HourDigest::Name& name) {
    return name.id == id;
  });
}

void write_part(JsonWriter& json, Severity severity, AlertKind kind, const HourDigest::Part& part) {
  json.begin_object();
  json.field("kind", name_of(kind));
  json.field("severity", name_of(severity));
  json.field("reason", severity == Severity::kInfo ? "severity" : "budget");
  json.field("count", part.count);
  json.key("places").begin_array();
  for (const auto& [place, count] : part.places) {
    json.begin_object();
    json.field("channel", place.first);
    json.key("sla_policy");
    place.second.empty() ? json.null() : json.string(place.second);
    json.field("count", count);
    json.end_object();
  }
  json.end_array();
  json.key("named").begin_array();
  for (const HourDigest::Name& name : part.names) {
    json.raw(name.shown);
  }
  json.end_array();
  json.end_object();
}

bool read_part(base::ByteReader& in, HourDigest& digest) {
  const auto severity = in.enumeration(Severity::kCritical);
  const auto kind = in.enumeration(kLastAlertKind);
  HourDigest::Part& part = digest.parts[{severity, kind}];
  part.count = in.varint();
  const uint64_t places = in.count();
  if (places > HourDigest::kPlaces) {
    return false;
  }
  for (uint64_t i = 0; i < places; ++i) {
    std::string channel(in.bytes());
    std::string policy(in.bytes());
    part.places[{std::move(channel), std::move(policy)}] = in.varint();
  }
  const uint64_t names = in.count();
  if (names > HourDigest::kNames) {
    return false;
  }
  for (uint64_t i = 0; i < names; ++i) {
    HourDigest::Name name;
    name.id = in.bytes();
    name.shown = in.bytes();
    name.may_end = in.u8() != 0;
    part.names.push_back(std::move(name));
  }
  return !in.failed();
}

}  // namespace

bool HourDigest::add(const DigestEntry& entry) {
  told = false;
  Part& part = parts[{entry.severity, entry.kind}];
  ++part.count;
  if (!entry.channel.empty()) {
    auto place = std::pair(std::string(entry.channel), std::string(entry.sla_policy));
    if (part.places.contains(place) || part.places.size() < kPlaces) {
      ++part.places[std::move(place)];
    }
  }
  if (entry.shown.empty() || part.names.size() >= kNames) {
    return false;
  }
  part.names.push_back({std::string(entry.id), std::string(entry.shown), entry.may_end});
  return true;
}

bool HourDigest::take_back(const DigestEntry& entry) {
  const auto part = parts.find({entry.severity, entry.kind});
  if (part == parts.end()) {
    return false;
  }
  const auto name = find_name(part->second, entry.id);
  if (name == part->second.names.end()) {
    return false;
  }
  part->second.names.erase(name);
  told = false;
  return true;
}

void HourDigest::release(const DigestEntry& entry) {
  const auto part = parts.find({entry.severity, entry.kind});
  if (part == parts.end()) {
    return;
  }
  const auto name = find_name(part->second, entry.id);
  if (name != part->second.names.end()) {
    name->may_end = false;
  }
}

bool HourDigest::is_needed() const {
  return std::any_of(parts.begin(), parts.end(), [](const auto& part) {
    return std::any_of(part.second.names.begin(), part.second.names.end(), [](const Name& name) {
      return name.may_end;
    });
  });
}

void HourDigest::encode(base::ByteWriter& out) const {
  out.u32(number);
  out.u8(told ? 1 : 0);
  out.varint(parts.size());
  for (const auto& [of, part] : parts) {
    out.u8(static_cast<uint8_t>(of.first));
    out.u8(static_cast<uint8_t>(of.second));
    out.varint(part.count);
    out.varint(part.places.size());
    for (const auto& [place, count] : part.places) {
      out.bytes(place.first);
      out.bytes(place.second);
      out.varint(count);
    }
    out.varint(part.names.size());
    for (const Name& name : part.names) {
      out.bytes(name.id);
      out.bytes(name.shown);
      out.u8(name.may_end ? 1 : 0);
    }
  }
}

bool HourDigest::decode(base::ByteReader& in) {
  number = in.u32();
  told = in.u8() != 0;
  const uint64_t count = in.count();
  if (count > kSeverities * kAlertKinds) {
    return false;
  }
  for (uint64_t i = 0; i < count; ++i) {
    if (!read_part(in, *this)) {
      return false;
    }
  }
  return !in.failed();
}

AlertRecord digest_record(std::string_view brand, int64_t hour, const HourDigest& digest) {
  AlertRecord record;
  record.state = RecordState::kDigest;
  record.number = digest.number;
  const std::string start = base::format_seconds(hour * base::kHour);
  JsonWriter key(record.key);
  key.begin_object().field("brand", brand).field("hour", start).end_object();
  JsonWriter json(record.value);
  json.begin_object();
  json.field("record_type", "signal_digest");
  json.field("brand", brand);
  json.field("hour", start);
  json.key("alerts").begin_array();
  for (auto at = digest.parts.rbegin(); at != digest.parts.rend(); ++at) {
    write_part(json, at->first.first, at->first.second, at->second);
  }
  json.end_array();
  json.field("definition_version", kDefinitionVersion);
  json.end_object();
  return record;
}

}  // namespace kaiku::signal
