#include "kaiku/signal/alert_budget.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "kaiku/base/bytes.h"

#include "signal/alert_row.h"
#include "signal/hour_digest.h"

namespace kaiku::signal {
namespace {

using base::ByteReader;
using base::ByteWriter;
using base::EventTime;
using base::Status;
using state::TableId;

constexpr int64_t kNoDay = INT64_MIN;
constexpr EventTime kNothingDue = INT64_MAX;
// A day that is over for so long gets no late alerts that anybody counts.
constexpr int64_t kDaysKept = 2;

struct Day {
  int64_t day = kNoDay;
  uint32_t told = 0;
};

struct BrandAlerts {
  std::array<std::array<Day, kSeverities>, kBudgets> days;
  std::map<int64_t, HourDigest> hours;
};

std::string budget_key(std::string_view brand) {
  return alert_row_key(AlertRow::kBudget, brand);
}

std::string digest_key(std::string_view brand, int64_t hour) {
  std::string key = alert_row_key(AlertRow::kDigest, brand);
  ByteWriter(key).i64(hour);
  return key;
}

int64_t last_day(const BrandAlerts& brand) {
  int64_t last = kNoDay;
  for (const auto& severities : brand.days) {
    for (const Day& day : severities) {
      last = std::max(last, day.day);
    }
  }
  return last;
}

}  // namespace

struct AlertBudget::Impl {
  const int64_t alerts_per_day;
  const int64_t final_after;
  state::Tables& tables;
  std::map<std::string, BrandAlerts, std::less<>> brands;
  std::set<std::string, std::less<>> changed_days;
  std::set<std::pair<std::string, int64_t>> changed_hours;
  EventTime told_to = base::kTimeBegin;
  EventTime next_due = kNothingDue;
  int64_t looked_at = kNoDay;  // the day up to which old ones were forgotten
  uint64_t left_out = 0;

  BrandAlerts* brand_of(std::string_view name) {
    const auto found = brands.find(name);
    if (found != brands.end()) {
      return &found->second;
    }
    return brands.size() < kBrandsBudgeted ? &brands[std::string(name)] : nullptr;
  }

  [[nodiscard]] EventTime due_at(int64_t hour) const {
    return (hour + 1) * base::kHour + final_after;
  }

  // The first hour at or after that of `at` whose digest was not told.
  [[nodiscard]] int64_t open_hour(EventTime at) const {
    const int64_t hour = base::floor_div(at, base::kHour);
    const bool is_told = told_to < base::kTimeEnd && told_to > base::kTimeBegin + final_after &&
                         due_at(hour) <= told_to;
    return is_told ? base::floor_div(told_to - final_after, base::kHour) : hour;
  }

  void note(std::string_view brand, int64_t hour) {
    changed_hours.emplace(std::string(brand), hour);
    next_due = std::min(next_due, due_at(hour));
  }

  HourDigest* digest_of(std::string_view brand, int64_t hour) {
    const auto found = brands.find(brand);
    if (found == brands.end()) {
      return nullptr;
    }
    const auto digest = found->second.hours.find(hour);
    return digest == found->second.hours.end() ? nullptr : &digest->second;
  }

  // What was told, and names nothing that may have to be taken back, is forgotten.
  void settle(const std::string& name, EventTime watermark, const AlertSink& sink) {
    BrandAlerts& brand = brands.find(name)->second;
    for (auto at = brand.hours.begin(); at != brand.hours.end();) {
      auto& [hour, digest] = *at;
      if (!digest.told && due_at(hour) <= watermark) {
        sink(digest_record(name, hour, digest));
        ++digest.number;
        digest.told = true;
        changed_hours.emplace(name, hour);
      }
      if (!digest.told) {
        next_due = std::min(next_due, due_at(hour));
      } else if (!digest.is_needed()) {
        changed_hours.emplace(name, hour);
        at = brand.hours.erase(at);
        continue;
      }
      ++at;
    }
  }

  void forget_old(EventTime watermark) {
    const int64_t today = base::floor_div(watermark, base::kDay);
    if (watermark >= base::kTimeEnd || today <= looked_at) {
      return;
    }
    looked_at = today;
    const int64_t least = today - kDaysKept;
    for (auto at = brands.begin(); at != brands.end();) {
      if (!at->second.hours.empty() || last_day(at->second) >= least) {
        ++at;
        continue;
      }
      tables.erase(TableId::kAlerts, budget_key(at->first));
      changed_days.erase(at->first);
      at = brands.erase(at);
    }
  }

  void write() {
    for (const std::string& name : changed_days) {
      std::string value;
      ByteWriter out(value);
      out.u8(kAlertLayout);
      for (const auto& severities : brands.find(name)->second.days) {
        for (const Day& day : severities) {
          out.i64(day.day);
          out.varint(day.told);
        }
      }
      tables.put(TableId::kAlerts, budget_key(name), std::move(value));
    }
    for (const auto& [name, hour] : changed_hours) {
      const HourDigest* const digest = digest_of(name, hour);
      if (digest == nullptr) {
        tables.erase(TableId::kAlerts, digest_key(name, hour));
        continue;
      }
      std::string value;
      ByteWriter out(value);
      out.u8(kAlertLayout);
      digest->encode(out);
      tables.put(TableId::kAlerts, digest_key(name, hour), std::move(value));
    }
    changed_days.clear();
    changed_hours.clear();
  }

  [[nodiscard]] bool take(AlertRow row, std::string_view name, ByteReader& key, ByteReader& in) {
    BrandAlerts& brand = brands[std::string(name)];
    if (row == AlertRow::kBudget) {
      for (auto& severities : brand.days) {
        for (Day& day : severities) {
          day.day = in.i64();
          day.told = static_cast<uint32_t>(in.varint());
        }
      }
      return true;
    }
    const int64_t hour = key.i64();
    if (hour < base::kTimeBegin / base::kHour || hour > base::kTimeEnd / base::kHour - 1 ||
        !brand.hours[hour].decode(in)) {
      return false;
    }
    // What was told is kept for what it names only.
    if (!brand.hours[hour].told) {
      next_due = std::min(next_due, due_at(hour));
    }
    return true;
  }
};

AlertBudget::AlertBudget(int64_t alerts_per_day, int64_t final_after, state::Tables& tables)
    : impl_(std::make_unique<Impl>(Impl{.alerts_per_day = alerts_per_day,
                                        .final_after = final_after,
                                        .tables = tables,
                                        .brands = {},
                                        .changed_days = {},
                                        .changed_hours = {}})) {}

AlertBudget::~AlertBudget() = default;

Status AlertBudget::load(EventTime told_to) {
  impl_->told_to = told_to;
  return scan_alert_rows(
      impl_->tables,
      [this](AlertRow row, std::string_view brand, ByteReader& key, ByteReader& value) {
        return row == AlertRow::kDeadline ||
               (impl_->take(row, brand, key, value) && !value.failed() && value.at_end() &&
                !key.failed() && key.at_end());
      });
}

bool AlertBudget::spend(Budgeted budget, std::string_view brand, EventTime at, Severity severity) {
  BrandAlerts* const alerts = impl_->brand_of(brand);
  if (alerts == nullptr) {
    return false;
  }
  Day& day = alerts->days[static_cast<size_t>(budget)][static_cast<size_t>(severity)];
  const int64_t number = base::floor_div(at, base::kDay);
  // What comes late is told, or not, as one of the newest day.
  if (number > day.day) {
    day = {number, 0};
  }
  if (static_cast<int64_t>(day.told) >= impl_->alerts_per_day) {
    return false;
  }
  ++day.told;
  impl_->changed_days.emplace(brand);
  return true;
}

int64_t AlertBudget::add(std::string_view brand, EventTime at, const DigestEntry& entry) {
  impl_->left_out += entry.severity == Severity::kInfo ? 0 : 1;
  BrandAlerts* const alerts = impl_->brand_of(brand);
  if (alerts == nullptr) {
    return kNotNamed;
  }
  const int64_t hour = impl_->open_hour(at);
  const bool is_named = alerts->hours[hour].add(entry);
  impl_->note(brand, hour);
  return is_named ? hour : kNotNamed;
}

void AlertBudget::take_back(std::string_view brand, int64_t hour, const DigestEntry& entry) {
  HourDigest* const digest = impl_->digest_of(brand, hour);
  if (digest != nullptr && digest->take_back(entry)) {
    impl_->note(brand, hour);
  }
}

void AlertBudget::release(std::string_view brand, int64_t hour, const DigestEntry& entry) {
  HourDigest* const digest = impl_->digest_of(brand, hour);
  if (digest != nullptr) {
    digest->release(entry);
    impl_->note(brand, hour);
  }
}

bool AlertBudget::has_work(EventTime watermark) const {
  return impl_->next_due <= watermark;
}

void AlertBudget::tell(EventTime watermark, const AlertSink& sink) {
  Impl& my = *impl_;
  if (has_work(watermark)) {
    my.next_due = kNothingDue;
    for (const auto& [name, brand] : my.brands) {
      my.settle(name, watermark, sink);
    }
  }
  my.forget_old(watermark);
  my.told_to = std::max(my.told_to, watermark);
  my.write();
}

uint64_t AlertBudget::left_out() const {
  return impl_->left_out;
}

size_t AlertBudget::memory_bytes() const {
  constexpr size_t kPerDigest = 4096;
  size_t bytes = 0;
  for (const auto& [name, brand] : impl_->brands) {
    bytes += sizeof(BrandAlerts) + name.size() + 64 + brand.hours.size() * kPerDigest;
  }
  return bytes;
}

}  // namespace kaiku::signal
