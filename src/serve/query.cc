#include "query.h"

#include <algorithm>

namespace kaiku::serve {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

base::Status refused(std::string message) {
  return {base::Next::kSkipRecord, std::move(message)};
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return std::nullopt;
      }
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return decoded;
}

base::Result<Query> parse_query(std::string_view text,
                                std::initializer_list<std::string_view> known) {
  Query query;
  while (!text.empty()) {
    const size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) {
      continue;
    }
    const size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view name = pair.substr(0, equals);
    const auto value = percent_decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (std::ranges::find(known, name) == known.end()) {
      std::string names;
      for (const std::string_view each : known) {
        names += names.empty() ? "" : ", ";
        names += each;
      }
      return refused("unknown parameter '" + std::string(name.substr(0, 40)) +
                     "'; known: " + (names.empty() ? "none" : names));
    }
    if (!value) {
      return refused("parameter '" + std::string(name) + "' is not percent-encoded correctly");
    }
    if (!query.emplace(name, *value).second) {
      return refused("parameter '" + std::string(name) + "' is given twice");
    }
  }
  return query;
}

}  // namespace kaiku::serve
