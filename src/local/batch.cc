#include "batch.h"

#include <algorithm>

#include "kaiku/base/bytes.h"
#include "kaiku/base/crc32c.h"

namespace kaiku::local {
namespace {

constexpr uint8_t kLayout = 1;
constexpr uint8_t kHasKey = 1;
constexpr uint8_t kHasValue = 2;
constexpr uint8_t kHasHeaders = 4;
constexpr size_t kSmallestRecord = 2;
constexpr size_t kChecksumBytes = 4;

void write_headers(base::ByteWriter& writer, std::span<const log::Header> headers) {
  writer.varint(headers.size());
  for (const log::Header& header : headers) {
    writer.bytes(header.name);
    writer.bytes(header.value);
  }
}

void skip_headers(base::ByteReader& reader) {
  for (uint64_t n = reader.count(kSmallestRecord); n > 0 && !reader.failed(); --n) {
    (void)reader.bytes();
    (void)reader.bytes();
  }
}

}  // namespace

log::Record Batch::record(log::Partition at, int64_t offset) const {
  const Entry& entry = entries_[static_cast<size_t>(offset - first_)];
  log::Record record;
  record.at = at;
  record.offset = offset;
  record.timestamp = entry.timestamp;
  const std::string_view bytes(bytes_);
  if (entry.key_size != kAbsent) {
    record.has_key = true;
    record.key = bytes.substr(entry.key_at, entry.key_size);
  }
  if (entry.value_size != kAbsent) {
    record.has_value = true;
    record.value = bytes.substr(entry.value_at, entry.value_size);
  }
  return record;
}

std::shared_ptr<const Batch> decode_batch(std::string bytes, int64_t last) {
  auto batch = std::make_shared<Batch>();
  batch->bytes_ = std::move(bytes);
  const std::string_view all(batch->bytes_);
  if (all.size() < kChecksumBytes || all.size() >= UINT32_MAX) {
    return nullptr;
  }
  const std::string_view content = all.substr(0, all.size() - kChecksumBytes);
  base::ByteReader checksum(all.substr(content.size()));
  if (checksum.u32() != base::crc32c(content)) {
    return nullptr;
  }
  base::ByteReader reader(content);
  const uint8_t layout = reader.u8();
  const uint64_t count = reader.count(kSmallestRecord);
  if (layout != kLayout || count == 0 || last < static_cast<int64_t>(count) - 1) {
    return nullptr;
  }
  batch->first_ = last - static_cast<int64_t>(count) + 1;
  batch->entries_.reserve(count);
  const auto place = [&](std::string_view field, uint32_t& at, uint32_t& size) {
    at = static_cast<uint32_t>(field.data() - all.data());
    size = static_cast<uint32_t>(field.size());
  };
  uint64_t time = 0;
  for (uint64_t i = 0; i < count && !reader.failed(); ++i) {
    Batch::Entry& entry = batch->entries_.emplace_back();
    const uint8_t flags = reader.u8();
    time += static_cast<uint64_t>(reader.svarint());
    entry.timestamp = static_cast<base::EventTime>(time);
    batch->newest_ = std::max(batch->newest_, entry.timestamp);
    if ((flags & kHasKey) != 0) {
      place(reader.bytes(), entry.key_at, entry.key_size);
    }
    if ((flags & kHasValue) != 0) {
      place(reader.bytes(), entry.value_at, entry.value_size);
    }
    if ((flags & kHasHeaders) != 0) {
      entry.headers_at = static_cast<uint32_t>(reader.rest().data() - all.data());
      skip_headers(reader);
    }
  }
  if (reader.failed() || !reader.at_end()) {
    return nullptr;
  }
  return batch;
}

std::vector<log::Header> Batch::headers(int64_t offset) const {
  std::vector<log::Header> headers;
  const Entry& entry = entries_[static_cast<size_t>(offset - first_)];
  if (entry.headers_at == kAbsent) {
    return headers;
  }
  base::ByteReader reader(std::string_view(bytes_).substr(entry.headers_at));
  const uint64_t count = reader.count(2);
  for (uint64_t i = 0; i < count; ++i) {
    const std::string_view name = reader.bytes();
    const std::string_view value = reader.bytes();
    headers.push_back({std::string(name), std::string(value)});
  }
  return headers;
}

int64_t BatchWriter::add(const RecordContent& record) {
  const size_t about =
      (record.key ? record.key->size() : 0) + (record.value ? record.value->size() : 0);
  if (open_ != nullptr && body_.size() + about > kBytes) {
    cut();
  }
  if (open_ == nullptr) {
    open_ = std::make_unique<Batch>();
    open_->first_ = next_;
    previous_ = 0;
  }
  base::ByteWriter writer(body_);
  Batch::Entry entry;
  entry.timestamp = record.timestamp;
  writer.u8(static_cast<uint8_t>((record.key ? kHasKey : 0) | (record.value ? kHasValue : 0) |
                                 (record.headers.empty() ? 0 : kHasHeaders)));
  // Unsigned: the difference of any two times wraps and comes back when it is added.
  writer.svarint(static_cast<int64_t>(static_cast<uint64_t>(record.timestamp) -
                                      static_cast<uint64_t>(previous_)));
  previous_ = record.timestamp;
  const auto put = [&](std::string_view field, uint32_t& at, uint32_t& size) {
    writer.bytes(field);
    at = static_cast<uint32_t>(body_.size() - field.size());
    size = static_cast<uint32_t>(field.size());
  };
  if (record.key) {
    put(*record.key, entry.key_at, entry.key_size);
  }
  if (record.value) {
    put(*record.value, entry.value_at, entry.value_size);
  }
  if (!record.headers.empty()) {
    entry.headers_at = static_cast<uint32_t>(body_.size());
    write_headers(writer, record.headers);
  }
  open_->newest_ = std::max(open_->newest_, record.timestamp);
  open_->entries_.push_back(entry);
  return next_++;
}

void BatchWriter::cut() {
  std::string& bytes = open_->bytes_;
  bytes.reserve(1 + 10 + body_.size() + kChecksumBytes);
  base::ByteWriter writer(bytes);
  writer.u8(kLayout);
  writer.varint(open_->entries_.size());
  const auto shift = static_cast<uint32_t>(bytes.size());
  writer.raw(body_);
  writer.u32(base::crc32c(bytes));
  for (Batch::Entry& entry : open_->entries_) {
    entry.key_at += shift;
    entry.value_at += shift;
    entry.headers_at += entry.headers_at == Batch::kAbsent ? 0 : shift;
  }
  open_->entries_.shrink_to_fit();
  body_.clear();
  done_.push_back(std::move(open_));
}

std::vector<std::shared_ptr<const Batch>> BatchWriter::finish() {
  if (open_ != nullptr) {
    cut();
  }
  return std::move(done_);
}

}  // namespace kaiku::local
