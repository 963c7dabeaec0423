#include "kaiku/effect/markov.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace kaiku::effect {
namespace {

// Steps out of one place, as probabilities.
struct Row {
  std::vector<double> to_channel;
  double to_conversion = 0;
  double total = 0;

  void normalise() {
    if (total > 0) {
      for (double& probability : to_channel) {
        probability /= total;
      }
      to_conversion /= total;
    }
  }
};

struct Chain {
  std::vector<std::string_view> channels;  // sorted
  Row start;
  std::vector<Row> rows;
  int64_t conversions = 0;
};

std::vector<std::string_view> channels_of(std::span<const MarkovStep> steps,
                                          const MarkovEnds& ends) {
  std::vector<std::string_view> channels;
  for (const MarkovStep& step : steps) {
    for (const std::string_view place : {step.from, step.to}) {
      if (step.count > 0 && place != ends.start && place != ends.conversion && place != ends.null) {
        channels.push_back(place);
      }
    }
  }
  std::sort(channels.begin(), channels.end());
  channels.erase(std::unique(channels.begin(), channels.end()), channels.end());
  return channels;
}

Chain chain_of(std::span<const MarkovStep> steps,
               const MarkovEnds& ends,
               std::vector<std::string_view> channels) {
  Chain chain;
  chain.channels = std::move(channels);
  chain.start.to_channel.assign(chain.channels.size(), 0);
  chain.rows.assign(chain.channels.size(), chain.start);
  const auto index_of = [&](std::string_view place) {
    const auto at = std::lower_bound(chain.channels.begin(), chain.channels.end(), place);
    return static_cast<size_t>(at - chain.channels.begin());
  };
  for (const MarkovStep& step : steps) {
    if (step.count <= 0 || step.from == ends.conversion || step.from == ends.null) {
      continue;
    }
    Row& row = step.from == ends.start ? chain.start : chain.rows[index_of(step.from)];
    const auto count = static_cast<double>(step.count);
    row.total += count;
    if (step.to == ends.conversion) {
      row.to_conversion += count;
      chain.conversions += step.count;
    } else if (step.to != ends.null && step.to != ends.start) {
      row.to_channel[index_of(step.to)] += count;
    }
  }
  chain.start.normalise();
  for (Row& row : chain.rows) {
    row.normalise();
  }
  return chain;
}

// Solves the system in place, columns of `matrix` one more than rows; false if it has no single
// solution.
bool solve(std::vector<std::vector<double>>& matrix) {
  constexpr double kTiny = 1e-12;
  const size_t n = matrix.size();
  for (size_t column = 0; column < n; ++column) {
    size_t pivot = column;
    for (size_t row = column + 1; row < n; ++row) {
      if (std::abs(matrix[row][column]) > std::abs(matrix[pivot][column])) {
        pivot = row;
      }
    }
    if (std::abs(matrix[pivot][column]) < kTiny) {
      return false;
    }
    std::swap(matrix[pivot], matrix[column]);
    for (size_t row = 0; row < n; ++row) {
      const double factor = matrix[row][column] / matrix[column][column];
      for (size_t i = column; row != column && i <= n; ++i) {
        matrix[row][i] -= factor * matrix[column][i];
      }
    }
  }
  return true;
}

// P(conversion) from the start when nothing passes `removed`; the number of channels removes none.
std::optional<double> conversion_probability(const Chain& chain, size_t removed) {
  const size_t n = chain.channels.size();
  std::vector<std::vector<double>> matrix(n, std::vector<double>(n + 1, 0));
  for (size_t row = 0; row < n; ++row) {
    matrix[row][row] = 1;
    if (row == removed) {
      continue;  // its probability is zero: who gets there is lost
    }
    for (size_t column = 0; column < n; ++column) {
      matrix[row][column] -= chain.rows[row].to_channel[column];
    }
    matrix[row][n] = chain.rows[row].to_conversion;
  }
  if (!solve(matrix)) {
    return std::nullopt;
  }
  double probability = chain.start.to_conversion;
  for (size_t i = 0; i < n; ++i) {
    probability += chain.start.to_channel[i] * matrix[i][n] / matrix[i][i];
  }
  return probability;
}

}  // namespace

std::optional<MarkovShares> markov_shares(std::span<const MarkovStep> steps,
                                          const MarkovEnds& ends) {
  std::vector<std::string_view> channels = channels_of(steps, ends);
  if (channels.empty() || channels.size() > kMarkovChannels) {
    return std::nullopt;
  }
  const Chain chain = chain_of(steps, ends, std::move(channels));
  const std::optional<double> whole = conversion_probability(chain, chain.channels.size());
  if (!whole.has_value() || !(*whole > 0)) {
    return std::nullopt;
  }
  MarkovShares shares;
  shares.conversion_probability = *whole;
  shares.conversions = chain.conversions;
  double sum = 0;
  for (size_t i = 0; i < chain.channels.size(); ++i) {
    const std::optional<double> without = conversion_probability(chain, i);
    if (!without.has_value()) {
      return std::nullopt;
    }
    const double removal = std::max(0.0, 1 - *without / *whole);
    shares.channels.push_back({chain.channels[i], removal, 0, 0});
    sum += removal;
  }
  for (MarkovChannel& channel : shares.channels) {
    channel.share = sum > 0 ? channel.removal / sum : 0;
    channel.conversions = channel.share * static_cast<double>(shares.conversions);
  }
  return shares;
}

}  // namespace kaiku::effect
