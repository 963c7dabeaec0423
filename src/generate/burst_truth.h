// BurstTruth: which terms burst, and when: it remembers who used which word in which hour and, when
// all of it is known, tests each hour by the definition of a burst.
//
// Threads: confined to its user.
// Owns:    the terms of each brand and hour: some 100 bytes each.
// Cost:    take() makes the text of an original again; tell() looks at every term of every hour
//          once, and at a brand's hours once more for each.
// Fails:   never.
//
// A past of counts x is a Gamma: shape the sum of d^age x, rate the sum of d^age, with d = 0.97 and
// ages in hours; the rate is divided by how loud the hour of the day usually is. The next count is
// then a negative binomial, and a burst one whose tail is small, alone and among all terms of the
// hour.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/generate/options.h"
#include "kaiku/generate/truth.h"

#include "generate/fact.h"
#include "generate/teller.h"

namespace kaiku::generate {

class BurstTruth {
 public:
  BurstTruth(const Options& options, const std::vector<Brand>& brands);

  // The first copy of a post that was accepted.
  void take(const Post& post);

  // By brand, opening and term.
  [[nodiscard]] std::vector<TermBurst> tell(const std::vector<std::string>& brand_ids) const;

  // The terms of a text, in its order; what is too much for one text is left out.
  [[nodiscard]] std::vector<std::string> terms_of(std::string_view text) const;

 private:
  struct Use {
    int64_t count = 0;
    std::set<uint64_t> authors;
  };

  struct Hour {
    int64_t originals = 0;
    std::map<std::string, Use> terms;
  };

  using Hours = std::map<int64_t, Hour>;

  struct Past {
    double shape = 0;
    int64_t at = 0;  // the hour that was added last

    [[nodiscard]] double before(int64_t number) const;
  };

  using Pasts = std::map<std::string, Past>;

  void add(uint16_t brand, const Post& post, const std::vector<std::string>& terms);
  [[nodiscard]] static std::vector<TermBurst> test(
      const Hour& hour, int64_t number, double rate, bool is_ripe, Pasts& pasts);
  void tell_brand(const std::string& brand, const Hours& hours, std::vector<TermBurst>& out) const;

  const Signals& rules_;
  Teller teller_;
  std::set<std::string, std::less<>> no_terms_;
  std::vector<Hours> brands_;  // the last is `_other`
};

}  // namespace kaiku::generate
