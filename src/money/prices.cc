#include "kaiku/money/prices.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "kaiku/base/bytes.h"
#include "kaiku/money/decimal.h"

#include "money/csv.h"

namespace kaiku::money {
namespace {

constexpr std::string_view kHeader = "price,brand,channel,valid_from,amount";
constexpr size_t kRowsMax = 100'000;
constexpr std::string_view kAny = "*";
constexpr int64_t kOne = 1'000'000;

constexpr std::array<std::string_view, kPrices> kNames = {
    "cost_per_contact", "wage_per_hour", "cpm", "margin", "mails_per_day", "contact_share"};

std::optional<Price> parse_price(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  return found == kNames.end() ? std::nullopt
                               : std::optional(static_cast<Price>(found - kNames.begin()));
}

bool is_part(Price price) {
  return price == Price::kMargin || price == Price::kContactShare;
}

std::string parse_row(std::string_view text, Prices::Row& row) {
  const std::string_view name = take_field(text);
  row.brand = take_field(text);
  row.channel = take_field(text);
  const auto day = parse_date(take_field(text));
  const auto amount = parse_decimal(take_field(text));
  if (!text.empty()) {
    return "a row has five fields";
  }
  const auto price = parse_price(name);
  if (!price) {
    std::string problem = "the price has to be one of";
    for (const std::string_view known : kNames) {
      problem.append(" ").append(known);
    }
    return problem;
  }
  if (row.brand.empty() || row.channel.empty()) {
    return "brand and channel have to be an id, or * for any";
  }
  if (!day) {
    return "valid_from has to be yyyy-mm-dd";
  }
  if (!amount || amount->micros < 0) {
    return "the amount has to be a decimal of at most 6 decimals, not negative";
  }
  if (is_part(*price) && amount->micros > kOne) {
    return std::string(name) + " is a part: 0 to 1";
  }
  row.price = *price;
  row.valid_from = *day;
  row.amount_micros = amount->micros;
  return {};
}

auto key_of(const Prices::Row& row) {
  return std::tuple(
      row.price, std::string_view(row.brand), std::string_view(row.channel), row.valid_from);
}

}  // namespace

std::string_view name_of(Price price) {
  return kNames[static_cast<size_t>(price)];
}

base::Result<Prices> Prices::parse(std::string_view csv, std::string_view file) {
  Prices prices;
  const base::Status status =
      read_rows(csv, file, kHeader, kRowsMax, [&](std::string_view text, size_t line) {
        Row row;
        row.line = line;
        std::string problem = parse_row(text, row);
        prices.rows_.push_back(std::move(row));
        return problem;
      });
  if (!status.is_ok()) {
    return status;
  }
  return std::move(prices).finish(file);
}

base::Result<Prices> Prices::finish(std::string_view file) && {
  std::stable_sort(
      rows_.begin(), rows_.end(), [](const Row& a, const Row& b) { return key_of(a) < key_of(b); });
  const auto twice = std::adjacent_find(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
    return key_of(a) == key_of(b);
  });
  if (twice != rows_.end()) {
    return error_at(
        file,
        std::next(twice)->line,
        "this price of this day stands in line " + std::to_string(twice->line) + " already");
  }
  name_versions();
  return std::move(*this);
}

// A chain: each day's name is made of the one before it and the rows that begin on it.
void Prices::name_versions() {
  std::vector<const Row*> by_day;
  for (const Row& row : rows_) {
    by_day.push_back(&row);
  }
  std::stable_sort(by_day.begin(), by_day.end(), [](const Row* a, const Row* b) {
    return a->valid_from < b->valid_from;
  });
  std::string content;
  for (size_t i = 0; i < by_day.size(); ++i) {
    const Row& row = *by_day[i];
    base::ByteWriter writer(content);
    writer.u8(static_cast<uint8_t>(row.price));
    writer.bytes(row.brand);
    writer.bytes(row.channel);
    writer.svarint(row.valid_from);
    writer.svarint(row.amount_micros);
    if (i + 1 == by_day.size() || by_day[i + 1]->valid_from != row.valid_from) {
      version_ = version_of("kaiku prices", content);
      versions_.emplace_back(row.valid_from, version_);
      content = version_;
    }
  }
}

const std::string& Prices::version_at(base::EventTime at) const {
  static const std::string kNone = "none";
  const auto after = std::upper_bound(
      versions_.begin(), versions_.end(), base::day_of(at), [](int32_t day, const auto& version) {
        return day < version.first;
      });
  return after == versions_.begin() ? kNone : std::prev(after)->second;
}

std::optional<int32_t> Prices::valid_from(base::EventTime at) const {
  const int32_t day = base::day_of(at);
  std::optional<int32_t> newest;
  for (const Row& row : rows_) {
    if (row.valid_from <= day && row.valid_from >= newest.value_or(row.valid_from)) {
      newest = row.valid_from;
    }
  }
  return newest;
}

std::optional<int64_t> Prices::find(Price price,
                                    std::string_view brand,
                                    std::string_view channel,
                                    base::EventTime at) const {
  const int32_t day = base::day_of(at);
  for (const auto& [b, c] : {std::pair(brand, channel),
                             std::pair(brand, kAny),
                             std::pair(kAny, channel),
                             std::pair(kAny, kAny)}) {
    const auto wanted = std::tuple(price, b, c, day);
    const auto after =
        std::upper_bound(rows_.begin(), rows_.end(), wanted, [](const auto& key, const Row& row) {
          return key < key_of(row);
        });
    if (after == rows_.begin()) {
      continue;
    }
    const Row& row = *std::prev(after);
    if (row.price == price && row.brand == b && row.channel == c) {
      return row.amount_micros;
    }
  }
  return std::nullopt;
}

std::vector<std::string_view> Prices::channels(Price price, std::string_view brand) const {
  std::vector<std::string_view> names;
  for (const Row& row : rows_) {
    if (row.price == price && row.channel != kAny && (row.brand == brand || row.brand == kAny)) {
      names.push_back(row.channel);
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace kaiku::money
