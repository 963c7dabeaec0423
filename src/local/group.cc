#include "group.h"

#include <algorithm>
#include <utility>

namespace kaiku::local {

MemberId Group::join(std::vector<Subscription> topics) {
  Member member;
  member.topics = std::move(topics);
  members_.emplace(++last_id_, std::move(member));
  unsettle();
  return last_id_;
}

void Group::leave(MemberId id) {
  if (members_.erase(id) > 0) {
    unsettle();
  }
}

void Group::unsettle() {
  unsettled_ = true;
  for (auto& [id, member] : members_) {
    if (member.state == State::kAssigned) {
      member.state = State::kWaiting;
    } else if (member.state == State::kStable) {
      member.state = State::kRevoking;
    }
  }
}

bool Group::acknowledge(MemberId id) {
  const auto found = members_.find(id);
  if (found == members_.end() || found->second.state != State::kTold) {
    return false;
  }
  found->second.state = State::kWaiting;
  return true;
}

bool Group::can_assign() const {
  return unsettled_ && std::all_of(members_.begin(), members_.end(), [](const auto& entry) {
           return entry.second.state == State::kWaiting;
         });
}

bool Group::has_event(MemberId id) const {
  const auto found = members_.find(id);
  if (found == members_.end()) {
    return false;
  }
  const State state = found->second.state;
  return state == State::kRevoking || state == State::kAssigned || can_assign();
}

std::optional<Group::Event> Group::next(MemberId id) {
  const auto found = members_.find(id);
  if (found == members_.end()) {
    return std::nullopt;
  }
  if (can_assign()) {
    assign();
  }
  Member& member = found->second;
  if (member.state == State::kRevoking) {
    member.state = State::kTold;
    return log::Revoking{};
  }
  if (member.state == State::kAssigned) {
    member.state = State::kStable;
    return log::Assigned{member.term, member.partitions};
  }
  return std::nullopt;
}

bool Group::is_current(MemberId id, uint64_t term) const {
  return is_active(id) && members_.at(id).term == term;
}

bool Group::is_active(MemberId id) const {
  const auto found = members_.find(id);
  if (found == members_.end()) {
    return false;
  }
  const State state = found->second.state;
  return state == State::kStable || state == State::kRevoking || state == State::kTold;
}

// Ranges per topic, as Kafka's range assignor: members in one order for all topics, so that equal
// partition counts meet in one member.
void Group::assign() {
  unsettled_ = false;
  ++term_;
  std::map<uint16_t, std::pair<int32_t, std::vector<Member*>>> topics;
  for (auto& [id, member] : members_) {
    member.state = State::kAssigned;
    member.term = term_;
    member.partitions.clear();
    for (const Subscription& subscription : member.topics) {
      auto& [partitions, subscribed] = topics[subscription.topic];
      partitions = subscription.partitions;
      subscribed.push_back(&member);
    }
  }
  for (auto& [topic, wanted] : topics) {
    const auto& [partitions, subscribed] = wanted;
    const auto members = static_cast<int32_t>(subscribed.size());
    int32_t next = 0;
    for (int32_t i = 0; i < members; ++i) {
      const int32_t size = partitions / members + static_cast<int32_t>(i < partitions % members);
      for (const int32_t end = next + size; next < end; ++next) {
        subscribed[static_cast<size_t>(i)]->partitions.push_back({topic, next});
      }
    }
  }
}

}  // namespace kaiku::local
