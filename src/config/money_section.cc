// The section `business`: the currency of what is published, exchange rates, prices.
#include <algorithm>
#include <utility>

#include "kaiku/config/pipeline_config.h"
#include "kaiku/money/decimal.h"
#include "kaiku/money/prices.h"
#include "kaiku/money/rates.h"

#include "config/input_file.h"
#include "config/plan_builder.h"
#include "config/values.h"

namespace kaiku::config {
namespace {

constexpr size_t kFileBytes = 64 << 20;

struct TextFile {
  const Node* at = nullptr;
  std::string path;
  std::string content;
};

// False if none is named, or it cannot be read, which was reported then.
bool read_file(Build& build, const View& business, std::string_view key, TextFile& file) {
  file.at = business.find(key);
  if (file.at == nullptr || !file.at->is_scalar()) {
    return false;
  }
  file.path = resolve_path(build.scope.base_dir, file.at->text);
  auto content = read_input_file(file.path, kFileBytes);
  if (!content.has_value()) {
    build.report.error_at(*file.at, "KA022", business.path_of(key), content.error().message());
    return false;
  }
  file.content = std::move(content).value();
  return true;
}

// What a row says of a name that the catalogues do not have; empty if they have it.
std::string unknown_name(const shard::Plan& plan, const money::Prices::Row& row) {
  constexpr std::string_view kAny = "*";
  const bool has_brands = !plan.open_brands && plan.brands != nullptr;
  if (row.brand != kAny && has_brands && plan.brands->by_field(row.brand) != row.brand) {
    return "no brand has the id \"" + row.brand + "\"";
  }
  const auto& channels = plan.channels->channels();
  const bool known = row.channel == kAny ||
                     std::any_of(channels.begin(), channels.end(), [&](const auto& channel) {
                       return channel.id == row.channel;
                     });
  return known ? "" : "no channel has the id \"" + row.channel + "\"";
}

}  // namespace

std::shared_ptr<const money::Rates> build_rates(Build& build) {
  const View business = build.view.section("business");
  const auto currency = money::parse_currency(business.text("currency"));
  if (!currency.has_value()) {
    build.report.error_at(business.place("currency", build.root),
                          "KA054",
                          "business.currency",
                          "business.currency has to be a code of ISO 4217",
                          "EUR");
    return nullptr;
  }
  build.plan.rates_every_us = business.number("rates_every");
  TextFile file;
  if (!read_file(build, business, "rates", file)) {
    return std::make_shared<const money::Rates>(*currency);
  }
  build.plan.rates_file = file.path;
  auto rates = money::Rates::parse(*currency, file.content, file.path);
  if (!rates.has_value()) {
    build.report.error_at(*file.at, "KA054", "business.rates", rates.error().message());
    return nullptr;
  }
  return std::make_shared<const money::Rates>(std::move(rates).value());
}

std::shared_ptr<const money::Prices> build_prices(Build& build) {
  const View business = build.view.section("business");
  TextFile file;
  if (!read_file(build, business, "prices", file)) {
    return nullptr;
  }
  build.plan.prices_file = file.path;
  auto prices = parse_prices(build.plan, file.content, file.path);
  if (!prices.has_value()) {
    build.report.error_at(*file.at, "KA059", "business.prices", prices.error().message());
    return nullptr;
  }
  return std::make_shared<const money::Prices>(std::move(prices).value());
}

base::Result<money::Prices> parse_prices(const shard::Plan& plan,
                                         std::string_view csv,
                                         std::string_view file) {
  auto prices = money::Prices::parse(csv, file);
  if (!prices.has_value()) {
    return prices;
  }
  for (const money::Prices::Row& row : prices->rows()) {
    if (const std::string problem = unknown_name(plan, row); !problem.empty()) {
      return base::Status::stop(
          base::Exit::kConfig, std::string(file) + ":" + std::to_string(row.line) + ": " + problem);
    }
  }
  return prices;
}

}  // namespace kaiku::config
