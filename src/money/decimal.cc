#include "kaiku/money/decimal.h"

#include <algorithm>
#include <array>

#include "kaiku/base/limits.h"

#include "money/wide.h"

namespace kaiku::money {
namespace {

constexpr int kMicroDecimals = 6;
constexpr int64_t kAmountMicros = base::limits::kAmountMajorUnits * 1'000'000;
// Two factors of 18 significant digits multiply into 36, which 128 bits hold.
constexpr int kFactorDigits = 18;
constexpr int kFactorDecimals = 36;

// The codes of ISO 4217 in order: list one, and of list three what was withdrawn since 2015, since
// money of then is told now. The codes for no currency and for tests name none that could be
// booked.
constexpr std::string_view kCodes =
    "AEDAFNALLAMDANGAOAARSAUDAWGAZNBAMBBDBDTBGNBHDBIFBMDBNDBOBBOV"
    "BRLBSDBTNBWPBYNBYRBZDCADCDFCHECHFCHWCLFCLPCNYCOPCOUCRCCUCCUP"
    "CVECZKDJFDKKDOPDZDEGPERNETBEURFJDFKPGBPGELGHSGIPGMDGNFGTQGYD"
    "HKDHNLHRKHTGHUFIDRILSINRIQDIRRISKJMDJODJPYKESKGSKHRKMFKPWKRW"
    "KWDKYDKZTLAKLBPLKRLRDLSLLTLLYDMADMDLMGAMKDMMKMNTMOPMROMRUMUR"
    "MVRMWKMXNMXVMYRMZNNADNGNNIONOKNPRNZDOMRPABPENPGKPHPPKRPLNPYG"
    "QARRONRSDRUBRWFSARSBDSCRSDGSEKSGDSHPSLESLLSOSSRDSSPSTDSTNSVC"
    "SYPSZLTHBTJSTMTTNDTOPTRYTTDTWDTZSUAHUGXUSDUSNUYIUYUUYWUZSVED"
    "VEFVESVNDVUVWSTXADXAFXAGXAUXBAXBBXBCXBDXCDXCGXDRXOFXPDXPFXPT"
    "XSUXUAYERZARZMWZWGZWL";
constexpr size_t kCodeSize = 3;
static_assert(kCodes.size() % kCodeSize == 0);

bool is_in_table(std::string_view code) {
  size_t low = 0;
  size_t high = kCodes.size() / kCodeSize;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    const std::string_view found = kCodes.substr(middle * kCodeSize, kCodeSize);
    if (found == code) {
      return true;
    }
    (found < code ? low : high) = found < code ? middle + 1 : middle;
  }
  return false;
}

// ISO 4217 (list one, "minor unit") where it is not 2. The other codes, metals included, are
// written with 2.
struct Exponent {
  std::string_view code;
  int decimals;
};

constexpr std::array<Exponent, 26> kExponents = {{
    {"BHD", 3}, {"BIF", 0}, {"CLF", 4}, {"CLP", 0}, {"DJF", 0}, {"GNF", 0}, {"IQD", 3},
    {"ISK", 0}, {"JOD", 3}, {"JPY", 0}, {"KMF", 0}, {"KRW", 0}, {"KWD", 3}, {"LYD", 3},
    {"OMR", 3}, {"PYG", 0}, {"RWF", 0}, {"TND", 3}, {"UGX", 0}, {"UYI", 0}, {"UYW", 4},
    {"VND", 0}, {"VUV", 0}, {"XAF", 0}, {"XOF", 0}, {"XPF", 0},
}};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// A decimal without trailing zeros after the point: value = mantissa x 10^-decimals.
struct Decimal {
  Int128 mantissa = 0;
  int decimals = 0;
};

// Splits [+-]digits[.digits] into its digits; false on anything else.
bool split(std::string_view text, bool& negative, std::string_view& whole, std::string_view& part) {
  negative = false;
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  const size_t point = text.find('.');
  whole = text.substr(0, point);
  part = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (whole.empty() || (point != std::string_view::npos && part.empty())) {
    return false;
  }
  return std::all_of(whole.begin(), whole.end(), is_digit) &&
         std::all_of(part.begin(), part.end(), is_digit);
}

std::optional<Decimal> parse(std::string_view text) {
  bool negative = false;
  std::string_view whole;
  std::string_view part;
  if (!split(text, negative, whole, part)) {
    return std::nullopt;
  }
  whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
  const size_t last = part.find_last_not_of('0');
  part = part.substr(0, last == std::string_view::npos ? 0 : last + 1);
  if (part.size() > static_cast<size_t>(kFactorDecimals)) {
    return std::nullopt;
  }
  Decimal decimal;
  int digits = 0;
  for (const std::string_view run : {whole, part}) {
    for (const char c : run) {
      if (digits > 0 || c != '0') {
        ++digits;
      }
      if (digits > kFactorDigits) {
        return std::nullopt;
      }
      decimal.mantissa = decimal.mantissa * 10 + (c - '0');
    }
  }
  decimal.decimals = static_cast<int>(part.size());
  if (negative) {
    decimal.mantissa = -decimal.mantissa;
  }
  return decimal;
}

// Micros of a decimal with at most 6 decimals; nothing if it is out of range.
std::optional<int64_t> to_micros(const Decimal& decimal) {
  if (decimal.decimals > kMicroDecimals) {
    return std::nullopt;
  }
  const Int128 limit =
      static_cast<Int128>(base::limits::kAmountMajorUnits) * power_of_ten(decimal.decimals);
  if (decimal.mantissa > limit || decimal.mantissa < -limit) {
    return std::nullopt;
  }
  return static_cast<int64_t>(decimal.mantissa * power_of_ten(kMicroDecimals - decimal.decimals));
}

}  // namespace

std::optional<Amount> parse_decimal(std::string_view text) {
  const std::optional<Decimal> decimal = parse(text);
  if (!decimal) {
    return std::nullopt;
  }
  const std::optional<int64_t> micros = to_micros(*decimal);
  if (!micros) {
    return std::nullopt;
  }
  return Amount{*micros, static_cast<uint8_t>(decimal->decimals)};
}

std::optional<Amount> multiply_decimals(std::string_view a, std::string_view b) {
  const std::optional<Decimal> left = parse(a);
  const std::optional<Decimal> right = parse(b);
  if (!left || !right) {
    return std::nullopt;
  }
  Decimal product{left->mantissa * right->mantissa, left->decimals + right->decimals};
  while (product.decimals > 0 && product.mantissa % 10 == 0) {
    product.mantissa /= 10;
    --product.decimals;
  }
  const std::optional<int64_t> micros = to_micros(product);
  if (!micros) {
    return std::nullopt;
  }
  return Amount{*micros, static_cast<uint8_t>(product.decimals)};
}

std::optional<int64_t> from_minor(int64_t minor, model::Currency currency) {
  const Int128 micros =
      static_cast<Int128>(minor) * power_of_ten(kMicroDecimals - exponent(currency));
  if (micros > kAmountMicros || micros < -kAmountMicros) {
    return std::nullopt;
  }
  return static_cast<int64_t>(micros);
}

int exponent(model::Currency currency) {
  const std::string_view code = currency.view();
  const auto* found = std::lower_bound(
      kExponents.begin(), kExponents.end(), code, [](const Exponent& entry, std::string_view key) {
        return entry.code < key;
      });
  return found != kExponents.end() && found->code == code ? found->decimals : 2;
}

std::optional<model::Currency> parse_currency(std::string_view code) {
  if (code.size() != 3) {
    return std::nullopt;
  }
  model::Currency currency;
  for (size_t i = 0; i < 3; ++i) {
    const char c = code[i];
    if (c >= 'a' && c <= 'z') {
      currency.code[i] = static_cast<char>(c - 'a' + 'A');
    } else if (c >= 'A' && c <= 'Z') {
      currency.code[i] = c;
    } else {
      return std::nullopt;
    }
  }
  return is_in_table(currency.view()) ? std::optional(currency) : std::nullopt;
}

std::string format_money(Int128 micros, model::Currency currency) {
  const int decimals = exponent(currency);
  return format_scaled(divide_half_even(micros, power_of_ten(kMicroDecimals - decimals)), decimals);
}

std::string format_micros(Int128 micros) {
  std::string text = format_scaled(micros, kMicroDecimals);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') {
    text.pop_back();
  }
  return text;
}

}  // namespace kaiku::money
