// PartitionReader: reads one partition from a position to the end it had when asked, committed
// records only: what restore does.
//
// Threads: confined to its user.
// Owns:    a client handle outside of the group, opened at the first read and kept.
// Cost:    as poll() of the log.
// Fails:   kRetry when an undecided transaction or a broker that is away holds it up for longer
//          than the limit; kStop for bytes that cannot be read or were deleted.
#pragma once

#include <memory>

#include "kaiku/kafka/kafka_log.h"
#include "kaiku/log/log.h"

#include "kafka/client.h"
#include "kafka/topic_index.h"

namespace kaiku::kafka {

class PartitionReader {
 public:
  PartitionReader(const KafkaOptions& options, const TopicIndex& topics);

  // Up to `end`, the end of the log, markers of transactions included.
  [[nodiscard]] base::Status read(log::Partition at,
                                  int64_t from,
                                  int64_t end,
                                  log::RecordSink& sink);

 private:
  [[nodiscard]] base::Status open();
  [[nodiscard]] base::Status follow(log::Partition at,
                                    int64_t from,
                                    int64_t end,
                                    log::RecordSink& sink);

  const KafkaOptions& options_;
  const TopicIndex& topics_;
  ClientHooks hooks_;
  ClientPtr client_;
};

}  // namespace kaiku::kafka
