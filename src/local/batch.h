// Batch: consecutive records of one partition as they were written together, with an index.
//
// Threads: immutable when shared.
// Owns:    the bytes all views of its records point into.
// Cost:    32 bytes of index a record; reading one is two additions.
// Fails:   decode_batch answers nothing on bytes that are not a batch.
// Format:  layout u8 (1), count varint, then per record: flags u8 (1 key, 2 value, 4 headers), time
//          svarint (difference to the record before), key bytes, value bytes, headers (count
//          varint, then name and value bytes each); at the end CRC32C u32 of all before it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/event_time.h"
#include "kaiku/log/log.h"

namespace kaiku::local {

struct RecordContent {
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
  base::EventTime timestamp = base::kNoTime;
  std::span<const log::Header> headers;
};

class Batch {
 public:
  [[nodiscard]] int64_t first() const { return first_; }

  [[nodiscard]] int64_t last() const {
    return first_ + (static_cast<int64_t>(entries_.size()) - 1);
  }

  [[nodiscard]] size_t size() const { return entries_.size(); }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }

  [[nodiscard]] size_t memory_bytes() const {
    return bytes_.capacity() + entries_.capacity() * sizeof(Entry);
  }

  [[nodiscard]] base::EventTime newest() const { return newest_; }

  // offset in [first(), last()].
  [[nodiscard]] log::Record record(log::Partition at, int64_t offset) const;
  [[nodiscard]] std::vector<log::Header> headers(int64_t offset) const;

 private:
  friend class BatchWriter;
  friend std::shared_ptr<const Batch> decode_batch(std::string bytes, int64_t last);

  static constexpr uint32_t kAbsent = UINT32_MAX;

  struct Entry {
    base::EventTime timestamp = 0;
    uint32_t key_at = 0;
    uint32_t key_size = kAbsent;
    uint32_t value_at = 0;
    uint32_t value_size = kAbsent;
    uint32_t headers_at = kAbsent;
  };

  int64_t first_ = 0;
  base::EventTime newest_ = base::kTimeBegin;
  std::string bytes_;
  std::vector<Entry> entries_;
};

// The batch whose last record has the offset `last`; null: not one.
[[nodiscard]] std::shared_ptr<const Batch> decode_batch(std::string bytes, int64_t last);

// Collects records of one partition into batches of about kBytes.
class BatchWriter {
 public:
  // A reader takes whole batches from the store: small enough for that, large enough to be few.
  static constexpr size_t kBytes = 256U << 10;

  explicit BatchWriter(int64_t next_offset) : next_(next_offset) {}

  // The offset the record will have.
  int64_t add(const RecordContent& record);
  [[nodiscard]] std::vector<std::shared_ptr<const Batch>> finish();

 private:
  void cut();

  int64_t next_;
  std::string body_;
  std::unique_ptr<Batch> open_;
  base::EventTime previous_ = 0;
  std::vector<std::shared_ptr<const Batch>> done_;
};

}  // namespace kaiku::local
