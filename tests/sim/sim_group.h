// SimGroup: the consumer group of the simulated log: members, generations, eager range assignment,
// static ids and sessions that expire.
//
// Threads: one.
// Owns:    its members; pointers to one live until it leaves.
// Cost:    an assignment visits every partition.
// Fails:   never.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "kaiku/log/log.h"

namespace kaiku::sim {

struct SimMember {
  std::string id;            // static
  uint64_t incarnation = 0;  // of the process behind the id
  std::vector<log::TopicId> subscription;
  std::vector<log::Partition> assignment;
  uint64_t term = 0;      // generation of the assignment; 0: none
  bool joined = false;    // in the generation that is being formed
  bool told = false;      // that everything will be taken away
  bool has_news = false;  // an assignment that was not delivered yet
  uint64_t seen = 0;      // step of the last sign of life
};

class SimGroup {
 public:
  using CountOf = std::function<int32_t(log::TopicId)>;

  SimGroup(CountOf count_of, uint64_t session_steps, uint64_t rebalance_steps)
      : count_of_(std::move(count_of)),
        session_steps_(session_steps),
        rebalance_steps_(rebalance_steps) {}

  // The member that this process is, or nothing: thrown out, never entered, or replaced.
  [[nodiscard]] SimMember* find(const std::string& id, uint64_t incarnation);
  // A known static id of a stable group gets its assignment back without a rebalance.
  SimMember& enter(const std::string& id,
                   uint64_t incarnation,
                   std::vector<log::TopicId> subscription,
                   uint64_t step);
  // Gives everything up and waits for the next generation; the last one to join forms it.
  void join(SimMember& member);
  void remove(const std::string& id, uint64_t step);
  // Everybody has to join again.
  void rebalance(uint64_t step);
  // Throws out who was not seen for too long. Returns who.
  std::vector<std::string> expire(uint64_t step);

  [[nodiscard]] bool is_rebalancing() const { return rebalancing_; }

  // True if the term stands: only then offsets are taken.
  [[nodiscard]] bool holds(const std::string& id, uint64_t incarnation, uint64_t term);

  [[nodiscard]] uint64_t generation() const { return generation_; }

  [[nodiscard]] size_t size() const { return members_.size(); }

 private:
  void complete_if_all_joined();
  void assign(log::TopicId topic);

  CountOf count_of_;
  uint64_t session_steps_;
  uint64_t rebalance_steps_;
  std::map<std::string, SimMember> members_;  // the order of the range assignment
  uint64_t generation_ = 0;
  bool rebalancing_ = false;
  uint64_t rebalance_began_ = 0;
};

}  // namespace kaiku::sim
