#include "kaiku/money/split.h"

#include <algorithm>
#include <numeric>

namespace kaiku::money {
namespace {

__extension__ using Wide = unsigned __int128;

}  // namespace

std::vector<int64_t> split(int64_t whole, std::span<const uint64_t> weights) {
  const uint64_t sum = std::accumulate(weights.begin(), weights.end(), uint64_t{0});
  std::vector<int64_t> parts(weights.size(), 0);
  if (sum == 0) {
    return parts;
  }
  const uint64_t size =
      whole < 0 ? uint64_t{0} - static_cast<uint64_t>(whole) : static_cast<uint64_t>(whole);
  std::vector<uint64_t> given(weights.size());
  std::vector<uint64_t> rests(weights.size());
  uint64_t left = size;
  for (size_t i = 0; i < weights.size(); ++i) {
    const Wide exact = static_cast<Wide>(size) * weights[i];
    given[i] = static_cast<uint64_t>(exact / sum);
    rests[i] = static_cast<uint64_t>(exact % sum);
    left -= given[i];
  }
  std::vector<size_t> order(weights.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(
      order.begin(), order.end(), [&](size_t a, size_t b) { return rests[a] > rests[b]; });
  for (size_t i = 0; i < left; ++i) {
    ++given[order[i]];
  }
  for (size_t i = 0; i < weights.size(); ++i) {
    parts[i] = static_cast<int64_t>(whole < 0 ? uint64_t{0} - given[i] : given[i]);
  }
  return parts;
}

}  // namespace kaiku::money
