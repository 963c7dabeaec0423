// BrandBudget: which brands have series of their own, and what becomes of the others.
//
// Threads: confined to the scrape.
// Owns:    the decisions, so that a brand does not come and go between scrapes.
// Cost:    one pass over the samples.
// Fails:   never.
//
// A new brand gets in while four fifths of the budget are not reached; the last fifth is for the
// growth of those already in. Growth beyond that puts the youngest brand out, for good. A counter
// or histogram of a brand that was put out enters `_other` with what it gained since, so that
// nothing appears to have happened at once; and one that was in `_other` stays there, so that
// `_other` never goes back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "kaiku/metrics/registry.h"

namespace kaiku::metrics {

// One series per bucket, and two more for sum and count.
[[nodiscard]] constexpr size_t series_of_histogram(size_t buckets) {
  return buckets + 2;
}

[[nodiscard]] inline size_t series_of(const Sample& sample) {
  return sample.buckets.empty() ? 1 : series_of_histogram(sample.buckets.size());
}

class BrandBudget {
 public:
  explicit BrandBudget(size_t series) : series_(series) {}

  // Folds the brands that do not fit; `fixed` is the number of series without a brand.
  void apply(std::vector<Sample>& samples, size_t fixed);

  // Samples folded so far.
  [[nodiscard]] uint64_t overflow() const { return overflow_; }

 private:
  using Key = std::pair<Metric, std::vector<std::string>>;

  void decide(const std::map<std::string, size_t>& series_of_brand,
              const std::vector<std::string>& arrival,
              size_t fixed);
  void remember(const std::vector<Sample>& samples);

  // What a series was shown with under the brand's own name.
  struct Shown {
    double value = 0;
    std::vector<uint64_t> buckets;
  };

  void leave_shown(Sample& sample) const;

  size_t series_;
  uint64_t overflow_ = 0;
  std::vector<std::string> in_;  // in order of admission
  std::set<std::string, std::less<>> is_in_;
  std::set<std::string, std::less<>> put_out_;
  std::map<Key, Shown> last_;  // counters and histograms
};

}  // namespace kaiku::metrics
