// ChangePacker: packs changes one by one into records of a bounded size.
//
// Threads: confined to its user.
// Owns:    the record at hand; `out` must outlive it.
// Cost:    two copies of each byte.
// Fails:   never. One change larger than the bound makes a larger record.
// Format:  see change.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kaiku/state/change.h"

namespace kaiku::state {

class ChangePacker {
 public:
  ChangePacker(size_t bytes_max, std::vector<std::string>& out)
      : bytes_max_(bytes_max), out_(out) {}

  void add(const Change& change);
  void finish();

 private:
  size_t bytes_max_;
  std::vector<std::string>& out_;
  std::string body_;
  uint64_t count_ = 0;
};

}  // namespace kaiku::state
