#include <algorithm>

#include "kaiku/metrics/catalogue.h"

namespace kaiku::metrics {
namespace {

struct CurrencyWord {
  std::string_view code;
  std::string_view unit;
};

// Words that need no country beside them, or carry it. Not "pounds": linters take it for a weight.
constexpr CurrencyWord kCurrencyWords[] = {
    {"AUD", "australian_dollars"},
    {"CAD", "canadian_dollars"},
    {"CHF", "swiss_francs"},
    {"CNY", "yuan"},
    {"CZK", "czech_koruny"},
    {"DKK", "danish_kroner"},
    {"EUR", "euros"},
    {"GBP", "sterling"},
    {"INR", "indian_rupees"},
    {"JPY", "yen"},
    {"NOK", "norwegian_kroner"},
    {"NZD", "new_zealand_dollars"},
    {"PLN", "zlotys"},
    {"SEK", "swedish_kronor"},
    {"USD", "dollars"},
};

}  // namespace

std::string currency_unit_name(std::string_view currency) {
  std::string upper;
  for (const char c : currency.substr(0, 4)) {
    upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  const auto* known = std::ranges::find(kCurrencyWords, upper, &CurrencyWord::code);
  if (known != std::end(kCurrencyWords)) {
    return std::string(known->unit);
  }
  if (upper.size() != 3 ||
      !std::ranges::all_of(upper, [](char c) { return c >= 'A' && c <= 'Z'; })) {
    return "currency_units";
  }
  std::ranges::transform(
      upper, upper.begin(), [](char c) { return static_cast<char>(c - 'A' + 'a'); });
  return upper;
}

}  // namespace kaiku::metrics
