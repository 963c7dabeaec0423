#include "kaiku/shard/commit_cycle.h"

#include <array>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace kaiku::shard {
namespace {

using Cycle = CommitCycle;
using Event = Cycle::Event;
using Action = Cycle::Action;
using State = Cycle::State;

constexpr std::array kEvents = {Event::kAssigned,
                                Event::kCommitDue,
                                Event::kAnsweredCommitted,
                                Event::kAnsweredNotCommitted,
                                Event::kAnsweredUnknown,
                                Event::kAnsweredFenced,
                                Event::kResolvedCommitted,
                                Event::kResolvedNotCommitted,
                                Event::kResolvedFenced,
                                Event::kResolveAgain,
                                Event::kApplied,
                                Event::kRevokingClean,
                                Event::kRevokingDirty,
                                Event::kLost};

// Every reachable (state, revoking) with every event, found by search from the start.
struct Edge {
  State from;
  bool revoking;
  Event event;
  Action action;
  State to;
};

std::vector<Edge> enumerate() {
  std::vector<Edge> edges;
  std::map<std::pair<State, bool>, Cycle> known;
  std::vector<Cycle> open{Cycle()};
  while (!open.empty()) {
    const Cycle cycle = open.back();
    open.pop_back();
    if (!known.emplace(std::make_pair(cycle.state(), cycle.is_revoking()), cycle).second) {
      continue;
    }
    for (const Event event : kEvents) {
      Cycle next = cycle;
      const Action action = next.on(event);
      edges.push_back({cycle.state(), cycle.is_revoking(), event, action, next.state()});
      if (action != Action::kBug) {
        open.push_back(next);
      }
    }
  }
  return edges;
}

TEST(CommitCycle, ReachesEveryStateAndNothingElse) {
  std::set<std::pair<State, bool>> states;
  for (const Edge& edge : enumerate()) {
    states.emplace(edge.from, edge.revoking);
  }
  const std::set<std::pair<State, bool>> expected = {{State::kRevoked, false},
                                                     {State::kRunning, false},
                                                     {State::kSubmitted, false},
                                                     {State::kSubmitted, true},
                                                     {State::kResolving, false},
                                                     {State::kResolving, true},
                                                     {State::kApplying, false},
                                                     {State::kApplying, true}};
  EXPECT_EQ(states, expected);
}

TEST(CommitCycle, AppliesOnlyWhatIsKnownToBeCommitted) {
  for (const Edge& edge : enumerate()) {
    const bool known =
        edge.event == Event::kAnsweredCommitted || edge.event == Event::kResolvedCommitted;
    EXPECT_EQ(edge.action == Action::kApply, known && edge.action != Action::kBug);
  }
}

TEST(CommitCycle, SubmitsOnlyWhileRunning) {
  for (const Edge& edge : enumerate()) {
    if (edge.action == Action::kSubmit) {
      EXPECT_EQ(edge.from, State::kRunning);
      EXPECT_EQ(edge.to, State::kSubmitted);
    }
  }
}

TEST(CommitCycle, NeverLetsGoWhileACommitIsUndecided) {
  for (const Edge& edge : enumerate()) {
    if (edge.action == Action::kRelease) {
      EXPECT_TRUE(edge.from == State::kRunning || edge.from == State::kApplying);
    }
    if (edge.from == State::kResolving && edge.event == Event::kResolveAgain) {
      EXPECT_EQ(edge.to, State::kResolving);
    }
  }
}

TEST(CommitCycle, DropsEverythingWhenThePartitionsAreLostFromAnyState) {
  for (const Edge& edge : enumerate()) {
    if (edge.event == Event::kLost) {
      EXPECT_EQ(edge.to, State::kRevoked);
      EXPECT_EQ(edge.action, edge.from == State::kRevoked ? Action::kNone : Action::kDrop);
    }
  }
}

TEST(CommitCycle, ACommitAskedForByARevocationEndsRevoked) {
  for (const Edge& edge : enumerate()) {
    // A new assignment begins anew whatever was under way.
    if (edge.revoking && edge.event != Event::kAssigned && edge.action != Action::kBug &&
        edge.action != Action::kNone && edge.action != Action::kApply &&
        edge.action != Action::kResolve) {
      EXPECT_EQ(edge.to, State::kRevoked) << static_cast<int>(edge.event);
    }
  }
}

TEST(CommitCycle, WalksTheWholeCycle) {
  Cycle cycle;
  EXPECT_EQ(cycle.on(Event::kAssigned), Action::kRestore);
  EXPECT_EQ(cycle.on(Event::kCommitDue), Action::kSubmit);
  EXPECT_EQ(cycle.on(Event::kAnsweredUnknown), Action::kResolve);
  EXPECT_EQ(cycle.on(Event::kResolvedCommitted), Action::kApply);
  EXPECT_EQ(cycle.on(Event::kApplied), Action::kNone);
  EXPECT_EQ(cycle.on(Event::kCommitDue), Action::kSubmit);
  EXPECT_EQ(cycle.on(Event::kAnsweredNotCommitted), Action::kReload);
  EXPECT_EQ(cycle.on(Event::kRevokingDirty), Action::kSubmit);
  EXPECT_EQ(cycle.on(Event::kAnsweredCommitted), Action::kApply);
  EXPECT_EQ(cycle.on(Event::kApplied), Action::kRelease);
  EXPECT_EQ(cycle.state(), State::kRevoked);
}

}  // namespace
}  // namespace kaiku::shard
