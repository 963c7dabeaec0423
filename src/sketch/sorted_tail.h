// sort_tail puts the elements that were appended behind a sorted front into their places: how
// sketches make adding cheap (append) and reading ordered (sort once).
//
// Threads: confined to its user.
// Owns:    nothing.
// Cost:    a sort of the tail and a merge; short lists are sorted whole, without a buffer.
// Fails:   never.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace kaiku::sketch {

template <typename T, typename Before>
void sort_tail(std::vector<T>& all, size_t sorted, Before before) {
  constexpr size_t kShort = 64;
  if (all.size() <= kShort) {
    std::sort(all.begin(), all.end(), before);
    return;
  }
  const auto tail = all.begin() + static_cast<std::ptrdiff_t>(sorted);
  std::sort(tail, all.end(), before);
  std::inplace_merge(all.begin(), tail, all.end(), before);
}

}  // namespace kaiku::sketch
