// FenceJudge: was it a join of our own that fenced this static member, or another process with the
// same group.instance.id?
//
// A join whose answer was lost (a connection that broke, a process that was killed) may reach the
// coordinator after the one that was repeated: the broker takes it for a new incarnation of the
// instance and fences whoever holds it, which is us. Such a ghost never comes back, a living rival
// does: so one fence for each time a connection broke (or the handle was opened) is taken for our
// own, soon after it, and a handful in a while at most. Of two living processes with one name the
// one that was there first is fenced twice, and stops.
//
// Threads: confined to the consumer's.
// Owns:    a few times.
// Cost:    none.
// Fails:   never.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

namespace kaiku::kafka {

class FenceJudge {
 public:
  static constexpr int64_t kGhostMs = 60'000;    // how long a lost join may be under way
  static constexpr int64_t kPeriodMs = 600'000;  // in which there are
  static constexpr size_t kMost = 5;             // fences at most that are taken for our own

  explicit FenceJudge(int64_t now_ms) : trouble_ms_(now_ms) {}

  // A connection broke: joins may have been lost.
  void on_disconnect(int64_t now_ms) {
    trouble_ms_ = now_ms;
    is_spent_ = false;
  }

  // The member was fenced. True: by a ghost of ours, it may join anew.
  [[nodiscard]] bool is_own(int64_t now_ms) {
    while (!own_ms_.empty() && now_ms - own_ms_.front() >= kPeriodMs) {
      own_ms_.pop_front();
    }
    if (is_spent_ || now_ms - trouble_ms_ >= kGhostMs || own_ms_.size() >= kMost) {
      return false;
    }
    is_spent_ = true;
    own_ms_.push_back(now_ms);
    return true;
  }

 private:
  int64_t trouble_ms_;
  bool is_spent_ = false;
  std::deque<int64_t> own_ms_;
};

}  // namespace kaiku::kafka
