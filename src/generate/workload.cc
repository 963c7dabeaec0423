#include "kaiku/generate/workload.h"

#include <algorithm>
#include <utility>

#include "kaiku/money/decimal.h"

#include "generate/fact.h"
#include "generate/society.h"
#include "generate/sowing.h"
#include "generate/teller.h"
#include "generate/truth_book.h"
#include "generate/vocabulary.h"

namespace kaiku::generate {
namespace {

// Units of the base currency for one of another, times 10^6, around which a rate wanders. The
// made-up rates stand for euros; for another base they are as good.
int64_t middle_rate(std::string_view code) {
  if (code == "USD") {
    return 923'400;
  }
  if (code == "GBP") {
    return 1'171'200;
  }
  if (code == "JPY") {
    return 6'130;
  }
  return 1'000'000 + static_cast<int64_t>(mixed(static_cast<unsigned char>(code[0])) % 500'000);
}

std::string make_rates(const Options& options) {
  std::string csv = "currency,date,rate\n";
  const int32_t first = base::day_of(options.start) - 10;
  const uint64_t per_day = options.rate_per_day != 0 ? options.rate_per_day : options.rate * 40'000;
  const auto run = options.span_us != 0 ? (options.span_us + options.quiet_us) / base::kDay
                                        : static_cast<int64_t>(options.events / per_day);
  const auto last = static_cast<int32_t>(first + 40 + std::min<int64_t>(run, 3'650));
  for (const CurrencyShare& share : options.currencies) {
    if (share.code == options.base_currency) {
      continue;
    }
    for (int32_t day = first; day <= last; ++day) {
      // 1970-01-01 was a Thursday; markets rest on Saturday and Sunday.
      const int64_t weekday = ((day % 7) + 7) % 7;
      if (weekday == 2 || weekday == 3) {
        continue;
      }
      const auto swing = static_cast<int64_t>(mixed(static_cast<uint64_t>(day)) % 4'001) - 2'000;
      const int64_t rate = middle_rate(share.code) * (100'000 + swing) / 100'000;
      csv += share.code + ',' + base::format_date(day) + ',' + money::format_micros(rate) + '\n';
    }
  }
  return csv;
}

base::Status bad(std::string_view option, std::string_view bounds) {
  std::string text("generate: ");
  text.append(option).append(" has to be ").append(bounds);
  return base::Status::stop(base::Exit::kUsage, std::move(text));
}

bool is_part(uint64_t share) {
  return share <= 1'000'000;
}

base::Status check_shares(const Shares& s) {
  // Those that are drawn together may not be more than all.
  if (!is_part(uint64_t{s.conversations} + s.orders + s.spends + s.broken)) {
    return bad("conversations + orders + spends + broken", "at most 1000000");
  }
  if (!is_part(uint64_t{s.reposts} + s.replies + s.quotes)) {
    return bad("reposts + replies + quotes", "at most 1000000");
  }
  if (!is_part(uint64_t{s.late} + s.too_old + s.future)) {
    return bad("late + too_old + future", "at most 1000000");
  }
  for (const uint32_t share : {s.bug_reports,
                               s.without_brand,
                               s.two_brands,
                               s.second_connector,
                               s.polled,
                               s.edited,
                               s.deleted,
                               s.unknown_polled,
                               s.corrected,
                               s.refunded,
                               s.refund_first,
                               s.removed,
                               s.test_orders,
                               s.guests,
                               s.journeys,
                               s.undecided,
                               s.names_touch,
                               s.withdrawn,
                               s.coupons}) {
    if (!is_part(share)) {
      return bad("a share", "at most 1000000");
    }
  }
  // Every copy may be copied again.
  return s.redelivered <= 900'000 ? base::Status::ok() : bad("redelivered", "at most 900000");
}

base::Status check_spans(const Options& options) {
  constexpr int64_t kMost = 3'650 * base::kDay;
  for (const int64_t span : {options.out_of_orderness_us,
                             options.lateness_us,
                             options.max_future_us,
                             options.max_age_us,
                             options.span_us,
                             options.quiet_us}) {
    if (span < 0 || span > kMost) {
      return bad("out_of_orderness, lateness, max_future, max_age, span and quiet",
                 "0 to 3650 days");
    }
  }
  const Pace& pace = options.pace;
  for (const int64_t mean : {pace.answer_us,
                             pace.chat_us,
                             pace.touch_us,
                             pace.refund_us,
                             pace.burst_every_us,
                             pace.burst_us}) {
    if (mean < base::kSecond || mean > 30 * base::kDay) {
      return bad("a mean of pace", "a second to 30 days");
    }
  }
  const Care& care = options.care;
  if (care.opens_us < 0 || care.opens_us >= care.closes_us || care.closes_us > base::kDay) {
    return bad("the working hours", "within a day");
  }
  if (options.signals.planted.size() > 1'000) {
    return bad("what is planted", "at most 1000");
  }
  for (const Planted& one : options.signals.planted) {
    if (one.from >= one.until || one.authors < 1 || one.posts > 100'000 || one.reposts > 100'000) {
      return bad("what is planted", "of a span, of authors, and 100000 posts and reposts at most");
    }
  }
  const Attribution& terms = options.attribution;
  return terms.half_life_us >= base::kMinute && terms.look_back_us >= base::kHour
             ? base::Status::ok()
             : bad("half life and look-back", "a minute and an hour at least");
}

}  // namespace

Options month(uint64_t seed) {
  Options options;
  options.seed = seed;
  options.start = 1'772'409'600 * base::kSecond;  // Monday, 2026-03-02T00:00:00Z
  options.rate_per_day = 1'700;
  options.span_us = 30 * base::kDay;
  options.quiet_us = 9 * base::kDay;
  options.brands = 3;
  options.authors = 4'000;
  options.retention_us = 30 * base::kDay;
  options.shares.conversations = 60'000;
  options.pace.answer_us = 40 * base::kMinute;
  options.pace.chat_us = 3 * base::kMinute;
  options.pace.touch_us = 20 * base::kHour;
  options.pace.refund_us = base::kDay;
  options.pace.burst_every_us = 4 * base::kDay;
  options.pace.burst_us = 3 * base::kHour;
  options.pace.burst_share = 800'000;
  options.pace.burst_percent = 400;
  options.care.targets = {{"in public", "", "", "", base::kHour, false},
                          {"mail", "email", "", "", 4 * base::kHour, true},
                          {"chat", "chat", "", "", 5 * base::kMinute, true},
                          {"outages", "", "critical", "bug_report", 30 * base::kMinute, false}};
  options.care.inactivity_us = 2 * base::kDay;
  options.care.ttl_us = 7 * base::kDay;
  options.attribution.look_back_us = 7 * base::kDay;
  options.attribution.half_life_us = 2 * base::kDay;
  options.signals.follow = true;
  options.signals.planted = plant_month(options);
  return options;
}

base::Status check(const Options& options) {
  constexpr base::EventTime kFirst = 1'300'000'000 * base::kSecond;
  constexpr base::EventTime kLast = 4'000'000'000 * base::kSecond;
  if (options.start < kFirst || options.start > kLast) {
    return bad("start", "between 2011-03-13 and 2096-10-02");
  }
  if (options.rate < 1 || options.rate > 1'000'000) {
    return bad("rate", "1 to 1000000 records a second");
  }
  if (options.rate_per_day > 1'000'000'000) {
    return bad("rate_per_day", "at most 1000000000");
  }
  if (base::Status good = check_spans(options); !good.is_ok()) {
    return good;
  }
  if (options.catalogue.size() > 10'000) {
    return bad("catalogue", "at most 10000 brands");
  }
  if (options.brands < 1 || options.brands > 10'000) {
    return bad("brands", "1 to 10000");
  }
  if (options.authors < 10 || options.authors > 10'000'000) {
    return bad("authors", "10 to 10000000");
  }
  for (const int32_t partitions :
       {options.posts_partitions, options.support_partitions, options.orders_partitions}) {
    if (partitions < 1 || partitions > 10'000) {
      return bad("partitions", "1 to 10000");
    }
  }
  if (!money::parse_currency(options.base_currency)) {
    return bad("base_currency", "three letters, as in EUR");
  }
  uint64_t weights = 0;
  for (const CurrencyShare& share : options.currencies) {
    if (!money::parse_currency(share.code) || share.weight > 1'000'000) {
      return bad("currencies", "codes of three letters with weights of at most 1000000");
    }
    weights += share.weight;
  }
  if (weights == 0) {
    return bad("currencies", "at least one with a weight");
  }
  return check_shares(options.shares);
}

namespace {

Options with_brands_of(Options options) {
  if (!options.catalogue.empty()) {
    options.brands = static_cast<uint32_t>(options.catalogue.size());
  }
  return options;
}

}  // namespace

struct Workload::Impl {
  explicit Impl(const Options& chosen)
      : options(with_brands_of(chosen)),
        brands(chosen.catalogue.empty() ? make_brands(chosen.brands) : chosen.catalogue),
        rates_csv(make_rates(chosen)),
        society(options),
        teller(brands, options.signals.planted),
        book(options, brands) {
    const int32_t partitions[] = {
        options.posts_partitions, options.support_partitions, options.orders_partitions};
    for (size_t i = 0; i < kSources; ++i) {
      offsets[i].resize(static_cast<size_t>(partitions[i]));
    }
  }

  void tell(const Delivery& delivery, Record& record);

  const Options options;
  const std::vector<Brand> brands;
  const std::string rates_csv;
  Society society;
  Teller teller;
  TruthBook book;
  uint64_t told = 0;
  std::array<std::vector<int64_t>, kSources> offsets;
};

void Workload::Impl::tell(const Delivery& delivery, Record& record) {
  switch (delivery.kind) {
    case Delivery::Kind::kDeal:
      teller.tell_deal(society.deal(delivery.slot), delivery, record);
      if (options.truth) {
        book.take_deal(society.deal(delivery.slot), delivery);
      }
      break;
    case Delivery::Kind::kBroken:
      teller.tell_broken(delivery, record);
      if (options.truth) {
        book.take_broken(delivery);
      }
      break;
    case Delivery::Kind::kUnknownMetrics:
      teller.tell_unknown(delivery, record);
      if (options.truth) {
        book.take_unknown(delivery);
      }
      break;
    default:
      teller.tell_post(society.post(delivery.slot), delivery, record);
      if (options.truth) {
        book.take_post(society.post(delivery.slot), delivery);
      }
      break;
  }
}

Workload::Workload(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Workload::Workload(Workload&&) noexcept = default;

Workload& Workload::operator=(Workload&&) noexcept = default;

Workload::~Workload() = default;

base::Result<Workload> Workload::make(const Options& options) {
  if (base::Status good = check(options); !good.is_ok()) {
    return good;
  }
  return Workload(std::make_unique<Impl>(options));
}

bool Workload::next(Record& record) {
  Impl& impl = *impl_;
  const bool is_full = impl.options.span_us == 0 && impl.told >= impl.options.events;
  Delivery delivery;
  if (is_full || !impl.society.next(delivery)) {
    return false;
  }
  ++impl.told;
  if (impl.options.truth) {
    for (const uint32_t slot : impl.society.opened) {
      impl.book.open_slot(slot);
    }
  }
  impl.society.opened.clear();
  record.source = delivery.source;
  record.partition = delivery.partition;
  record.timestamp = delivery.kafka_time;
  record.offset =
      impl.offsets[static_cast<size_t>(delivery.source)][static_cast<size_t>(delivery.partition)]++;
  impl.tell(delivery, record);
  impl.society.done(delivery);
  return true;
}

Truth Workload::truth() const {
  if (!impl_->options.truth) {
    return {};
  }
  Truth truth = impl_->book.truth(impl_->rates_csv);
  for (const LoudBrand& loud : impl_->society.loud_brands()) {
    truth.loud_times.push_back({impl_->brands[loud.brand].id, loud.from, loud.until});
  }
  for (const Planted& one : impl_->options.signals.planted) {
    if (one.brand < impl_->brands.size()) {
      truth.planted.push_back(
          {one.what, one.bursts, impl_->brands[one.brand].id, one.term, one.from, one.until});
    }
  }
  return truth;
}

uint64_t Workload::told() const {
  return impl_->told;
}

const std::vector<Brand>& Workload::brands() const {
  return impl_->brands;
}

const std::vector<std::string_view>& Workload::channels() const {
  return channel_names();
}

std::vector<std::string> Workload::filler_words() const {
  const auto words = generate::filler_words();
  return {words.begin(), words.end()};
}

const std::string& Workload::rates_csv() const {
  return impl_->rates_csv;
}

int32_t Workload::partitions(Source source) const {
  return static_cast<int32_t>(impl_->offsets[static_cast<size_t>(source)].size());
}

}  // namespace kaiku::generate
