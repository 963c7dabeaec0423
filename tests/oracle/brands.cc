#include "oracle/brands.h"

#include <algorithm>

namespace kaiku::oracle {
namespace {

struct Span {
  size_t begin = 0;
  size_t end = 0;
};

bool is_word_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z');
}

bool is_word(std::string_view text, const Span& span) {
  const bool joined_before =
      span.begin > 0 && is_word_byte(text[span.begin - 1]) && is_word_byte(text[span.begin]);
  const bool joined_after =
      span.end < text.size() && is_word_byte(text[span.end - 1]) && is_word_byte(text[span.end]);
  return !joined_before && !joined_after;
}

std::vector<Span> places(std::string_view text, std::string_view phrase) {
  std::vector<Span> found;
  if (phrase.empty()) {
    return found;
  }
  for (size_t at = text.find(phrase); at != std::string_view::npos;
       at = text.find(phrase, at + 1)) {
    const Span span{at, at + phrase.size()};
    if (is_word(text, span)) {
      found.push_back(span);
    }
  }
  return found;
}

bool names(const Brand& brand, std::string_view text) {
  std::vector<Span> covered;
  for (const std::string& phrase : brand.exclude) {
    const std::vector<Span> more = places(text, folded(phrase));
    covered.insert(covered.end(), more.begin(), more.end());
  }
  for (const std::string& alias : brand.aliases) {
    for (const Span& span : places(text, folded(alias))) {
      const bool excluded = std::any_of(covered.begin(), covered.end(), [&](const Span& cover) {
        return cover.begin <= span.begin && span.end <= cover.end;
      });
      if (!excluded) {
        return true;
      }
    }
  }
  return false;
}

std::string ascii_lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

}  // namespace

std::string folded(std::string_view text) {
  std::string result = ascii_lower(text);
  for (size_t i = 0; i + 1 < result.size(); ++i) {
    const auto next = static_cast<unsigned char>(result[i + 1]);
    // U+00C0 to U+00DE but for the multiplication sign are C3 80 to C3 9E; lower case is 0x20
    // above.
    if (result[i] == '\xc3' && next >= 0x80 && next <= 0x9e && next != 0x97) {
      result[i + 1] = static_cast<char>(next + 0x20);
    }
  }
  return result;
}

std::vector<std::string> brands_in(const OraclePlan& plan, std::string_view text) {
  const std::string lower = folded(text);
  std::vector<std::string> found;
  for (const Brand& brand : plan.brands) {
    if (names(brand, lower)) {
      found.push_back(brand.id);
    }
  }
  return found;
}

std::string brand_by_field(const OraclePlan& plan, std::string_view value) {
  for (const Brand& brand : plan.brands) {
    if (brand.id == value) {
      return brand.id;
    }
  }
  const std::string lower = folded(value);
  for (const Brand& brand : plan.brands) {
    const bool is_alias =
        std::any_of(brand.aliases.begin(), brand.aliases.end(), [&](const std::string& alias) {
          return folded(alias) == lower;
        });
    if (folded(brand.id) == lower || is_alias) {
      return brand.id;
    }
  }
  return "";
}

std::string brand_by_handle(const OraclePlan& plan, std::string_view handle) {
  const auto bare = [](std::string_view name) {
    return folded(name.substr(!name.empty() && name.front() == '@' ? 1 : 0));
  };
  for (const Brand& brand : plan.brands) {
    for (const std::string& own : brand.handles) {
      if (!handle.empty() && bare(own) == bare(handle)) {
        return brand.id;
      }
    }
  }
  return "";
}

std::string channel_of(const OraclePlan& plan, std::string_view name) {
  const std::string lower = ascii_lower(name);
  if (plan.channels.empty()) {
    return lower;
  }
  std::string catch_all = "other";
  for (const Channel& channel : plan.channels) {
    for (const std::string& match : channel.match) {
      if (match == "*") {
        catch_all = channel.id;
      } else if (ascii_lower(match) == lower) {
        return channel.id;
      }
    }
  }
  return catch_all;
}

}  // namespace kaiku::oracle
