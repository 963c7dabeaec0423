// GroupConsumer: the member of the consumer group: what it is assigned, where it reads, and the
// term in which commits are allowed.
//
// Threads: confined to the worker; the client library calls back on it, inside poll().
// Owns:    a client handle, the messages of the last poll().
// Cost:    one call per record (the batch calls of this library version lose messages when a
//          rebalance comes), one comparison to find the partition.
// Fails:   by events.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kaiku/kafka/kafka_log.h"
#include "kaiku/log/log.h"

#include "kafka/client.h"
#include "kafka/deadline.h"
#include "kafka/end_watch.h"
#include "kafka/fence_judge.h"
#include "kafka/topic_index.h"

namespace kaiku::kafka {

class GroupConsumer final : private ClientHooks {
 public:
  static base::Result<std::unique_ptr<GroupConsumer>> open(const KafkaOptions& options,
                                                           const TopicIndex& topics,
                                                           EndWatch& ends);
  ~GroupConsumer() override;

  [[nodiscard]] base::Status subscribe(const std::vector<log::TopicId>& topics);
  void poll(const log::PollBudget& budget, std::vector<log::Event>& events);
  [[nodiscard]] base::Status start(const std::vector<log::Position>& positions);
  void close(int64_t timeout_ms);

  // The group's view of this member in `term`; nothing when that term is over or was never valid.
  [[nodiscard]] const rd_kafka_consumer_group_metadata_t* membership(uint64_t term) const;

  // The group said that this term is over, before the client library noticed.
  void expire(uint64_t term);

  [[nodiscard]] rd_kafka_t* handle() const { return client_.get(); }

  using ClientHooks::last_complaint;

 private:
  struct Slot {
    log::Partition at;
    int64_t expected = 0;
    bool at_end = false;
    bool stopped = false;  // unreadable bytes: nothing after them is delivered
  };

  // Where a message belongs, remembered for the next one: they come in runs.
  struct Route {
    const rd_kafka_topic_t* topic = nullptr;
    int32_t number = -1;
    Slot* slot = nullptr;
  };

  // The client says that a topic is missing. It is believed when the broker says so too, later.
  struct Doubt {
    std::string topic;
    int32_t number = 0;
    base::Status status;
    Deadline until;
  };

  enum class Pending : unsigned char { kNothing, kAssigned, kRevoking, kLost };

  GroupConsumer(const KafkaOptions& options, const TopicIndex& topics, EndWatch& ends);
  void on_rebalance(rd_kafka_t* client,
                    rd_kafka_resp_err_t code,
                    rd_kafka_topic_partition_list_t* partitions) override;
  void on_fatal(rd_kafka_resp_err_t code, std::string_view text) override;

  [[nodiscard]] base::Status connect();
  // Throws the fenced handle away and joins with a new one.
  [[nodiscard]] base::Status rejoin();
  void note_disconnects();
  void adopt(rd_kafka_t* client, const rd_kafka_topic_partition_list_t& partitions);
  void end_term();
  void give_back();
  [[nodiscard]] Slot* slot_of(const rd_kafka_message_t& message);
  // False: this poll is over.
  bool take(MessagePtr message, std::vector<log::Event>& events);
  void take_record(MessagePtr message, Slot& slot);
  void settle_doubt(std::vector<log::Event>& events);
  void report_records(std::vector<log::Event>& events);
  void report_ends(std::vector<log::Event>& events);
  void report_pending(std::vector<log::Event>& events);
  [[nodiscard]] int wait_ms(const Deadline& deadline, bool something) const;

  const KafkaOptions options_;
  const TopicIndex& topics_;
  EndWatch& ends_;
  std::vector<log::TopicId> subscription_;
  FenceJudge fences_;
  uint64_t disconnects_seen_ = 0;
  bool fenced_by_ghost_ = false;
  // Expected back within its session: it does not leave the group, it just goes.
  const bool static_member_;
  bool in_group_ = false;
  bool closed_ = false;

  uint64_t term_ = 0;
  bool in_term_ = false;
  bool revoking_ = false;  // told the worker; the partitions go back at the next poll
  Pending pending_ = Pending::kNothing;
  std::vector<log::Partition> assigned_;
  GroupMetadataPtr membership_;
  std::optional<base::Status> fatal_;
  std::optional<Doubt> doubt_;

  std::vector<Slot> slots_;
  Route route_;
  std::vector<MessagePtr> messages_;
  std::vector<log::Record> records_;

  // Last: the handle dies before anything its callbacks use.
  ClientPtr client_;
};

// The generation in what the client library knows of its membership; below 0: not a member. A
// broker accepts offsets of "no generation" from anyone, so the program has to refuse them.
[[nodiscard]] int32_t generation_of(const rd_kafka_consumer_group_metadata_t* membership);

}  // namespace kaiku::kafka
