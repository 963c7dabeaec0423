// EndWatch: asks, on a thread and a read_uncommitted handle of its own, whether the log goes on
// behind the place where a read_committed reader stands: an end of partition on the reader's handle
// is only the last *stable* offset.
//
// Threads: the public members from one thread; the asking thread is private.
// Owns:    a client handle without a group, one thread.
// Cost:    one ListOffsets request per broker and question round, at most four rounds a second.
// Fails:   a round that fails is repeated; nothing is reported meanwhile.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "kaiku/log/log.h"

#include "kafka/client.h"
#include "kafka/topic_index.h"

namespace kaiku::kafka {

class EndWatch {
 public:
  static base::Result<std::unique_ptr<EndWatch>> open(const Properties& common,
                                                      const Properties& consumer,
                                                      const TopicIndex& topics,
                                                      uint32_t worker,
                                                      std::shared_ptr<Stats> stats);
  EndWatch(const EndWatch&) = delete;
  EndWatch& operator=(const EndWatch&) = delete;
  ~EndWatch();

  // The reader stands at `offset`; asked again and again until it moves, since a transaction may
  // begin or end behind it.
  void watch(log::Partition at, int64_t offset);
  void moved(log::Partition at);
  void forget_all();

  // Partitions whose answer came or changed since the last call.
  [[nodiscard]] std::vector<log::End> take();
  // An answer is awaited or not taken yet.
  [[nodiscard]] bool busy() const;

  [[nodiscard]] rd_kafka_t* handle() const { return client_.get(); }

 private:
  struct Watched {
    int64_t offset = 0;
    std::optional<bool> at_log_end;
    bool changed = false;
  };

  EndWatch(const TopicIndex& topics, uint32_t worker, std::shared_ptr<Stats> stats);
  void run();
  [[nodiscard]] ListPtr question() const;
  void look_again_at(const rd_kafka_topic_partition_list_t& question) const;
  void note(const rd_kafka_topic_partition_list_t& answer);

  const TopicIndex& topics_;
  ClientHooks hooks_;
  ClientPtr client_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::map<log::Partition, Watched> watched_;
  bool fresh_ = false;  // a partition was added that was never asked about
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace kaiku::kafka
