// SimLog: the log port of one simulated worker over a SimBroker.
//
// Threads: one.
// Owns:    its reading set and the bytes of the last batch. Destroying it without close() is a
// crash: its
//          membership stays until the session expires or its id comes back, its open transaction
//          takes the course the seed gives it.
// Cost:    copies what it delivers, so that a view kept past the next poll() is found by a
// sanitizer. Fails:   as the port; a process that is dead (see SimProcess) gets kStop from every
// call.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "kaiku/log/log.h"

#include "sim/sim_broker.h"
#include "sim/sim_process.h"

namespace kaiku::sim {

class SimLog final : public log::Log {
 public:
  // `subscription` empty: all source and exchange topics. A second log of one instance fences the
  // first.
  SimLog(SimBroker& broker,
         SimProcess& process,
         std::string instance,
         std::vector<log::TopicId> subscription = {});
  ~SimLog() override;

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
  struct Reader {
    log::Partition at;
    int64_t next = 0;
    log::Ends told;  // ends at the last End; high -1: none yet
  };

  struct Unresolved {
    uint64_t ticket = 0;
    uint64_t term = 0;
  };

  // Not ok: dead, closed, fenced, or out of luck.
  [[nodiscard]] base::Status call(log::Partition at, const char* what);
  // The answer of the transaction under way; `must`: before something happens to the membership.
  void take_answer(std::vector<log::Event>& events, bool must);
  // Joins, revokes, assigns. False if nothing is to be read now.
  bool follow_group(std::vector<log::Event>& events);
  void give_up(std::vector<log::Event>& events);
  [[nodiscard]] base::Status take_records(std::vector<log::Event>& events, size_t most);
  void take_ends(std::vector<log::Event>& events);
  [[nodiscard]] log::Record copy_of(log::Partition at, int64_t offset);

  SimBroker& broker_;
  SimProcess& process_;
  const std::string instance_;
  std::vector<log::TopicId> subscription_;
  uint64_t incarnation_ = 0;
  bool closed_ = false;
  bool entered_ = false;
  bool had_assignment_ = false;
  std::vector<Reader> reading_;
  std::deque<std::string> batch_;
  std::optional<uint64_t> under_way_;     // submitted, not answered
  std::optional<Unresolved> unresolved_;  // answered unknown, not resolved
};

}  // namespace kaiku::sim
