#include "generate/markov_truth.h"

#include <string_view>

namespace kaiku::generate {
namespace {

// Names no channel has.
constexpr std::string_view kStart = "start of a journey";
constexpr std::string_view kOrder = "order";
constexpr std::string_view kNothing = "nothing";

constexpr double kStill = 1e-15;
constexpr double kNoEffect = 1e-12;  // less is what sums of doubles leave

}  // namespace

// Places as numbers: the start is the first, order and nothing the last ones.
struct MarkovTruth::Chain {
  std::vector<std::string> places;
  std::vector<std::vector<double>> steps;  // [from][to]: of those that leave `from`

  explicit Chain(const Steps& counts) {
    std::map<std::string_view, size_t> numbers;
    for (const auto& [step, count] : counts) {
      numbers[step.second] = 0;
    }
    numbers.erase(kOrder);
    numbers.erase(kNothing);
    places.emplace_back(kStart);
    for (auto& [channel, number] : numbers) {
      number = places.size();
      places.emplace_back(channel);
    }
    numbers[kStart] = 0;
    for (const std::string_view end : {kOrder, kNothing}) {
      numbers[end] = places.size();
      places.emplace_back(end);
    }
    steps.assign(places.size(), std::vector<double>(places.size(), 0));
    std::vector<double> all(places.size(), 0);
    for (const auto& [step, count] : counts) {
      all[numbers[step.first]] += static_cast<double>(count);
    }
    for (const auto& [step, count] : counts) {
      const size_t from = numbers[step.first];
      steps[from][numbers[step.second]] = static_cast<double>(count) / all[from];
    }
  }

  [[nodiscard]] size_t order() const { return places.size() - 2; }

  [[nodiscard]] size_t nothing() const { return places.size() - 1; }

  // How many get from the start to an order when all who come to `closed` are lost. The shares of
  // those who are still on their way are moved on, step by step.
  [[nodiscard]] double converted(size_t closed) const {
    std::vector<double> there(places.size(), 0);
    there[0] = 1;
    double arrived = 0;
    double moving = 1;
    while (moving > kStill) {
      std::vector<double> next(places.size(), 0);
      for (size_t from = 0; from < order(); ++from) {
        for (size_t to = 0; to < places.size(); ++to) {
          next[to] += there[from] * steps[from][to];
        }
      }
      next[closed] = 0;
      arrived += next[order()];
      moving = 0;
      for (size_t place = 0; place < order(); ++place) {
        moving += next[place];
      }
      there = std::move(next);
    }
    return arrived;
  }
};

void MarkovTruth::add(const std::vector<std::string>& channels, bool converted) {
  std::string at(kStart);
  for (const std::string& channel : channels) {
    if (channel != at) {
      ++steps_[{at, channel}];
      at = channel;
    }
  }
  if (at != kStart) {
    ++steps_[{at, std::string(converted ? kOrder : kNothing)}];
  }
}

MarkovTruth::Shares MarkovTruth::tell() const {
  Shares shares;
  for (const auto& [step, count] : steps_) {
    shares.conversions += step.second == kOrder ? count : 0;
  }
  if (shares.conversions == 0) {
    return shares;
  }
  const Chain chain(steps_);
  const double whole = chain.converted(chain.nothing());
  double sum = 0;
  for (size_t channel = 1; channel < chain.order(); ++channel) {
    const double lost = 1 - chain.converted(channel) / whole;
    if (lost > kNoEffect) {
      shares.by_channel[chain.places[channel]] = lost;
      sum += lost;
    }
  }
  for (auto& [channel, share] : shares.by_channel) {
    share /= sum;
  }
  return shares;
}

}  // namespace kaiku::generate
