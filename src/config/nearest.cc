#include "config/nearest.h"

#include <algorithm>
#include <string>

namespace kaiku::config {
namespace {

constexpr size_t kWordBytes = 64;

// One byte a character is enough to tell characters apart.
std::string plain(std::string_view word) {
  std::string out;
  for (const char c : word.substr(0, kWordBytes)) {
    if (c >= 'A' && c <= 'Z') {
      out += static_cast<char>(c + ('a' - 'A'));
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      out += c == '-' ? '_' : c;
    }
  }
  return out;
}

// Optimal string alignment distance.
size_t distance(const std::string& a, const std::string& b) {
  std::vector<size_t> two_up(b.size() + 1);
  std::vector<size_t> up(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) {
    up[j] = j;
  }
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({up[j] + 1, row[j - 1] + 1, up[j - 1] + cost});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], two_up[j - 2] + 1);
      }
    }
    std::swap(two_up, up);
    std::swap(up, row);
  }
  return up[b.size()];
}

}  // namespace

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  if (word.empty() || word.size() > kWordBytes) {
    return {};
  }
  const std::string wanted = plain(word);
  std::string_view best;
  size_t best_distance = SIZE_MAX;
  for (const std::string_view candidate : candidates) {
    const std::string other = plain(candidate);
    const size_t longer = std::max(wanted.size(), other.size());
    const size_t here = distance(wanted, other);
    if (here <= std::max<size_t>(1, longer / 3) && here < longer && here < best_distance) {
      best = candidate;
      best_distance = here;
    }
  }
  return best;
}

}  // namespace kaiku::config
