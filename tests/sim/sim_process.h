// SimProcess: whether a simulated process lives. A fuse kills it at any of its calls to log or
// store, so that a crash can fall between any two of them.
//
// Threads: one.
// Owns:    nothing.
// Cost:    none.
// Fails:   never.
#pragma once

#include <cstdint>

namespace kaiku::sim {

class SimProcess {
 public:
  // Dies at the `calls`-th call from now, before it has an effect.
  void blow_after(uint64_t calls) { fuse_ = calls; }

  // Asked by every port call: false from the moment of death on. What a dead process asks for has
  // no effect; the harness throws it away.
  [[nodiscard]] bool touch() {
    if (is_alive_ && fuse_ > 0 && --fuse_ == 0) {
      is_alive_ = false;
    }
    return is_alive_;
  }

  [[nodiscard]] bool is_alive() const { return is_alive_; }

  void revive() {
    is_alive_ = true;
    fuse_ = 0;
  }

 private:
  bool is_alive_ = true;
  uint64_t fuse_ = 0;
};

}  // namespace kaiku::sim
