#include "signal/personal_data.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "signal/code_points.h"

namespace kaiku::signal {
namespace {

// The functions xxx_end() answer where the number that begins at `at` ends; this if none does.
constexpr size_t kNone = 0;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

constexpr bool is_letter(char c) {
  return upper(c) >= 'A' && upper(c) <= 'Z';
}

constexpr unsigned digit_of(char c) {
  return static_cast<unsigned>(c - '0');
}

bool ends_word(std::string_view text, size_t at) {
  return at == text.size() || !is_word_code_point(next_code_point(text, at));
}

// --- IBAN

// `count` characters: 'n' digits, 'a' letters, 'c' either.
struct Part {
  char kind = 'n';
  uint8_t count = 0;
};

struct Country {
  std::string_view code;
  std::array<Part, 3> parts;  // behind country and check digits
};

constexpr std::array<Country, 42> kCountries = {{
    {"AD", {{{'n', 8}, {'c', 12}}}},
    {"AL", {{{'n', 8}, {'c', 16}}}},
    {"AT", {{{'n', 16}}}},
    {"BE", {{{'n', 12}}}},
    {"BG", {{{'a', 4}, {'n', 6}, {'c', 8}}}},
    {"CH", {{{'n', 5}, {'c', 12}}}},
    {"CY", {{{'n', 8}, {'c', 16}}}},
    {"CZ", {{{'n', 20}}}},
    {"DE", {{{'n', 18}}}},
    {"DK", {{{'n', 14}}}},
    {"EE", {{{'n', 16}}}},
    {"ES", {{{'n', 20}}}},
    {"FI", {{{'n', 14}}}},
    {"FR", {{{'n', 10}, {'c', 11}, {'n', 2}}}},
    {"GB", {{{'a', 4}, {'n', 14}}}},
    {"GI", {{{'a', 4}, {'c', 15}}}},
    {"GR", {{{'n', 7}, {'c', 16}}}},
    {"HR", {{{'n', 17}}}},
    {"HU", {{{'n', 24}}}},
    {"IE", {{{'a', 4}, {'n', 14}}}},
    {"IS", {{{'n', 22}}}},
    {"IT", {{{'a', 1}, {'n', 10}, {'c', 12}}}},
    {"LI", {{{'n', 5}, {'c', 12}}}},
    {"LT", {{{'n', 16}}}},
    {"LU", {{{'n', 3}, {'c', 13}}}},
    {"LV", {{{'a', 4}, {'c', 13}}}},
    {"MC", {{{'n', 10}, {'c', 11}, {'n', 2}}}},
    {"MD", {{{'c', 20}}}},
    {"ME", {{{'n', 18}}}},
    {"MK", {{{'n', 3}, {'c', 10}, {'n', 2}}}},
    {"MT", {{{'a', 4}, {'n', 5}, {'c', 18}}}},
    {"NL", {{{'a', 4}, {'n', 10}}}},
    {"NO", {{{'n', 11}}}},
    {"PL", {{{'n', 24}}}},
    {"PT", {{{'n', 21}}}},
    {"RO", {{{'a', 4}, {'c', 16}}}},
    {"RS", {{{'n', 18}}}},
    {"SE", {{{'n', 20}}}},
    {"SI", {{{'n', 15}}}},
    {"SK", {{{'n', 20}}}},
    {"SM", {{{'a', 1}, {'n', 10}, {'c', 12}}}},
    {"VA", {{{'n', 18}}}},
}};

constexpr size_t kIbanGroup = 4;

constexpr bool is_of(char kind, char c) {
  return (kind != 'a' && is_digit(c)) || (kind != 'n' && is_letter(c));
}

// The remainder with one more character behind it: letters are 10 to 35.
constexpr unsigned modulo_97(unsigned remainder, char c) {
  constexpr unsigned kModulus = 97;
  return is_digit(c) ? (remainder * 10 + digit_of(c)) % kModulus
                     : (remainder * 100 + static_cast<unsigned>(upper(c) - 'A') + 10) % kModulus;
}

size_t iban_end(std::string_view text, size_t at) {
  const std::string_view head = text.substr(at, kIbanGroup);
  if (head.size() < kIbanGroup || !is_digit(head[2]) || !is_digit(head[3])) {
    return kNone;
  }
  const auto is_country = [&](const Country& one) {
    return one.code[0] == upper(head[0]) && one.code[1] == upper(head[1]);
  };
  const auto* const country = std::find_if(kCountries.begin(), kCountries.end(), is_country);
  if (country == kCountries.end()) {
    return kNone;
  }
  size_t next = at + kIbanGroup;
  size_t read = kIbanGroup;
  unsigned remainder = 0;
  for (const Part& part : country->parts) {
    for (unsigned i = 0; i < part.count; ++i, ++read, ++next) {
      if (read % kIbanGroup == 0 && next < text.size() && text[next] == ' ') {
        ++next;
      }
      if (next >= text.size() || !is_of(part.kind, text[next])) {
        return kNone;
      }
      remainder = modulo_97(remainder, text[next]);
    }
  }
  for (const char c : head) {
    remainder = modulo_97(remainder, c);
  }
  return remainder == 1 && ends_word(text, next) ? next : kNone;
}

// --- payment card

// Numbers whose first six digits are in this range have so many digits.
struct Issuer {
  uint32_t first = 0;
  uint32_t last = 0;
  uint8_t shortest = 0;
  uint8_t longest = 0;
};

constexpr std::array<Issuer, 18> kIssuers = {{
    {222'100, 272'099, 16, 16},  // Mastercard
    {300'000, 305'999, 14, 16},  // Diners Club
    {340'000, 349'999, 15, 15},  // American Express
    {352'800, 358'999, 16, 19},  // JCB
    {360'000, 369'999, 14, 16},  // Diners Club
    {370'000, 379'999, 15, 15},  // American Express
    {400'000, 499'999, 16, 19},  // Visa
    {501'800, 501'899, 16, 19},  // Maestro
    {502'000, 502'099, 16, 19},
    {503'800, 503'899, 16, 19},
    {510'000, 559'999, 16, 16},  // Mastercard
    {589'300, 589'399, 16, 19},  // Maestro
    {601'100, 601'199, 16, 19},  // Discover
    {620'000, 629'999, 16, 19},  // UnionPay
    {630'400, 630'499, 16, 19},  // Maestro
    {644'000, 659'999, 16, 19},  // Discover
    {675'900, 675'999, 16, 19},  // Maestro
    {676'100, 676'399, 16, 19},
}};

constexpr size_t kCardPrefix = 6;
constexpr size_t kCardLongest = 19;
constexpr size_t kCardGroup = 3;

struct CardDigits {
  size_t count = 0;
  uint32_t prefix = 0;
  // Luhn's sums, for a number whose count of digits is even and odd: which digits are doubled is
  // known at its end only.
  std::array<unsigned, 2> sums{};

  void add(unsigned digit) {
    const unsigned doubled = digit < 5 ? 2 * digit : 2 * digit - 9;
    sums[count % 2] += doubled;
    sums[1 - count % 2] += digit;
    prefix = count < kCardPrefix ? prefix * 10 + digit : prefix;
    ++count;
  }

  [[nodiscard]] bool is_card() const {
    const auto issues = [this](const Issuer& one) {
      return prefix >= one.first && prefix <= one.last && count >= one.shortest &&
             count <= one.longest;
    };
    return sums[count % 2] % 10 == 0 && std::any_of(kIssuers.begin(), kIssuers.end(), issues);
  }
};

size_t card_end(std::string_view text, size_t at) {
  CardDigits digits;
  size_t next = at;
  while (true) {
    const size_t begin = next;
    while (next < text.size() && is_digit(text[next]) && digits.count < kCardLongest) {
      digits.add(digit_of(text[next++]));
    }
    if (next - begin < kCardGroup) {
      return kNone;
    }
    if (digits.is_card() && ends_word(text, next)) {
      return next;
    }
    const bool has_more = next + 1 < text.size() && (text[next] == ' ' || text[next] == '-');
    if (!has_more) {
      return kNone;
    }
    ++next;
  }
}

// --- Finnish personal identity code

// The first year of the century; 0: no sign of one.
constexpr int century_of(char sign) {
  constexpr std::string_view kOf1900 = "-YXWVU";
  constexpr std::string_view kOf2000 = "ABCDEF";
  return sign == '+'                                           ? 1800
         : kOf1900.find(upper(sign)) != std::string_view::npos ? 1900
         : kOf2000.find(upper(sign)) != std::string_view::npos ? 2000
                                                               : 0;
}

size_t identity_code_end(std::string_view text, size_t at) {
  constexpr std::string_view kChecks = "0123456789ABCDEFHJKLMNPRSTUVWXY";
  constexpr size_t kBytes = 11;
  constexpr size_t kSign = 6;
  constexpr size_t kCheck = 10;
  constexpr unsigned kLeast = 2;
  constexpr unsigned kMost = 899;
  const std::string_view code = text.substr(at, kBytes);
  const bool may_be = code.size() == kBytes && is_digit(code[0]);
  const int century = may_be ? century_of(code[kSign]) : 0;
  if (century == 0) {
    return kNone;
  }
  unsigned number = 0;
  for (size_t i = 0; i < kCheck; ++i) {
    if (i != kSign) {
      if (!is_digit(code[i])) {
        return kNone;
      }
      number = number * 10 + digit_of(code[i]);
    }
  }
  const auto two = [&](size_t i) { return digit_of(code[i]) * 10 + digit_of(code[i + 1]); };
  const std::chrono::year_month_day birth{std::chrono::year(century + static_cast<int>(two(4))),
                                          std::chrono::month(two(2)),
                                          std::chrono::day(two(0))};
  const unsigned individual = number % 1'000;
  const bool is_code = birth.ok() && individual >= kLeast && individual <= kMost &&
                       kChecks[number % kChecks.size()] == upper(code[kCheck]);
  return is_code && ends_word(text, at + kBytes) ? at + kBytes : kNone;
}

// What stands before a number that is a part of something longer.
constexpr bool is_joint(uint32_t c) {
  return c == '/' || c == '=' || c == '&' || c == '%' || c == '@' || c == '.' || c == '-';
}

}  // namespace

std::string_view name_of(PersonalData kind) {
  constexpr std::array<std::string_view, kPersonalDataKinds> kNames = {
      "iban", "payment_card", "personal_identity_code"};
  return kNames[static_cast<size_t>(kind)];
}

std::bitset<kPersonalDataKinds> personal_data_in(std::string_view text) {
  // By PersonalData.
  constexpr std::array<size_t (*)(std::string_view, size_t), kPersonalDataKinds> kEnds = {
      iban_end, card_end, identity_code_end};
  std::bitset<kPersonalDataKinds> found;
  if (std::none_of(text.begin(), text.end(), is_digit)) {
    return found;  // most texts
  }
  bool may_begin = true;
  for (size_t at = 0; at < text.size();) {
    size_t end = kNone;
    for (size_t kind = 0; may_begin && end == kNone && kind < kEnds.size(); ++kind) {
      end = kEnds[kind](text, at);
      if (end != kNone) {
        found.set(kind);
      }
    }
    if (end != kNone) {
      // The digits of an IBAN are no card besides.
      at = end;
      may_begin = false;
      continue;
    }
    const uint32_t c = next_code_point(text, at);
    may_begin = !is_word_code_point(c) && !is_joint(c);
  }
  return found;
}

}  // namespace kaiku::signal
