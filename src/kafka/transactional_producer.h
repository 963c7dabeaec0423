// TransactionalProducer: one transaction at a time, from begin to a verdict; and a new producer of
// the same identity when the old one cannot be trusted any more.
//
// Threads: confined to the worker; init_transactions runs on a thread of its own, so that it goes
//          on beside the consumer's joining.
// Owns:    a client handle, the topics it writes to.
// Cost:    commit() blocks for begin, produce, flush, offsets and end: about 3 to 30 ms.
// Fails:   commit() never answers kCommitted or kNotCommitted unless that is certain.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "kaiku/kafka/kafka_log.h"
#include "kaiku/log/log.h"

#include "kafka/client.h"
#include "kafka/deadline.h"
#include "kafka/topic_index.h"

namespace kaiku::kafka {

struct CommitOutcome {
  log::CommitResult result = log::CommitResult::kUnknown;
  std::vector<int64_t> first_offsets = {};
  base::Status reason = {};  // why it was not committed; kStop when trying again cannot help
};

class TransactionalProducer final : private ClientHooks {
 public:
  static base::Result<std::unique_ptr<TransactionalProducer>> open(const KafkaOptions& options,
                                                                   const TopicIndex& topics);
  ~TransactionalProducer() override;

  // Waits until the identity is ours alone.
  [[nodiscard]] base::Status wait_ready(const Deadline& deadline);
  // A failure of the background work that no waiting will heal, once.
  [[nodiscard]] std::optional<base::Status> take_failure();
  [[nodiscard]] CommitOutcome commit(const log::Transaction& transaction,
                                     const rd_kafka_consumer_group_metadata_t& membership);
  // Throws the producer away and starts a new one of the same identity: everything the old one left
  // open is aborted, everything of it that is still under way is refused.
  [[nodiscard]] base::Status rebuild();
  void serve();

  using ClientHooks::last_complaint;

 private:
  enum class Step : unsigned char { kBegin, kOffsets, kCommit, kAbort };

  // What one transaction knows while it is open.
  struct Attempt {
    explicit Attempt(int64_t budget_ms) : deadline(budget_ms) {}

    Deadline deadline;
    std::vector<int64_t> first_offsets;
    size_t pending = 0;
    rd_kafka_resp_err_t delivery_error = RD_KAFKA_RESP_ERR_NO_ERROR;
  };

  TransactionalProducer(const KafkaOptions& options, const TopicIndex& topics);
  void on_delivery(const rd_kafka_message_t& message) override;

  [[nodiscard]] base::Status connect();
  void disconnect();
  void initialise();
  void warm_up();
  [[nodiscard]] bool stop_requested();

  [[nodiscard]] base::Status produce_all(const log::Transaction& transaction, Attempt& attempt);
  [[nodiscard]] base::Status produce(const log::Append& append, size_t index, Attempt& attempt);
  [[nodiscard]] base::Status flush(Attempt& attempt);
  [[nodiscard]] CommitOutcome give_up(Attempt& attempt, base::Status reason);
  [[nodiscard]] CommitOutcome verdict(Attempt& attempt, ErrorPtr error, Step step);
  [[nodiscard]] base::Result<int32_t> partition_for(const log::Append& append,
                                                    const Deadline& deadline);
  [[nodiscard]] rd_kafka_topic_t* topic(log::TopicId id);

  const KafkaOptions& options_;
  const TopicIndex& topics_;
  int64_t socket_timeout_ms_ = 10'000;
  int64_t transaction_timeout_ms_ = 10'000;
  bool stale_ = false;  // to be thrown away before the next transaction
  Deadline age_{0};     // of the client
  // Another process has our identity. Taking it back would only start a fight.
  std::optional<base::Status> fenced_;
  Attempt* attempt_ = nullptr;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool ready_ = false;
  bool stopping_ = false;
  std::optional<base::Status> broken_;
  bool broken_reported_ = false;
  std::thread initialiser_;

  ClientPtr client_;
  std::vector<TopicPtr> handles_;    // by TopicId; opened when first written to
  std::vector<int32_t> partitions_;  // by TopicId; 0: not asked yet
};

}  // namespace kaiku::kafka
