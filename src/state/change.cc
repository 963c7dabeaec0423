#include "kaiku/state/change.h"

#include "kaiku/base/bytes.h"

#include "change_packer.h"

namespace kaiku::state {
namespace {

constexpr uint8_t kLayout = 1;
// Table, operation and the length of the key.
constexpr size_t kSmallestChange = 3;
// Two lengths of a value of any size, table and operation.
constexpr size_t kChangeFraming = 2 + 10 + 10;
constexpr size_t kRecordFraming = 1 + 10;

bool decode_change(base::ByteReader& reader, Change& change) {
  const uint8_t table = reader.u8();
  const uint8_t op = reader.u8();
  if (table == 0 || table > static_cast<uint8_t>(kLastTable) ||
      op > static_cast<uint8_t>(Change::Op::kDropBucket)) {
    return false;
  }
  change.table = static_cast<TableId>(table);
  change.op = static_cast<Change::Op>(op);
  change.key = reader.bytes();
  if (change.op != Change::Op::kDropBucket) {
    change.value = reader.bytes();
  }
  return !reader.failed();
}

}  // namespace

void ChangePacker::add(const Change& change) {
  const size_t each = kChangeFraming + change.key.size() + change.value.size();
  if (count_ > 0 && kRecordFraming + body_.size() + each > bytes_max_) {
    finish();
  }
  base::ByteWriter writer(body_);
  writer.u8(static_cast<uint8_t>(change.table));
  writer.u8(static_cast<uint8_t>(change.op));
  writer.bytes(change.key);
  if (change.op != Change::Op::kDropBucket) {
    writer.bytes(change.value);
  }
  ++count_;
}

void ChangePacker::finish() {
  if (count_ == 0) {
    return;
  }
  std::string& record = out_.emplace_back();
  record.reserve(kRecordFraming + body_.size());
  base::ByteWriter writer(record);
  writer.u8(kLayout);
  writer.varint(count_);
  writer.raw(body_);
  body_.clear();
  count_ = 0;
}

void encode_changes(std::span<const Change> changes,
                    size_t bytes_max,
                    std::vector<std::string>& out) {
  ChangePacker packer(bytes_max, out);
  for (const Change& change : changes) {
    packer.add(change);
  }
  packer.finish();
}

bool decode_changes(std::string_view record, std::vector<Change>& out) {
  base::ByteReader reader(record);
  const size_t before = out.size();
  const uint8_t layout = reader.u8();
  const uint64_t count = reader.count(kSmallestChange);
  bool good = layout == kLayout && !reader.failed();
  for (uint64_t i = 0; good && i < count; ++i) {
    good = decode_change(reader, out.emplace_back());
  }
  good = good && reader.at_end();
  if (!good) {
    out.resize(before);
  }
  return good;
}

}  // namespace kaiku::state
