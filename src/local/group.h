// Group: who of the clients reads which partitions: eager rebalancing with terms. A pure state
// machine: joins, leaves and polls go in, Revoking and Assigned come out.
//
// Threads: confined to the broker's mutex.
// Owns:    the members.
// Cost:    a rebalance sorts nothing and touches every partition once.
// Fails:   never. A member that is not there is not current.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "kaiku/log/log.h"

namespace kaiku::local {

using MemberId = uint64_t;

// A topic a member wants partitions of. Ids are the broker's, not those of a plan.
struct Subscription {
  uint16_t topic = 0;
  int32_t partitions = 0;
};

class Group {
 public:
  using Event = std::variant<log::Revoking, log::Assigned>;

  // Terms go on from `last_term`.
  explicit Group(uint64_t last_term) : term_(last_term) {}

  MemberId join(std::vector<Subscription> topics);
  void leave(MemberId id);
  // A poll: a member that was told to let go has done so. True if it had been told.
  bool acknowledge(MemberId id);
  [[nodiscard]] bool has_event(MemberId id) const;
  [[nodiscard]] std::optional<Event> next(MemberId id);
  [[nodiscard]] bool is_current(MemberId id, uint64_t term) const;
  // Holds an assignment it knows of.
  [[nodiscard]] bool is_active(MemberId id) const;

 private:
  enum class State : uint8_t {
    kWaiting,   // holds nothing
    kAssigned,  // was given partitions, does not know yet
    kStable,
    kRevoking,  // has to be told to let go
    kTold,
  };

  struct Member {
    State state = State::kWaiting;
    uint64_t term = 0;
    std::vector<Subscription> topics;
    std::vector<log::Partition> partitions;
  };

  void unsettle();
  [[nodiscard]] bool can_assign() const;
  void assign();

  std::map<MemberId, Member> members_;  // in the order they joined
  MemberId last_id_ = 0;
  uint64_t term_;
  bool unsettled_ = false;
};

}  // namespace kaiku::local
