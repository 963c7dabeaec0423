#include "kaiku/signal/look_alike.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "kaiku/model/signal_part.h"

#include "signal/code_points.h"

namespace kaiku::signal {
namespace {

struct Twin {
  uint32_t from;
  char to;
};

// Sorted by code point. Digits first; then letters with marks; then Greek and Cyrillic.
constexpr std::array kTwins = {
    Twin{'0', 'o'},   Twin{'1', 'l'},   Twin{'3', 'e'},   Twin{'5', 's'},   Twin{'i', 'l'},
    Twin{0xe0, 'a'},  Twin{0xe1, 'a'},  Twin{0xe2, 'a'},  Twin{0xe3, 'a'},  Twin{0xe4, 'a'},
    Twin{0xe5, 'a'},  Twin{0xe7, 'c'},  Twin{0xe8, 'e'},  Twin{0xe9, 'e'},  Twin{0xea, 'e'},
    Twin{0xeb, 'e'},  Twin{0xec, 'l'},  Twin{0xed, 'l'},  Twin{0xee, 'l'},  Twin{0xef, 'l'},
    Twin{0xf1, 'n'},  Twin{0xf2, 'o'},  Twin{0xf3, 'o'},  Twin{0xf4, 'o'},  Twin{0xf5, 'o'},
    Twin{0xf6, 'o'},  Twin{0xf8, 'o'},  Twin{0xf9, 'u'},  Twin{0xfa, 'u'},  Twin{0xfb, 'u'},
    Twin{0xfc, 'u'},  Twin{0xfd, 'y'},  Twin{0xff, 'y'},  Twin{0x131, 'l'}, Twin{0x142, 'l'},
    Twin{0x251, 'a'}, Twin{0x261, 'g'}, Twin{0x26a, 'l'}, Twin{0x3b1, 'a'}, Twin{0x3b9, 'l'},
    Twin{0x3ba, 'k'}, Twin{0x3bd, 'v'}, Twin{0x3bf, 'o'}, Twin{0x3c1, 'p'}, Twin{0x3c4, 't'},
    Twin{0x3c5, 'u'}, Twin{0x3c7, 'x'}, Twin{0x430, 'a'}, Twin{0x432, 'b'}, Twin{0x433, 'r'},
    Twin{0x435, 'e'}, Twin{0x43a, 'k'}, Twin{0x43c, 'm'}, Twin{0x43e, 'o'}, Twin{0x440, 'p'},
    Twin{0x441, 'c'}, Twin{0x442, 't'}, Twin{0x443, 'y'}, Twin{0x445, 'x'}, Twin{0x455, 's'},
    Twin{0x456, 'l'}, Twin{0x458, 'j'}, Twin{0x4bb, 'h'}, Twin{0x4cf, 'l'}, Twin{0x501, 'd'},
    Twin{0x51b, 'q'}, Twin{0x51d, 'w'}};

bool is_sign(uint32_t c) {
  return c == '_' || c == '-' || c == '.' || c == '@' || c == ' ';
}

std::string with_pairs(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string_view pair = text.substr(i, 2);
    if (pair == "rn") {
      out += 'm';
      ++i;
    } else if (pair == "vv") {
      out += 'w';
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

// The label that names the owner: of "shop.kirkas.fi" it is "kirkas". Two-part endings such as
// co.uk are told by their length.
std::string_view name_in(std::string_view host) {
  const size_t last = host.rfind('.');
  if (last == std::string_view::npos || last == 0) {
    return host;
  }
  size_t first = host.rfind('.', last - 1);
  std::string_view label = host.substr(first == std::string_view::npos ? 0 : first + 1,
                                       last - (first == std::string_view::npos ? 0 : first + 1));
  if (label.size() <= 3 && first != std::string_view::npos && first != 0) {
    const size_t before = host.rfind('.', first - 1);
    const size_t begin = before == std::string_view::npos ? 0 : before + 1;
    label = host.substr(begin, first - begin);
  }
  return label;
}

bool ends_host(char c) {
  return c == '/' || c == '?' || c == '#' || c == ':' || c == '"' || c == '\'' || c == '<' ||
         c == '>' || c == ')' || c == ']' || c == ',' || c == '\\' ||
         static_cast<unsigned char>(c) <= ' ';
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// Position of "http://" or "https://" behind which a host begins; npos if there is none.
size_t find_address(std::string_view text, size_t at) {
  for (size_t found = text.find("://", at); found != std::string_view::npos;
       found = text.find("://", found + 3)) {
    std::string scheme;
    for (size_t i = found; i > 0 && scheme.size() < 5; --i) {
      scheme.insert(scheme.begin(), lower(text[i - 1]));
    }
    const std::string_view view(scheme);
    if (view == "https" || (view.size() >= 4 && view.substr(view.size() - 4) == "http")) {
      return found + 3;
    }
  }
  return std::string_view::npos;
}

}  // namespace

std::string skeleton_of(std::string_view folded) {
  std::string out;
  for (size_t at = 0; at < folded.size();) {
    const size_t begin = at;
    const uint32_t c = next_code_point(folded, at);
    if (is_sign(c)) {
      continue;
    }
    const auto twin = std::lower_bound(
        kTwins.begin(), kTwins.end(), c, [](const Twin& one, uint32_t b) { return one.from < b; });
    if (twin != kTwins.end() && twin->from == c) {
      out += twin->to;
    } else {
      out.append(folded.substr(begin, at - begin));
    }
  }
  return with_pairs(out);
}

size_t edits_between(std::string_view a, std::string_view b, size_t most) {
  constexpr size_t kMost = model::kSubjectBytes;
  const size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (a.size() > kMost || b.size() > kMost || gap > most) {
    return a == b ? 0 : most + 1;
  }
  std::array<std::array<uint8_t, kMost + 1>, 3> rows{};
  for (size_t j = 0; j <= b.size(); ++j) {
    rows[0][j] = static_cast<uint8_t>(j);
  }
  for (size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    const auto& before = rows[(i + 1) % 3];
    row[0] = static_cast<uint8_t>(i);
    uint8_t least = row[0];
    for (size_t j = 1; j <= b.size(); ++j) {
      const unsigned differs = a[i - 1] == b[j - 1] ? 0 : 1;
      unsigned cost = std::min({above[j] + 1U, row[j - 1] + 1U, above[j - 1] + differs});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost = std::min(cost, before[j - 2] + 1U);
      }
      row[j] = static_cast<uint8_t>(cost);
      least = std::min(least, row[j]);
    }
    if (least > most) {
      return most + 1;
    }
  }
  return std::min<size_t>(rows[a.size() % 3][b.size()], most + 1);
}

bool looks_like(std::string_view handle, std::string_view official) {
  if (handle == official || handle.empty() || official.empty()) {
    return false;
  }
  const size_t most = std::min<size_t>(2, official.size() / 4);
  if (edits_between(handle, official, most) <= most) {
    return true;
  }
  return skeleton_of(handle) == skeleton_of(official);
}

std::string next_host(std::string_view text, size_t& at) {
  const size_t begin = find_address(text, at);
  if (begin == std::string_view::npos) {
    at = text.size();
    return {};
  }
  size_t end = begin;
  while (end < text.size() && !ends_host(text[end])) {
    ++end;
  }
  std::string_view host = text.substr(begin, end - begin);
  // What stands before an @ is a user's name, which makes a good disguise.
  if (const size_t user = host.rfind('@'); user != std::string_view::npos) {
    host = host.substr(user + 1);
  }
  while (!host.empty() && host.back() == '.') {
    host.remove_suffix(1);
  }
  at = end;
  std::string out(host);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

bool is_of(std::string_view host, std::string_view official) {
  if (host == official) {
    return true;
  }
  return host.size() > official.size() && host.substr(host.size() - official.size()) == official &&
         host[host.size() - official.size() - 1] == '.';
}

bool imitates(std::string_view host, std::string_view official) {
  if (host.empty() || official.empty() || is_of(host, official)) {
    return false;
  }
  if (looks_like(host, official)) {
    return true;
  }
  // Names of four letters and less are in too many words.
  const std::string name = skeleton_of(name_in(official));
  constexpr size_t kNameLeast = 5;
  if (name.size() < kNameLeast) {
    return false;
  }
  size_t begin = 0;
  while (begin <= host.size()) {
    const size_t end = std::min(host.find_first_of(".-", begin), host.size());
    if (skeleton_of(host.substr(begin, end - begin)) == name) {
      return true;
    }
    begin = end + 1;
  }
  return false;
}

}  // namespace kaiku::signal
