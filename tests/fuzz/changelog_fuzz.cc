// Any bytes as a record of the changelog, and as a changelog of several records that a shard is
// restored from: refused with a status, or state that can be read.
#include "kaiku/shard/changelog.h"
#include "kaiku/shard/shard.h"
#include "kaiku/state/change.h"
#include "kaiku/state/memory_store.h"
#include "kaiku/state/tables.h"

#include "fuzz/target.h"

namespace kaiku::fuzz {
namespace {

using state::Change;
using state::TableId;

void try_changes(std::string_view bytes) {
  std::vector<Change> changes;
  if (!state::decode_changes(bytes, changes)) {
    return;
  }
  std::vector<std::string> records;
  state::encode_changes(changes, 1U << 20, records);
  std::vector<Change> again;
  for (const std::string& record : records) {
    require(state::decode_changes(record, again));
  }
  require(again.size() == changes.size());
  for (size_t i = 0; i < changes.size(); ++i) {
    require(again[i].table == changes[i].table && again[i].key == changes[i].key);
  }
}

void try_record(std::string_view bytes) {
  shard::ChangelogRecord record;
  if (shard::parse_changelog_record(bytes, record) && !record.is_header) {
    try_changes(record.payload);
  }
}

// Records one after the other, each behind its length.
void try_restore(std::string_view bytes) {
  state::MemoryStore store;
  auto tables = state::open_tables(store, "fuzz", 4U << 10);
  require(tables.has_value());
  shard::ChangelogReader reader(*tables.value());
  base::ByteReader in(bytes);
  log::Record record;
  record.has_value = true;
  while (!in.at_end()) {
    const std::string value = closed(in.bytes());
    record.value = value;
    if (in.failed() || !reader.on_record(record)) {
      break;
    }
    ++record.offset;
  }
  for (const TableId table : {TableId::kMeta, TableId::kDedup, TableId::kCells}) {
    size_t seen = 0;
    const base::Status status = tables.value()->scan(
        table, [&](std::string_view /*key*/, std::string_view /*value*/) { ++seen; });
    require(status.is_ok());
  }
}

std::vector<std::string> sample_records(uint64_t epoch) {
  const std::vector<Change> changes = {
      {TableId::kCells, Change::Op::kPut, "key", "value"},
      {TableId::kDedup, Change::Op::kPut, std::string(8, '\x01'), std::string(40, 'v')},
      {TableId::kCells, Change::Op::kPut, "key", ""},
      {TableId::kCells, Change::Op::kDropBucket, "ke", ""}};
  std::vector<std::string> parts;
  state::encode_changes(changes, 32, parts);
  return shard::changelog_records(epoch, parts);
}

}  // namespace

std::vector<std::string> seeds() {
  std::vector<std::string> all;
  std::string log;
  base::ByteWriter out(log);
  for (uint64_t epoch = 1; epoch <= 2; ++epoch) {
    for (const std::string& record : sample_records(epoch)) {
      all.push_back(chosen(0, without_checksum(record)));
      out.bytes(without_checksum(record));
    }
  }
  all.push_back(chosen(1, log));
  all.push_back(chosen(2, shard::epoch_metadata(12, 0xfedcba)));
  return all;
}

}  // namespace kaiku::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view bytes = kaiku::fuzz::view_of(data + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      kaiku::fuzz::try_record(bytes);
      kaiku::fuzz::try_record(kaiku::fuzz::closed(bytes));
      kaiku::fuzz::try_changes(bytes);
      break;
    case 1:
      kaiku::fuzz::try_restore(bytes);
      break;
    default:
      if (const auto epoch = kaiku::shard::epoch_of_metadata(bytes)) {
        const std::string again = kaiku::shard::epoch_metadata(*epoch, 0);
        kaiku::fuzz::require(kaiku::shard::epoch_of_metadata(again) == epoch);
      }
  }
  return 0;
}
