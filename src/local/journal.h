// Journal: the topics of the embedded log and their records, over a store or in memory only.
//
// Threads: confined to the broker's mutex.
// Owns:    topics and partitions; pointers to them stay good.
// Cost:    write() is one store write; reads of the newest batches touch memory only.
// Fails:   see broker.h. A full disk (kDiskFull) leaves it as it was; after any other failed write
//          every later one answers the same status.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kaiku/base/flat_map.h"
#include "kaiku/base/status.h"
#include "kaiku/local/broker.h"
#include "kaiku/state/store.h"

#include "batch.h"
#include "partition_log.h"
#include "store_layout.h"

namespace kaiku::local {

struct TopicLog {
  std::string name;
  uint16_t id = 0;
  TopicOptions options;
  std::vector<PartitionLog> partitions;

  [[nodiscard]] PartitionLog* partition(int32_t number) {
    return number >= 0 && static_cast<size_t>(number) < partitions.size()
               ? &partitions[static_cast<size_t>(number)]
               : nullptr;
  }
};

// Records and offsets that become visible together.
class JournalWrite {
 public:
  // The offset the record will have.
  int64_t add(PartitionLog& to, const RecordContent& record);

  void commit(TopicLog& topic, PartitionLog& at, log::Committed committed) {
    offsets_.push_back({&topic, &at, std::move(committed)});
  }

 private:
  friend class Journal;

  struct Part {
    PartitionLog* log;
    BatchWriter writer;
    std::vector<BatchPointer> batches;
  };

  struct Offset {
    TopicLog* topic;
    PartitionLog* log;
    log::Committed committed;
  };

  std::vector<Part> parts_;
  base::FlatMap<PartitionLog*, size_t> part_of_;
  std::vector<Offset> offsets_;
};

class Journal {
 public:
  // `store` may be null: nothing is durable, everything is kept until it is trimmed.
  Journal(state::Store* store, const BrokerOptions& options) : store_(store), options_(options) {}

  [[nodiscard]] base::Status open();
  [[nodiscard]] base::Status ensure_topic(std::string_view name, const TopicOptions& options);
  [[nodiscard]] TopicLog* find(std::string_view name);

  [[nodiscard]] std::deque<TopicLog>& topics() { return topics_; }

  // `term`: kept with it, the store then never gives out a smaller one.
  [[nodiscard]] base::Status write(JournalWrite& write, uint64_t term);
  // Batches from the one that holds `from` on, of about `bytes`; low <= from < high.
  [[nodiscard]] base::Status read(const PartitionLog& log,
                                  int64_t from,
                                  size_t bytes,
                                  std::vector<BatchPointer>& out) const;
  [[nodiscard]] base::Status trim(PartitionLog& log, int64_t below);
  [[nodiscard]] base::Status retain(TopicLog& topic, int64_t now_us);

  [[nodiscard]] uint64_t last_term() const { return term_; }

  // Why nothing can be written any more, or ok.
  [[nodiscard]] const base::Status& broken() const { return broken_; }

 private:
  [[nodiscard]] base::Status check_store() const;
  [[nodiscard]] base::Status load_topics();
  [[nodiscard]] base::Status load_partitions();
  void add_topic(std::string name, uint16_t id, const TopicOptions& options);
  [[nodiscard]] PartitionLog* partition_of(std::string_view key);
  void append_to(state::WriteBatch& batch, const JournalWrite::Part& part) const;
  [[nodiscard]] base::Status write_store(const state::WriteBatch& batch);
  [[nodiscard]] base::Status reclaim(PartitionLog& log);
  [[nodiscard]] base::Result<int64_t> expired_below(const TopicLog& topic,
                                                    const PartitionLog& log,
                                                    int64_t now_us) const;

  state::Store* store_;
  BrokerOptions options_;
  std::deque<TopicLog> topics_;
  base::FlatMap<std::string, TopicLog*> by_name_;
  size_t partitions_ = 0;
  size_t keep_bytes_ = PartitionLog::kKeepAll;  // of each partition in memory
  uint64_t term_ = 0;
  base::Status broken_;
};

}  // namespace kaiku::local
