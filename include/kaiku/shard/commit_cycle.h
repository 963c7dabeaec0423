// CommitCycle: the order of the steps of a commit and what each answer means, as a pure state
// machine. The worker does what it says; tests enumerate it.
//
//             commit due                answer: committed             applied
//   kRunning ------------> kSubmitted ----------------> kApplying ------------> kRunning
//      ^                     |    | unknown                ^                      | (revoke
//      pending) |      not committed  |    +--------> kResolving ---+ committed            v
//      +---- reload ---------+                  | not committed: reload        kRevoked
//                            fenced: drop ------+--> kRevoked <--- lost (from any state)
//   kRevoked --- assigned: restore ---> kRunning
//
// Threads: a value.
// Owns:    its state.
// Cost:    a table look-up.
// Fails:   an event that cannot happen in a state is kBug: the caller stops.
#pragma once

#include <cstdint>
#include <string_view>

namespace kaiku::shard {

class CommitCycle {
 public:
  enum class State : uint8_t { kRevoked, kRunning, kSubmitted, kResolving, kApplying };

  enum class Event : uint8_t {
    kAssigned,
    kCommitDue,
    kAnsweredCommitted,
    kAnsweredNotCommitted,
    kAnsweredUnknown,
    kAnsweredFenced,
    kResolvedCommitted,
    kResolvedNotCommitted,
    kResolvedFenced,
    kResolveAgain,
    kApplied,
    kRevokingClean,  // nothing uncommitted
    kRevokingDirty,  // an open epoch
    kLost,
  };

  enum class Action : uint8_t {
    kNone,
    kRestore,  // open, restore and start the assigned shards
    kSubmit,   // seal and submit one transaction
    kResolve,  // ask the log what became of it
    kApply,    // make the sealed epochs durable locally
    kReload,   // drop memory, load the committed state again, read from the committed offsets
    kRelease,  // everything is committed: let the shards go
    kDrop,     // drop the shards and what they had open
    kBug,
  };

  [[nodiscard]] Action on(Event event);

  [[nodiscard]] State state() const { return state_; }

  // A commit is under way that was asked for by a revocation.
  [[nodiscard]] bool is_revoking() const { return revoking_; }

 private:
  Action running(Event event);
  Action waiting(Event event);
  Action to(State state, Action action);

  State state_ = State::kRevoked;
  bool revoking_ = false;
};

[[nodiscard]] std::string_view name_of(CommitCycle::State state);

}  // namespace kaiku::shard
