// sort_tail puts the elements that were appended behind a sorted front into their places: how
// sketches make adding cheap (append) and reading ordered (sort once). merge_sorted takes in what
// is sorted already, without a sort and without a buffer.
//
// Threads: confined to its user.
// Owns:    nothing.
// Cost:    a sort of the tail and a merge; short lists are sorted whole, without a buffer.
//          merge_sorted moves what is behind the first element it puts in.
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

// Puts the elements of `other` into their places in `all`; both are sorted. Answers how many
// elements at the front have kept their place.
template <typename T, typename Before>
size_t merge_sorted(std::vector<T>& all, const std::vector<T>& other, Before before) {
  size_t mine = all.size();
  size_t theirs = other.size();
  size_t at = mine + theirs;
  all.resize(at);
  while (theirs > 0) {
    if (mine > 0 && before(other[theirs - 1], all[mine - 1])) {
      all[--at] = all[--mine];
    } else {
      all[--at] = other[--theirs];
    }
  }
  return mine;
}

}  // namespace kaiku::sketch
