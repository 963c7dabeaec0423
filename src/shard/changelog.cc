#include "kaiku/shard/changelog.h"

#include <charconv>

#include "kaiku/base/bytes.h"
#include "kaiku/base/crc32c.h"
#include "kaiku/shard/shard.h"

namespace kaiku::shard {
namespace {

constexpr uint8_t kLayout = 1;
constexpr uint8_t kPart = 0;
constexpr uint8_t kHeader = 1;

std::string make_record(uint8_t kind, uint64_t epoch, uint32_t part, std::string_view payload) {
  constexpr size_t kFraming = 32;
  std::string record;
  record.reserve(payload.size() + kFraming);
  base::ByteWriter out(record);
  out.u8(kLayout);
  out.u8(kind);
  out.u64(epoch);
  out.u32(part);
  out.bytes(payload);
  out.u32(base::crc32c(record));
  return record;
}

}  // namespace

std::vector<std::string> changelog_records(uint64_t epoch, const std::vector<std::string>& parts) {
  std::vector<std::string> records;
  uint32_t crc = 0;
  for (const std::string& part : parts) {
    crc = base::crc32c(part, crc);
    records.push_back(make_record(kPart, epoch, static_cast<uint32_t>(records.size()), part));
  }
  std::string payload;
  base::ByteWriter out(payload);
  out.u64(epoch - 1);
  out.u32(static_cast<uint32_t>(parts.size()));
  out.u32(crc);
  records.push_back(make_record(kHeader, epoch, static_cast<uint32_t>(parts.size()), payload));
  return records;
}

bool parse_changelog_record(std::string_view bytes, ChangelogRecord& record) {
  if (bytes.size() < 4) {
    return false;
  }
  base::ByteReader tail(bytes.substr(bytes.size() - 4));
  bytes.remove_suffix(4);
  if (tail.u32() != base::crc32c(bytes)) {
    return false;
  }
  base::ByteReader in(bytes);
  if (in.u8() != kLayout) {
    return false;
  }
  const uint8_t kind = in.u8();
  record.is_header = kind == kHeader;
  record.epoch = in.u64();
  record.part = in.u32();
  record.payload = in.bytes();
  if (kind > kHeader || in.failed() || !in.at_end()) {
    return false;
  }
  if (record.is_header) {
    base::ByteReader payload(record.payload);
    record.previous_epoch = payload.u64();
    record.parts = payload.u32();
    record.parts_crc = payload.u32();
    return !payload.failed();
  }
  return true;
}

std::string epoch_metadata(uint64_t epoch, uint64_t fingerprint) {
  return "1;e=" + std::to_string(epoch) + ";f=" + std::to_string(fingerprint);
}

std::optional<uint64_t> epoch_of_metadata(std::string_view metadata) {
  static constexpr std::string_view kPrefix = "1;e=";
  if (metadata.substr(0, kPrefix.size()) != kPrefix) {
    return std::nullopt;
  }
  metadata.remove_prefix(kPrefix.size());
  uint64_t epoch = 0;
  const auto [end, error] =
      std::from_chars(metadata.data(), metadata.data() + metadata.size(), epoch);
  if (error != std::errc() || end == metadata.data() + metadata.size() || *end != ';') {
    return std::nullopt;
  }
  return epoch;
}

bool ChangelogReader::fail(const log::Record& record, std::string_view why) {
  status_ = base::Status::stop(
      base::Exit::kBadData,
      "changelog partition " + std::to_string(record.at.number) + " offset " +
          std::to_string(record.offset) + ": " + std::string(why) +
          "; the shard stays stopped. See runbook `torn transaction` in deploy/README.md");
  return false;
}

bool ChangelogReader::on_record(const log::Record& record) {
  ChangelogRecord parsed;
  if (!parse_changelog_record(record.value, parsed)) {
    return fail(record, "the record is damaged");
  }
  const uint64_t known = tables_.mark().epoch;
  if (parsed.epoch <= known) {
    return true;  // the store has it
  }
  if (parsed.epoch != open_epoch_) {
    open_epoch_ = parsed.epoch;
    parts_ = 0;
    crc_ = 0;
    changes_.clear();
  }
  if (!parsed.is_header) {
    if (parsed.part != parts_) {
      return fail(record, "a part of an epoch is missing (torn transaction)");
    }
    ++parts_;
    crc_ = base::crc32c(parsed.payload, crc_);
    if (!state::decode_changes(parsed.payload, changes_)) {
      return fail(record, "changes do not decode");
    }
    return true;
  }
  if (parsed.parts != parts_ || parsed.parts_crc != crc_) {
    return fail(record, "the header does not match its parts (torn transaction)");
  }
  if (parsed.previous_epoch != known && known != 0) {
    return fail(record, "an epoch is missing (torn transaction)");
  }
  status_ = tables_.apply(changes_, {parsed.epoch, record.offset + 1});
  changes_.clear();
  ++epochs_;
  return status_.is_ok();
}

}  // namespace kaiku::shard
