#include "kaiku/shard/commit_cycle.h"

namespace kaiku::shard {

CommitCycle::Action CommitCycle::to(State state, Action action) {
  state_ = state;
  if (state == State::kRevoked) {
    revoking_ = false;
  }
  return action;
}

CommitCycle::Action CommitCycle::on(Event event) {
  if (event == Event::kLost) {
    return state_ == State::kRevoked ? Action::kNone : to(State::kRevoked, Action::kDrop);
  }
  switch (state_) {
    case State::kRevoked:
      if (event == Event::kAssigned) {
        return to(State::kRunning, Action::kRestore);
      }
      return event == Event::kRevokingClean || event == Event::kRevokingDirty ? Action::kNone
                                                                              : Action::kBug;
    case State::kRunning:
      return running(event);
    case State::kApplying:
      if (event == Event::kApplied) {
        return revoking_ ? to(State::kRevoked, Action::kRelease)
                         : to(State::kRunning, Action::kNone);
      }
      return Action::kBug;
    case State::kSubmitted:
    case State::kResolving:
      return waiting(event);
  }
  return Action::kBug;
}

CommitCycle::Action CommitCycle::running(Event event) {
  switch (event) {
    case Event::kCommitDue:
      return to(State::kSubmitted, Action::kSubmit);
    case Event::kRevokingClean:
      return to(State::kRevoked, Action::kRelease);
    case Event::kRevokingDirty:
      revoking_ = true;
      return to(State::kSubmitted, Action::kSubmit);
    case Event::kAssigned:
      // A new assignment without a revocation: what is open belongs to an old term.
      return Action::kRestore;
    default:
      return Action::kBug;
  }
}

CommitCycle::Action CommitCycle::waiting(Event event) {
  switch (event) {
    case Event::kRevokingClean:
    case Event::kRevokingDirty:
      revoking_ = true;
      return Action::kNone;
    case Event::kAnsweredCommitted:
    case Event::kResolvedCommitted:
      return to(State::kApplying, Action::kApply);
    case Event::kAnsweredNotCommitted:
    case Event::kResolvedNotCommitted:
      return revoking_ ? to(State::kRevoked, Action::kDrop) : to(State::kRunning, Action::kReload);
    case Event::kAnsweredFenced:
    case Event::kResolvedFenced:
      return to(State::kRevoked, Action::kDrop);
    case Event::kAssigned:
      // The commit belongs to a term that is over. What became of it is in the committed offsets,
      // which the log gives only when they are decided.
      revoking_ = false;
      return to(State::kRunning, Action::kRestore);
    case Event::kAnsweredUnknown:
    case Event::kResolveAgain:
      return to(State::kResolving, Action::kResolve);
    default:
      return Action::kBug;
  }
}

std::string_view name_of(CommitCycle::State state) {
  switch (state) {
    case CommitCycle::State::kRevoked:
      return "revoked";
    case CommitCycle::State::kRunning:
      return "running";
    case CommitCycle::State::kSubmitted:
      return "submitted";
    case CommitCycle::State::kResolving:
      return "resolving";
    case CommitCycle::State::kApplying:
      return "applying";
  }
  return "unknown";
}

}  // namespace kaiku::shard
