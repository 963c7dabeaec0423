#include "kaiku/signal/signal_book.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "signal/alert_desk.h"
#include "signal/alert_record.h"
#include "signal/brand_past.h"
#include "signal/due.h"
#include "signal/window_tests.h"

namespace kaiku::signal {
namespace {

using aggregate::Aggregate;
using base::EventTime;
using base::Status;
using state::TableId;

constexpr int64_t kMinutesPerHour = 60;
constexpr int64_t kHoursPerDay = 24;
// What has faded below this is forgotten: a twentieth of an event.
constexpr int64_t kFaded = kMillion / 20;
constexpr EventTime kNothingDue = base::kTimeEnd;

// The end of the oldest window with evidence of what is open on the scale; kTimeEnd if nothing is.
EventTime oldest_evidence(const Brand& brand, Scale scale) {
  EventTime oldest = base::kTimeEnd;
  for (const auto& [key, alert] : brand.alerts) {
    if ((size_of_kind(alert.kind) == Due::Size::kDay) == (scale == Scale::kDay)) {
      oldest = std::min(oldest, alert.updated_at);
    }
  }
  return oldest;
}

}  // namespace

struct SignalBook::Impl {
  std::shared_ptr<const SignalPlan> plan;
  state::Tables& tables;
  std::map<std::string, Brand, std::less<>> brands;
  std::set<std::string, std::less<>> changed;  // brands with something to write
  // When the next window is due: one with something in it, and one without that an open alert waits
  // for.
  EventTime next_full = kNothingDue;
  EventTime next_empty = kNothingDue;
  BoundCounts counts;
  AlertDesk desk;

  Impl(std::shared_ptr<const SignalPlan> p, AlertBudget& budget, state::Tables& t)
      : plan(std::move(p)), tables(t), desk(*plan, budget, tables) {}

  // --- what comes in

  Brand* brand_of(std::string_view name) {
    auto found = brands.find(name);
    if (found == brands.end()) {
      if (brands.size() >= kBrands || name.find('\0') != std::string_view::npos) {
        ++counts.brands;
        return nullptr;
      }
      found = brands.emplace(std::string(name), Brand()).first;
    }
    changed.emplace(name);
    return &found->second;
  }

  Minute& minute_at(Brand& brand, int64_t number) {
    brand.dirty_minutes.insert(number);
    return brand.minutes[number];
  }

  // Anything but what may be pointed to no more.
  [[nodiscard]] static bool has_news(const aggregate::SignalFigures& told) {
    return told.by_staff != 0 || !told.terms.is_empty() || !told.examples.examples().empty() ||
           std::any_of(told.subjects.begin(), told.subjects.end(), [](const auto& table) {
             return !table.is_empty();
           });
  }

  void accept(const exchange::DeltaKey& key, const Aggregate& delta) {
    const aggregate::SignalFigures* told = delta.signals.get();
    if (const auto known = brands.find(key.brand); told != nullptr && known != brands.end()) {
      forget_items(known->first, known->second, told->examples.gone());
    }
    Minute one;
    one.originals = delta.count_original();
    one.negative = delta.sentiment_negative;
    one.neutral = delta.sentiment_neutral;
    one.positive = delta.sentiment_positive;
    const bool has_counts =
        one.originals != 0 || one.negative != 0 || one.neutral != 0 || one.positive != 0;
    if (key.type == model::ItemType::kBusinessEvent ||
        (!has_counts && (told == nullptr || !has_news(*told)))) {
      return;
    }
    Brand* const brand = brand_of(key.brand);
    if (brand == nullptr) {
      return;
    }
    const int64_t through = brand->at(Scale::kHour).through;
    const bool is_late =
        through != kNever && base::floor_div(key.minute, kMinutesPerHour) <= through;
    if (is_late) {
      ++counts.late;
    } else {
      Minute& minute = minute_at(*brand, key.minute);
      if (told != nullptr) {
        one.terms = told->terms;
        one.examples = told->examples;
      }
      minute.add(one);
    }
    if (told != nullptr) {
      take_risks(*brand, is_late ? (through + 1) * kMinutesPerHour : key.minute, *told);
    }
    note_due(*brand);
  }

  void take_risks(Brand& brand, int64_t number, const aggregate::SignalFigures& told) {
    for (size_t risk = 0; risk < model::kRisks; ++risk) {
      if (!told.subjects[risk].is_empty()) {
        minute_at(brand, number).subjects[risk].merge(told.subjects[risk]);
        brand.risky.insert(number);
      }
    }
  }

  // --- what may be pointed to no more

  void keep_examples(std::string_view name,
                     Brand& brand,
                     const std::function<bool(const aggregate::Example&)>& is_gone) {
    for (auto& [hour, examples] : brand.examples) {
      if (examples.remove_if(is_gone)) {
        write_hour(name, brand, hour);
      }
    }
    for (auto& [number, minute] : brand.minutes) {
      if (minute.examples.remove_if(is_gone)) {
        brand.dirty_minutes.insert(number);
        changed.emplace(name);
      }
    }
  }

  void forget_items(std::string_view name, Brand& brand, const std::vector<uint64_t>& gone) {
    if (gone.empty()) {
      return;
    }
    const auto is_gone = [&gone](const auto& of) {
      return std::binary_search(gone.begin(), gone.end(), of.item);
    };
    keep_examples(name, brand, is_gone);
    desk.forget_samples(name, brand, is_gone);
  }

  void forget(uint64_t author) {
    const auto is_gone = [author](const auto& of) { return of.author == author; };
    for (auto& [name, brand] : brands) {
      keep_examples(name, brand, is_gone);
      desk.forget_samples(name, brand, is_gone);
    }
  }

  // --- what is due

  // The next window of the brand with something in it.
  [[nodiscard]] static std::optional<Due> next_full_of(const Brand& brand) {
    std::optional<Due> next;
    const auto consider = [&next](const Due& due) {
      if (!next || due < *next) {
        next = due;
      }
    };
    if (!brand.risky.empty()) {
      consider(due_of(Due::Size::kMinute, *brand.risky.begin()));
    }
    if (!brand.minutes.empty()) {
      consider(
          due_of(Due::Size::kHour, base::floor_div(brand.minutes.begin()->first, kMinutesPerHour)));
    }
    if (!brand.hours.empty()) {
      consider(due_of(Due::Size::kDay, base::floor_div(brand.hours.begin()->first, kHoursPerDay)));
    }
    return next;
  }

  // The next window that an open alert waits for, whether anything is in it or not.
  [[nodiscard]] static std::optional<Due> next_awaited_of(const Brand& brand) {
    std::optional<Due> next;
    for (const Scale scale : {Scale::kHour, Scale::kDay}) {
      const Due::Size size = scale == Scale::kDay ? Due::Size::kDay : Due::Size::kHour;
      const int64_t through = brand.at(scale).through;
      const EventTime evidence = oldest_evidence(brand, scale);
      if (through == kNever || evidence == base::kTimeEnd) {
        continue;
      }
      // Nothing that lies before it can end an alert.
      const Due due = due_of(size, std::max(through + 1, base::floor_div(evidence, size_of(size))));
      if (!next || due < *next) {
        next = due;
      }
    }
    return next;
  }

  void note_due(const Brand& brand) {
    if (const auto due = next_full_of(brand); due) {
      next_full = std::min(next_full, due->end + plan->final_after);
    }
    if (const auto due = next_awaited_of(brand); due) {
      next_empty = std::min(next_empty, due->end + plan->final_after);
    }
  }

  [[nodiscard]] bool is_due(EventTime watermark) const {
    return (next_full < kNothingDue && next_full <= watermark) ||
           (watermark < base::kTimeEnd && next_empty <= watermark);
  }

  // The next window to look at. Empty ones are looked at while the watermark is a time, or when
  // something comes after them: the end of all input is no quiet hour.
  [[nodiscard]] std::optional<Due> next_of(const Brand& brand, EventTime watermark) const {
    const auto full = next_full_of(brand);
    const auto awaited = next_awaited_of(brand);
    const bool has_more = full && full->size != Due::Size::kDay;
    const bool may_wait = watermark < base::kTimeEnd || has_more;
    std::optional<Due> next = full;
    if (awaited && may_wait && (!next || *awaited < *next)) {
      next = awaited;
    }
    if (!next || next->end + plan->final_after > watermark) {
      return std::nullopt;
    }
    return next;
  }

  // --- windows

  void look_at_minute(std::string_view name,
                      Brand& brand,
                      const Due& window,
                      const AlertSink& sink) {
    brand.risky.erase(window.number);
    Minute& minute = minute_at(brand, window.number);
    std::vector<Finding> findings;
    const int64_t hour = base::floor_div(window.number, kMinutesPerHour);
    test_risks(*plan, hour, minute, brand, findings);
    find_samples({&minute.examples, 1}, findings);
    for (aggregate::TermTable& table : minute.subjects) {
      table.clear();
    }
    desk.settle(name, brand, findings, window, sink);
  }

  void look_at_hour(std::string_view name, Brand& brand, const Due& window, const AlertSink& sink) {
    ScalePast& past = brand.at(Scale::kHour);
    Minute sums;
    sums.terms = aggregate::TermTable(std::numeric_limits<size_t>::max());
    const auto begin = brand.minutes.lower_bound(window.number * kMinutesPerHour);
    const auto end = brand.minutes.lower_bound((window.number + 1) * kMinutesPerHour);
    const bool is_empty = begin == end;
    std::vector<aggregate::ExampleTable> examples;
    for (auto at = begin; at != end; ++at) {
      sums.add(at->second);
      examples.push_back(std::move(at->second.examples));
      forget_minute(name, brand, at->first, at->second);
    }
    brand.minutes.erase(begin, end);
    std::vector<Finding> findings;
    if (!is_empty) {
      sums.terms.keep_most_used(kTermsRemembered);
      past.first = past.first == kNever ? window.number : past.first;
      const double factor = hour_factor(*plan, window.number, brand);
      test_season(*plan, window.number, sums, brand, findings);
      std::vector<uint64_t> touched;
      test_terms(*plan, Scale::kHour, window.number, factor, sums.terms, brand, findings, touched);
      keep_terms(name, brand, Scale::kHour, window.number, touched);
      sums.terms.keep_most_used(aggregate::kTermsPerTable);
      counts.terms += static_cast<uint64_t>(std::max<int64_t>(sums.terms.other(), 0));
      keep_hour(name, brand, window.number, sums);
      find_samples(examples, findings);
    }
    past.through = window.number;
    brand.dirty = true;
    desk.settle(name, brand, findings, window, sink);
  }

  void look_at_day(std::string_view name, Brand& brand, const Due& window, const AlertSink& sink) {
    ScalePast& past = brand.at(Scale::kDay);
    aggregate::TermTable terms(std::numeric_limits<size_t>::max());
    const auto begin = brand.hours.lower_bound(window.number * kHoursPerDay);
    const auto end = brand.hours.lower_bound((window.number + 1) * kHoursPerDay);
    const bool is_empty = begin == end;
    std::vector<aggregate::ExampleTable> examples;
    for (auto at = begin; at != end; ++at) {
      terms.merge(at->second);
      examples.push_back(std::move(brand.examples[at->first]));
      brand.examples.erase(at->first);
      tables.erase(TableId::kSignals, window_key(Row::kHour, name, at->first));
    }
    brand.hours.erase(begin, end);
    std::vector<Finding> findings;
    if (!is_empty) {
      terms.keep_most_used(kTermsRemembered);
      past.first = past.first == kNever ? window.number : past.first;
      std::vector<uint64_t> touched;
      test_terms(*plan, Scale::kDay, window.number, 1, terms, brand, findings, touched);
      find_samples(examples, findings);
      keep_terms(name, brand, Scale::kDay, window.number, touched);
    }
    brand.hosts.forget_before((window.number - kHostDays) * kHoursPerDay);
    past.through = window.number;
    brand.dirty = true;
    desk.settle(name, brand, findings, window, sink);
  }

  // --- rows

  void forget_minute(std::string_view name, Brand& brand, int64_t number, const Minute& minute) {
    brand.dirty_minutes.erase(number);
    brand.risky.erase(number);
    if (minute.stored) {
      tables.erase(TableId::kSignals, window_key(Row::kMinute, name, number));
    }
  }

  void keep_hour(std::string_view name, Brand& brand, int64_t hour, const Minute& sums) {
    aggregate::TermTable& kept = brand.hours[hour];
    kept.clear();
    kept.merge(sums.terms);
    brand.examples[hour] = sums.examples;
    write_hour(name, brand, hour);
  }

  void write_hour(std::string_view name, Brand& brand, int64_t hour) {
    std::string value;
    encode_hour(brand.hours[hour], brand.examples[hour], value);
    tables.put(TableId::kSignals, window_key(Row::kHour, name, hour), std::move(value));
  }

  void keep_terms(std::string_view name,
                  Brand& brand,
                  Scale scale,
                  int64_t window,
                  const std::vector<uint64_t>& touched) {
    auto& terms = brand.terms[static_cast<size_t>(scale)];
    for (const uint64_t hash : touched) {
      std::string value;
      encode_term(terms.at(hash), value);
      tables.put(TableId::kSignals, term_key(name, scale, hash), std::move(value));
    }
    // Faded ones are looked for once in so many windows, and when there is no room.
    ScalePast& past = brand.at(scale);
    const int64_t turn = base::floor_div(window, kHoursPerDay);
    if (past.pruned == turn && terms.size() <= kTermsRemembered) {
      return;
    }
    past.pruned = turn;
    std::vector<std::pair<int64_t, uint64_t>> left;
    std::vector<uint64_t> gone;
    for (const auto& [hash, term] : terms) {
      const int64_t now = term.shape.before(window + 1, plan->discount);
      if (now < kFaded) {
        gone.push_back(hash);
      } else {
        left.emplace_back(now, hash);
      }
    }
    if (left.size() > kTermsRemembered) {
      std::sort(left.begin(), left.end());
      const size_t surplus = left.size() - kTermsRemembered;
      counts.forgotten += surplus;
      for (size_t i = 0; i < surplus; ++i) {
        gone.push_back(left[i].second);
      }
    }
    std::sort(gone.begin(), gone.end());
    for (const uint64_t hash : gone) {
      terms.erase(hash);
      tables.erase(TableId::kSignals, term_key(name, scale, hash));
    }
  }

  void write(const std::string& name, Brand& brand) {
    for (const int64_t number : brand.dirty_minutes) {
      Minute& minute = brand.minutes.at(number);
      std::string value;
      encode_minute(minute, value);
      tables.put(TableId::kSignals, window_key(Row::kMinute, name, number), std::move(value));
      minute.stored = true;
    }
    brand.dirty_minutes.clear();
    if (brand.dirty) {
      std::string value;
      encode_brand(brand, value);
      tables.put(TableId::kSignals, row_key(Row::kBrand, name), std::move(value));
      brand.dirty = false;
    }
  }

  void seal(EventTime watermark, const AlertSink& sink) {
    if (is_due(watermark)) {
      next_full = kNothingDue;
      next_empty = kNothingDue;
      for (auto& [name, brand] : brands) {
        while (const auto due = next_of(brand, watermark)) {
          changed.insert(name);
          brand.dirty = true;
          switch (due->size) {
            case Due::Size::kMinute:
              look_at_minute(name, brand, *due, sink);
              break;
            case Due::Size::kHour:
              look_at_hour(name, brand, *due, sink);
              break;
            case Due::Size::kDay:
              look_at_day(name, brand, *due, sink);
              break;
          }
        }
        note_due(brand);
      }
    }
    for (const std::string& name : changed) {
      write(name, brands.find(name)->second);
    }
    changed.clear();
  }

  // --- sources

  [[nodiscard]] bool has_news_of(std::string_view source, const SourceWatch& watch) const {
    const auto brand = brands.find(kNoBrand);
    const bool is_open =
        brand != brands.end() &&
        brand->second.alerts.contains({AlertKind::kSourceSilent, std::string(source)});
    return desk.is_silent(source, watch) != is_open;
  }

  // --- restart

  Status load() {
    bool good = true;
    Status status =
        tables.scan(TableId::kSignals, [&](std::string_view key, std::string_view value) {
          const size_t end = key.find('\0', 1);
          if (!good || key.empty() || end == std::string_view::npos) {
            good = false;
            return;
          }
          Brand& brand = brands[std::string(key.substr(1, end - 1))];
          good = take_row(static_cast<Row>(key.front()), key.substr(end + 1), value, brand);
        });
    if (!status.is_ok()) {
      return status;
    }
    if (!good) {
      return {base::Next::kRestore, "a row of the signals does not decode"};
    }
    for (const auto& [name, brand] : brands) {
      note_due(brand);
    }
    return Status::ok();
  }
};

SignalBook::SignalBook(std::shared_ptr<const SignalPlan> plan,
                       AlertBudget& budget,
                       state::Tables& tables)
    : impl_(std::make_unique<Impl>(std::move(plan), budget, tables)) {}

SignalBook::~SignalBook() = default;

Status SignalBook::load() {
  return impl_->load();
}

void SignalBook::accept(const exchange::DeltaKey& key, const Aggregate& delta) {
  impl_->accept(key, delta);
}

void SignalBook::forget(uint64_t author) {
  impl_->forget(author);
}

bool SignalBook::has_work(EventTime watermark) const {
  return impl_->is_due(watermark);
}

void SignalBook::seal(EventTime watermark, const AlertSink& sink) {
  impl_->seal(watermark, sink);
}

bool SignalBook::has_news_of(std::string_view source, const SourceWatch& watch) const {
  return impl_->has_news_of(source, watch);
}

void SignalBook::watch(std::string_view source, const SourceWatch& watch, const AlertSink& sink) {
  if (impl_->has_news_of(source, watch)) {
    impl_->desk.tell_silence(impl_->brands[std::string(kNoBrand)], source, watch, sink);
  }
}

void SignalBook::open_alerts(
    const std::function<void(std::string_view, AlertKind, Severity, uint64_t)>& visit) const {
  for (const auto& [name, brand] : impl_->brands) {
    std::map<std::pair<AlertKind, Severity>, uint64_t> open;
    for (const auto& [key, alert] : brand.alerts) {
      open[{alert.kind, alert.severity}] += alert.is_shown() ? 1 : 0;
    }
    for (const auto& [kind, count] : open) {
      visit(name, kind.first, kind.second, count);
    }
  }
}

void SignalBook::opened_alerts(
    const std::function<void(std::string_view, AlertKind, Severity, uint64_t)>& visit) const {
  for (const auto& [key, count] : impl_->desk.opened()) {
    visit(std::get<0>(key), std::get<1>(key), std::get<2>(key), count);
  }
}

std::vector<OpenAlert> SignalBook::newest_alerts(size_t most) const {
  struct Place {
    std::string_view brand;
    const Alert* alert;
  };

  // Of one moment by name, so that the order is the same after a restart.
  const auto is_newer = [](const Place& a, const Place& b) {
    return std::tie(b.alert->opened_at, a.brand, a.alert->kind, a.alert->subject) <
           std::tie(a.alert->opened_at, b.brand, b.alert->kind, b.alert->subject);
  };
  std::vector<Place> newest;  // a heap, the oldest first
  for (const auto& [name, brand] : impl_->brands) {
    for (const auto& [key, alert] : brand.alerts) {
      if (!alert.is_shown()) {
        continue;
      }
      newest.push_back({name, &alert});
      std::push_heap(newest.begin(), newest.end(), is_newer);
      if (newest.size() > most) {
        std::pop_heap(newest.begin(), newest.end(), is_newer);
        newest.pop_back();
      }
    }
  }
  std::sort_heap(newest.begin(), newest.end(), is_newer);
  std::vector<OpenAlert> alerts;
  alerts.reserve(newest.size());
  for (const Place& place : newest) {
    alerts.push_back(open_alert_of(place.brand, *place.alert));
  }
  return alerts;
}

const BoundCounts& SignalBook::bound_counts() const {
  return impl_->counts;
}

size_t SignalBook::memory_bytes() const {
  size_t bytes = 0;
  for (const auto& [name, brand] : impl_->brands) {
    bytes += sizeof(Brand) + brand.slots.size() * sizeof(Slot);
    for (const auto& [number, minute] : brand.minutes) {
      bytes += sizeof(Minute) + minute.terms.memory_bytes() + minute.examples.memory_bytes();
    }
    for (const auto& [number, terms] : brand.hours) {
      bytes += terms.memory_bytes();
    }
    for (const auto& terms : brand.terms) {
      bytes += terms.size() * (sizeof(uint64_t) + sizeof(TermPast)) * 2;
    }
    bytes += brand.alerts.size() * (sizeof(Alert) + 256);
  }
  return bytes;
}

}  // namespace kaiku::signal
