#include "sim/sim_group.h"

#include <algorithm>
#include <set>

namespace kaiku::sim {

SimMember* SimGroup::find(const std::string& id, uint64_t incarnation) {
  const auto found = members_.find(id);
  return found != members_.end() && found->second.incarnation == incarnation ? &found->second
                                                                             : nullptr;
}

SimMember& SimGroup::enter(const std::string& id,
                           uint64_t incarnation,
                           std::vector<log::TopicId> subscription,
                           uint64_t step) {
  const auto known = members_.find(id);
  if (known != members_.end() && !rebalancing_ && known->second.term != 0 &&
      known->second.subscription == subscription) {
    SimMember& member = known->second;
    member.incarnation = incarnation;
    member.has_news = true;
    member.told = false;
    member.seen = step;
    return member;
  }
  SimMember& member = members_[id];
  member = {};
  member.id = id;
  member.incarnation = incarnation;
  member.subscription = std::move(subscription);
  member.seen = step;
  rebalance(step);
  return member;
}

void SimGroup::rebalance(uint64_t step) {
  if (rebalancing_) {
    return;
  }
  rebalancing_ = true;
  rebalance_began_ = step;
  for (auto& [id, member] : members_) {
    member.joined = false;
    if (member.has_news) {  // never heard of it, so there is nothing to take away
      member.has_news = false;
      member.assignment.clear();
      member.term = 0;
    }
  }
}

void SimGroup::join(SimMember& member) {
  member.joined = true;
  member.told = false;
  member.assignment.clear();
  member.term = 0;
  complete_if_all_joined();
}

void SimGroup::remove(const std::string& id, uint64_t step) {
  if (members_.erase(id) == 0) {
    return;
  }
  rebalance(step);
  complete_if_all_joined();
}

std::vector<std::string> SimGroup::expire(uint64_t step) {
  std::vector<std::string> gone;
  for (const auto& [id, member] : members_) {
    const bool silent = step > member.seen + session_steps_;
    const bool slow = rebalancing_ && !member.joined && step > rebalance_began_ + rebalance_steps_;
    if (silent || slow) {
      gone.push_back(id);
    }
  }
  for (const std::string& id : gone) {
    remove(id, step);
  }
  return gone;
}

bool SimGroup::holds(const std::string& id, uint64_t incarnation, uint64_t term) {
  const SimMember* member = find(id, incarnation);
  return member != nullptr && term != 0 && member->term == term && !member->has_news;
}

void SimGroup::complete_if_all_joined() {
  const bool all = std::all_of(
      members_.begin(), members_.end(), [](const auto& entry) { return entry.second.joined; });
  if (!rebalancing_ || !all) {
    return;
  }
  rebalancing_ = false;
  ++generation_;
  std::set<log::TopicId> topics;
  for (auto& [id, member] : members_) {
    member.term = generation_;
    member.has_news = true;
    topics.insert(member.subscription.begin(), member.subscription.end());
  }
  for (const log::TopicId topic : topics) {
    assign(topic);
  }
}

// Kafka's range: members in the order of their ids, contiguous shares, the first ones get the rest.
void SimGroup::assign(log::TopicId topic) {
  std::vector<SimMember*> takers;
  for (auto& [id, member] : members_) {
    if (std::find(member.subscription.begin(), member.subscription.end(), topic) !=
        member.subscription.end()) {
      takers.push_back(&member);
    }
  }
  const int32_t count = count_of_(topic);
  const auto members = static_cast<int32_t>(takers.size());
  int32_t next = 0;
  for (int32_t i = 0; i < members; ++i) {
    const int32_t share = count / members + (i < count % members ? 1 : 0);
    for (int32_t k = 0; k < share; ++k) {
      takers[static_cast<size_t>(i)]->assignment.push_back({topic, next++});
    }
  }
}

}  // namespace kaiku::sim
