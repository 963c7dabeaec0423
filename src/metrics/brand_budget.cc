#include "brand_budget.h"

#include <algorithm>
#include <string_view>

namespace kaiku::metrics {
namespace {

// The position of the label `brand`, or kMaxLabels.
size_t brand_position(Metric metric) {
  const auto& labels = declaration(metric).labels;
  return static_cast<size_t>(std::ranges::find(labels, std::string_view("brand")) - labels.begin());
}

bool only_grows(Metric metric) {
  return declaration(metric).type != Type::kGauge;
}

}  // namespace

// What was shown under the brand's own name is not told again.
void BrandBudget::leave_shown(Sample& sample) const {
  const auto shown = last_.find({sample.metric, sample.labels});
  if (shown == last_.end()) {
    return;
  }
  sample.value = std::max(0.0, sample.value - shown->second.value);
  for (size_t i = 0; i < sample.buckets.size(); ++i) {
    sample.buckets[i] -= std::min(sample.buckets[i], shown->second.buckets[i]);
  }
}

void BrandBudget::decide(const std::map<std::string, size_t>& series_of_brand,
                         const std::vector<std::string>& arrival,
                         size_t fixed) {
  size_t used = fixed;
  for (const std::string& brand : in_) {
    const auto found = series_of_brand.find(brand);
    used += found == series_of_brand.end() ? 0 : found->second;
  }
  while (used > series_ && !in_.empty()) {
    const std::string youngest = in_.back();
    const auto found = series_of_brand.find(youngest);
    used -= found == series_of_brand.end() ? 0 : found->second;
    in_.pop_back();
    is_in_.erase(youngest);
    put_out_.insert(youngest);
  }
  const size_t open_until = series_ - series_ / 5;
  for (const std::string& brand : arrival) {
    const size_t series = series_of_brand.at(brand);
    if (is_in_.contains(brand) || put_out_.contains(brand) || used + series > open_until) {
      continue;
    }
    used += series;
    in_.push_back(brand);
    is_in_.insert(brand);
  }
}

void BrandBudget::apply(std::vector<Sample>& samples, size_t fixed) {
  std::map<std::string, size_t> series_of_brand;
  std::vector<std::string> arrival;
  for (const Sample& sample : samples) {
    const size_t at = brand_position(sample.metric);
    if (at == kMaxLabels || sample.labels[at] == kOtherBrand) {
      continue;
    }
    const auto [brand, is_new] = series_of_brand.try_emplace(sample.labels[at], 0);
    brand->second += series_of(sample);
    if (is_new) {
      arrival.push_back(sample.labels[at]);
    }
  }
  decide(series_of_brand, arrival, fixed);
  std::vector<Sample> kept;
  kept.reserve(samples.size());
  for (Sample& sample : samples) {
    const size_t at = brand_position(sample.metric);
    if (at == kMaxLabels || sample.labels[at] == kOtherBrand ||
        is_in_.contains(sample.labels[at])) {
      kept.push_back(std::move(sample));
      continue;
    }
    ++overflow_;
    if (declaration(sample.metric).fold == Fold::kNone) {
      continue;
    }
    if (only_grows(sample.metric)) {
      leave_shown(sample);
      put_out_.insert(sample.labels[at]);
    }
    sample.labels[at] = kOtherBrand;
    kept.push_back(std::move(sample));
  }
  samples = std::move(kept);
  remember(samples);
}

void BrandBudget::remember(const std::vector<Sample>& samples) {
  for (const Sample& sample : samples) {
    const size_t at = brand_position(sample.metric);
    if (at != kMaxLabels && sample.labels[at] != kOtherBrand && only_grows(sample.metric)) {
      last_[{sample.metric, sample.labels}] = {sample.value, sample.buckets};
    }
  }
}

}  // namespace kaiku::metrics
