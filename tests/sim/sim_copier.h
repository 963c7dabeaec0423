// SimCopier: the smallest correct client of the log port: it copies a source to an output, numbers
// what it copies per source partition, and keeps the count in a changelog. It tests the simulated
// log: a correct client must come through every schedule, and each of its known mistakes must be
// found.
//
// Threads: one.
// Owns:    its log and the epoch under way.
// Cost:    none to speak of.
// Fails:   by stopping; a stopped client never moves again.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/sim_log.h"

namespace kaiku::sim {

inline constexpr log::TopicId kSourceTopic = 0;
inline constexpr log::TopicId kOutputTopic = 1;
inline constexpr log::TopicId kChangelogTopic = 2;

enum class Mistake : uint8_t {
  kNone,
  kUnknownIsCommitted,     // takes a lost answer for a yes
  kUnknownIsNotCommitted,  // ... and for a no, without fencing
  kKeepsLostShards,        // goes on with what it had under the term before
  kForgetsToUndo,          // goes on after a transaction that was not committed
  kIgnoresChangelog,       // starts counting anew
  kTrustsItsMemory,        // reads from where it once was, not from where the group is
  kNoOffsets,              // commits nothing but records
};

class SimCopier {
 public:
  SimCopier(SimBroker& broker, SimProcess& process, const std::string& instance, Mistake mistake);

  void turn();

  void leave() { log_->close(); }

 private:
  // One source partition.
  struct Shard {
    int64_t next = 0;
    int64_t count = 0;
  };

  [[nodiscard]] bool can_submit() const;
  void on(const log::Event& event);
  void on_records(const log::Records& records);
  void on_answer(log::CommitResult result);
  void try_restore();
  [[nodiscard]] bool restore(log::Partition at, Shard& shard);
  void resolve();
  void submit();
  void drop();

  std::unique_ptr<SimLog> log_;
  Mistake mistake_;
  bool stopped_ = false;
  uint64_t term_ = 0;
  std::vector<log::Partition> assignment_;
  bool has_to_restore_ = false;
  bool has_to_resolve_ = false;
  std::map<log::Partition, Shard> shards_;
  std::map<log::Partition, int64_t> known_;  // of a client that does not ask again
  std::vector<log::Append> open_;
  std::optional<log::Ticket> ticket_;
  log::OffsetCommit probe_;
  int turns_since_commit_ = 0;
};

}  // namespace kaiku::sim
