#include "generate/markov_truth.h"

#include <algorithm>
#include <cmath>
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

  // How many get from the start to an order when all who come to `closed` are lost. The shares of
  // those who are still on their way are moved on, step by step.
  [[nodiscard]] double converted(size_t closed) const {
    const size_t order = places.size() - 2;
    std::vector<double> there(places.size(), 0);
    there[0] = 1;
    double arrived = 0;
    double moving = 1;
    while (moving > kStill) {
      std::vector<double> next(places.size(), 0);
      for (size_t from = 0; from < order; ++from) {
        for (size_t to = 0; to < places.size(); ++to) {
          next[to] += there[from] * steps[from][to];
        }
      }
      next[closed] = 0;
      arrived += next[order];
      moving = 0;
      for (size_t place = 0; place < order; ++place) {
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
  std::map<std::string, size_t> numbers;
  for (const auto& [step, count] : steps_) {
    numbers[step.second] = 0;
    shares.conversions += step.second == kOrder ? count : 0;
  }
  if (shares.conversions == 0) {
    return shares;
  }
  numbers.erase(std::string(kOrder));
  numbers.erase(std::string(kNothing));
  Chain chain;
  chain.places.emplace_back(kStart);
  for (auto& [channel, number] : numbers) {
    number = chain.places.size();
    chain.places.push_back(channel);
  }
  numbers[std::string(kStart)] = 0;
  const size_t order = chain.places.size();
  chain.places.emplace_back(kOrder);
  chain.places.emplace_back(kNothing);
  numbers[std::string(kOrder)] = order;
  numbers[std::string(kNothing)] = order + 1;
  chain.steps.assign(chain.places.size(), std::vector<double>(chain.places.size(), 0));
  for (const auto& [step, count] : steps_) {
    chain.steps[numbers[step.first]][numbers[step.second]] = static_cast<double>(count);
  }
  for (std::vector<double>& from : chain.steps) {
    double all = 0;
    for (const double count : from) {
      all += count;
    }
    for (double& count : from) {
      count = all > 0 ? count / all : 0;
    }
  }
  const double whole = chain.converted(order + 1);
  double sum = 0;
  for (size_t channel = 1; channel < order; ++channel) {
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
