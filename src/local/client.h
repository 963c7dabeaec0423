// Client: one worker's view of the embedded log.
//
// Threads: confined to its worker; what it shares with others is behind the core's mutex.
// Owns:    its place in the group and the batches its last events look into.
// Cost:    a poll hands out batches; each record is 80 bytes of views.
// Fails:   see log.h.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "kaiku/log/log.h"

#include "core.h"

namespace kaiku::local {

class Client final : public log::Log {
 public:
  // `topics` in the order of the plan's table. No member: a tool that reads.
  Client(Broker::Core& core, std::vector<TopicLog*> topics, std::optional<MemberId> member)
      : core_(core), topics_(std::move(topics)), member_(member) {}

  ~Client() override { close(); }

  std::vector<log::Event> poll(const log::PollBudget& budget) override;
  [[nodiscard]] base::Status start(const std::vector<log::Position>& positions) override;
  log::Ticket submit(log::Transaction transaction) override;
  [[nodiscard]] base::Result<log::CommitResult> resolve(log::Ticket ticket,
                                                        const log::OffsetCommit& probe) override;
  [[nodiscard]] base::Result<log::Committed> committed(log::Partition at) override;
  [[nodiscard]] base::Result<log::Ends> ends(log::Partition at, log::Isolation isolation) override;
  [[nodiscard]] base::Status read(log::Partition at, int64_t from, log::RecordSink& sink) override;
  [[nodiscard]] base::Result<int32_t> partition_count(log::TopicId topic) override;
  void close() override;

 private:
  struct Reading {
    log::Partition at;
    PartitionLog* log = nullptr;
    int64_t next = 0;
    bool told_end = false;
    std::deque<BatchPointer> ahead;  // the first one holds `next`
  };

  struct Slice {
    log::Partition at;
    BatchPointer batch;
    int64_t begin = 0;
    int64_t end = 0;
  };

  // All with the core's mutex held.
  [[nodiscard]] bool has_events() const;
  bool take_membership(std::vector<log::Event>& events);
  // False: the partition cannot be read on.
  bool collect(Reading& reading, size_t records, std::vector<log::Event>& failures);
  [[nodiscard]] base::Status fetch(Reading& reading);
  [[nodiscard]] PartitionLog* find(log::Partition at) const;
  [[nodiscard]] log::CommitResult execute(const log::Transaction& transaction,
                                          std::vector<int64_t>& offsets);

  [[nodiscard]] base::Status check(const log::Transaction& transaction) const;
  [[nodiscard]] base::Status unknown(log::Partition at) const;

  Broker::Core& core_;
  std::vector<TopicLog*> topics_;
  std::optional<MemberId> member_;
  std::vector<Reading> readings_;
  size_t first_reading_ = 0;  // another one begins every poll
  std::vector<log::Event> answers_;
  std::vector<Slice> slices_;  // what the last events look into
  log::Ticket last_ticket_ = 0;
};

}  // namespace kaiku::local
