#include "kaiku/journey/attribution.h"

#include <algorithm>

#include "kaiku/money/split.h"

namespace kaiku::journey {
namespace {

__extension__ using Wide = unsigned __int128;

using aggregate::AttributionModel;
using aggregate::kAttributionModels;

constexpr unsigned kFractionBits = 32;
constexpr unsigned kRootBits = 63;
constexpr unsigned kWeightBits = 40;

constexpr uint64_t square_root(Wide value) {
  uint64_t root = 0;
  for (uint64_t bit = uint64_t{1} << 63; bit != 0; bit >>= 1) {
    const uint64_t next = root | bit;
    if (static_cast<Wide>(next) * next <= value) {
      root = next;
    }
  }
  return root;
}

// roots[i] = 2^(-1 / 2^(i+1)) x 2^63: each is the square root of the one before.
constexpr std::array<uint64_t, kFractionBits> make_roots() {
  std::array<uint64_t, kFractionBits> roots{};
  uint64_t value = uint64_t{1} << (kRootBits - 1);
  for (uint64_t& root : roots) {
    value = square_root(static_cast<Wide>(value) << kRootBits);
    root = value;
  }
  return roots;
}

constexpr std::array<uint64_t, kFractionBits> kRoots = make_roots();

size_t index(AttributionModel model) {
  return static_cast<size_t>(model);
}

using Weights = std::array<std::vector<uint64_t>, kAttributionModels>;

}  // namespace

uint64_t decay_weight(int64_t age, int64_t half_life) {
  const auto life = static_cast<uint64_t>(std::max(half_life, base::kSecond));
  const uint64_t positive = age > 0 ? static_cast<uint64_t>(age) : 0;
  const uint64_t halvings = positive / life;
  if (halvings >= kRootBits) {
    return 0;
  }
  const auto fraction =
      static_cast<uint64_t>((static_cast<Wide>(positive % life) << kFractionBits) / life);
  uint64_t weight = uint64_t{1} << kRootBits;
  for (unsigned i = 0; i < kFractionBits; ++i) {
    if ((fraction >> (kFractionBits - 1 - i) & 1) != 0) {
      weight = static_cast<uint64_t>(static_cast<Wide>(weight) * kRoots[i] >> kRootBits);
    }
  }
  return weight >> halvings >> (kRootBits - kWeightBits);
}

std::vector<Part> attribute(std::span<const Touch> touches, int64_t micros, int64_t half_life) {
  static constexpr Touch kNobody{0, aggregate::kNoChannel};
  const std::span<const Touch> journey =
      touches.empty() ? std::span<const Touch>(&kNobody, 1) : touches;
  std::vector<Part> parts;
  for (const Touch& touch : journey) {
    parts.emplace_back().channel = touch.channel;
  }
  const auto by_channel = [](const Part& a, const Part& b) { return a.channel < b.channel; };
  std::sort(parts.begin(), parts.end(), by_channel);
  parts.erase(std::unique(parts.begin(),
                          parts.end(),
                          [](const Part& a, const Part& b) { return a.channel == b.channel; }),
              parts.end());
  Weights weights;
  weights.fill(std::vector<uint64_t>(parts.size(), 0));
  for (size_t i = 0; i < journey.size(); ++i) {
    const auto at = static_cast<size_t>(
        std::lower_bound(parts.begin(), parts.end(), Part{journey[i].channel, {}, {}}, by_channel) -
        parts.begin());
    weights[index(AttributionModel::kFirstTouch)][at] += i == 0 ? 1 : 0;
    weights[index(AttributionModel::kLastTouch)][at] += i + 1 == journey.size() ? 1 : 0;
    weights[index(AttributionModel::kLinear)][at] += 1;
    weights[index(AttributionModel::kEqualSplit)][at] = 1;
    weights[index(AttributionModel::kTimeDecay)][at] +=
        decay_weight(journey.back().at - journey[i].at, half_life);
  }
  for (size_t model = 0; model < kAttributionModels; ++model) {
    const std::vector<int64_t> micros_of = money::split(micros, weights[model]);
    const std::vector<int64_t> conversions =
        money::split(aggregate::kConversionMillionths, weights[model]);
    for (size_t i = 0; i < parts.size(); ++i) {
      parts[i].micros[model] = micros_of[i];
      parts[i].conversion_millionths[model] = conversions[i];
    }
  }
  return parts;
}

}  // namespace kaiku::journey
