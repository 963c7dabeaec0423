// Any bytes as a batch of the embedded log, and as the rows of a store it is opened on: refused
// with a status, or records that can be read.
#include <limits>

#include "kaiku/base/clock.h"
#include "kaiku/local/broker.h"
#include "kaiku/state/memory_store.h"

#include "fuzz/rows.h"
#include "fuzz/target.h"
#include "local/batch.h"
#include "local/store_layout.h"

namespace kaiku::fuzz {
namespace {

constexpr log::Partition kAt{0, 0};

class Reader final : public log::RecordSink {
 public:
  bool on_record(const log::Record& record) override {
    bytes += record.key.size() + record.value.size();
    return ++records < 10'000;
  }

  size_t records = 0;
  size_t bytes = 0;
};

void try_batch(std::string_view bytes) {
  for (const int64_t last : {int64_t{0}, int64_t{1'000}, std::numeric_limits<int64_t>::max()}) {
    const auto batch = local::decode_batch(std::string(bytes), last);
    if (batch == nullptr) {
      continue;
    }
    require(batch->last() == last && batch->size() > 0);
    size_t size = 0;
    for (int64_t offset = batch->first(); size < batch->size(); ++offset, ++size) {
      const log::Record record = batch->record(kAt, offset);
      require(record.key.size() + record.value.size() <= bytes.size());
      require(batch->headers(offset).size() <= bytes.size());
      if (offset == last) {
        break;
      }
    }
  }
}

void try_rows(std::string_view bytes) {
  uint16_t topic = 0;
  uint32_t partition = 0;
  int64_t offset = 0;
  static_cast<void>(local::decode_partition_key(bytes, topic, partition));
  static_cast<void>(local::decode_record_key(bytes, offset));
  local::StoredTopic stored;
  if (local::decode_topic(bytes, stored)) {
    require(local::encode_topic(stored) == bytes);
  }
  local::StoredEnds ends;
  if (local::decode_ends(bytes, ends)) {
    require(local::encode_ends(ends) == bytes);
  }
  log::Committed committed;
  if (local::decode_offsets(bytes, committed)) {
    log::Committed copy;
    require(local::decode_offsets(local::encode_offsets(committed), copy) &&
            copy.metadata == committed.metadata);
  }
  uint64_t term = 0;
  if (local::decode_term(bytes, term)) {
    require(local::encode_term(term) == bytes);
  }
}

// Rows of a store, key and value each behind its length; then what a program does with it.
void try_store(std::string_view bytes) {
  state::MemoryStore store;
  write_rows(bytes, store);
  const base::ManualClock clock(1'700'000'000'000'000);
  auto broker = local::Broker::open(store, clock);
  if (!broker.has_value()) {
    require(!broker.error().message().empty());
    return;
  }
  local::TopicOptions options;
  options.retention_us = base::kHour;
  static_cast<void>(broker.value()->ensure_topic("in", options));
  static_cast<void>(broker.value()->retain());
  local::NewRecord record;
  record.value = "one more";
  static_cast<void>(broker.value()->append("in", record));
  log::TopicTable topics;
  topics.add({"in", log::TopicRole::kSource, 0, {}});
  auto client = broker.value()->connect(topics, {false});
  if (client.has_value()) {
    Reader reader;
    static_cast<void>(client.value()->read(kAt, 0, reader));
    static_cast<void>(client.value()->ends(kAt, log::Isolation::kCommitted));
  }
}

std::string sample_batch() {
  const std::vector<log::Header> headers = {{"ce_id", "7"}, {"", ""}};
  local::BatchWriter writer(0);
  writer.add({"key", "value", 1'000, {}});
  writer.add({std::nullopt, "", -5, {}});
  writer.add({"", std::nullopt, base::kTimeEnd, headers});
  return std::string(without_checksum(writer.finish().at(0)->bytes()));
}

std::string sample_store() {
  state::MemoryStore store;
  const base::ManualClock clock(1'700'000'000'000'000);
  auto broker = local::Broker::open(store, clock);
  require(broker.has_value() && broker.value()->ensure_topic("in", {}).is_ok());
  local::NewRecord record;
  record.key = "k";
  record.value = "v";
  require(broker.value()->append("in", record).is_ok());
  require(broker.value()->append("in", record).is_ok());
  require(broker.value()->trim("in", 0, 1).is_ok());
  return rows_of(store);
}

}  // namespace

std::vector<std::string> seeds() {
  return {chosen(0, sample_batch()),
          chosen(1, local::record_key(1, 2, 3)),
          chosen(1, local::encode_topic({1, 4})),
          chosen(1, local::encode_ends({1, 2, 3})),
          chosen(1, local::encode_offsets({7, "1;e=2;f=3"})),
          chosen(1, local::encode_term(9)),
          chosen(2, sample_store())};
}

}  // namespace kaiku::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view bytes = kaiku::fuzz::view_of(data + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      kaiku::fuzz::try_batch(bytes);
      kaiku::fuzz::try_batch(kaiku::fuzz::closed(bytes));
      break;
    case 1:
      kaiku::fuzz::try_rows(bytes);
      break;
    default:
      kaiku::fuzz::try_store(bytes);
  }
  return 0;
}
