// MarkovTruth: what the journeys of one window have to say of removal effects: how many of the
// conversions of their chain are lost when nobody gets past a channel.
//
// Threads: confined to its user.
// Owns:    how often each step was made.
// Cost:    tell() follows the chain once per channel until nothing moves any more.
// Fails:   never.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace kaiku::generate {

class MarkovTruth {
 public:
  // A journey through these channels, which ended with an order or with nothing.
  void add(const std::vector<std::string>& channels, bool converted);

  struct Shares {
    int64_t conversions = 0;
    std::map<std::string, double> by_channel;  // of the removal effects; those without are left out
  };

  // Nothing is shared if nothing converted.
  [[nodiscard]] Shares tell() const;

 private:
  using Steps = std::map<std::pair<std::string, std::string>, int64_t>;  // from, to
  struct Chain;

  Steps steps_;
};

}  // namespace kaiku::generate
