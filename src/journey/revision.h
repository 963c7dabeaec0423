// revise: what was told and is not so any more is taken back, and what is so now is told.
//
// Threads: a pure function.
// Owns:    nothing.
// Cost:    linear in both lists.
// Fails:   never.
#pragma once

#include <algorithm>
#include <iterator>
#include <vector>

namespace kaiku::journey {

// Both lists ascend. Calls tell(entry, -1) for those of `old` only, then tell(entry, 1) for those
// of `now` only.
template <typename Entry, typename Tell>
void revise(const std::vector<Entry>& old, const std::vector<Entry>& now, const Tell& tell) {
  std::vector<Entry> gone;
  std::vector<Entry> come;
  std::set_difference(old.begin(), old.end(), now.begin(), now.end(), std::back_inserter(gone));
  std::set_difference(now.begin(), now.end(), old.begin(), old.end(), std::back_inserter(come));
  for (const Entry& entry : gone) {
    tell(entry, -1);
  }
  for (const Entry& entry : come) {
    tell(entry, 1);
  }
}

}  // namespace kaiku::journey
