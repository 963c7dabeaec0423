#include "generate/truth_book.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "kaiku/money/decimal.h"
#include "kaiku/money/rates.h"

namespace kaiku::generate {
namespace {

using model::BusinessKind;
using model::DuplicateKind;
using model::ItemType;

// A cell's key: minute, brand, channel and type in one word; the order of the words is that of
// time.
uint64_t pack(int64_t minute, uint16_t brand, uint8_t channel, ItemType type) {
  return static_cast<uint64_t>(minute) << 32 | static_cast<uint64_t>(brand) << 16 |
         static_cast<uint64_t>(channel) << 8 | static_cast<uint64_t>(type);
}

struct Place {
  base::EventTime start;
  uint16_t brand;
  uint8_t channel;
  ItemType type;
};

Place unpack(uint64_t key) {
  return {static_cast<int64_t>(key >> 32) * base::kMinute,
          static_cast<uint16_t>(key >> 16),
          static_cast<uint8_t>(key >> 8),
          static_cast<ItemType>(key & 0xff)};
}

template <size_t N>
void add(std::array<int64_t, N>& sum, const std::array<int64_t, N>& more) {
  for (size_t i = 0; i < N; ++i) {
    sum[i] += more[i];
  }
}

void add(Figures& sum, const Figures& more) {
  add(sum.by_relation, more.by_relation);
  add(sum.suppressed, more.suppressed);
  add(sum.counters, more.counters);
  add(sum.sentiment, more.sentiment);
  sum.inbound += more.inbound;
  sum.inbound_original += more.inbound_original;
  sum.edits += more.edits;
  sum.deletions += more.deletions;
  sum.orders += more.orders;
  sum.refunds += more.refunds;
  sum.spends += more.spends;
  (void)sum.money.merge(more.money);
}

// Of each counter that is stated, what it has gained; `last` becomes what was stated.
std::array<int64_t, kCounters> gain(std::array<int64_t, kCounters>& last,
                                    const std::array<int64_t, kCounters>& now) {
  std::array<int64_t, kCounters> gained{};
  for (size_t i = 0; i < kCounters; ++i) {
    if (now[i] != model::kAbsent) {
      gained[i] = now[i] - last[i];
      last[i] = now[i];
    }
  }
  return gained;
}

void make_unique(std::vector<uint32_t>& authors) {
  std::sort(authors.begin(), authors.end());
  authors.erase(std::unique(authors.begin(), authors.end()), authors.end());
}

}  // namespace

TruthBook::TruthBook(const Options& options, const std::vector<Brand>& brands)
    : options_(options),
      conversations_(options_.care, static_cast<uint16_t>(brands.size())),
      journeys_(options_.attribution, static_cast<uint16_t>(brands.size())),
      bursts_(options_, brands) {
  for (const Brand& brand : brands) {
    brand_ids_.push_back(brand.id);
  }
  brand_ids_.emplace_back("_other");
  const int32_t partitions[] = {
      options.posts_partitions, options.support_partitions, options.orders_partitions};
  for (size_t i = 0; i < kSources; ++i) {
    newest_[i].assign(static_cast<size_t>(partitions[i]), base::kTimeBegin);
  }
}

void TruthBook::open_slot(uint32_t slot) {
  if (slot >= posts_.size()) {
    posts_.resize(slot + 1);
  }
  posts_[slot] = {};
}

Outcomes& TruthBook::outcomes(const Delivery& delivery) {
  return sources_[static_cast<size_t>(delivery.source)];
}

TruthBook::Timing TruthBook::judge(const Delivery& delivery, const Times& times) {
  const base::EventTime kafka = delivery.kafka_time;
  if (std::max(times.occurred_at, times.operation_at) > kafka + options_.max_future_us) {
    return Timing::kFuture;
  }
  const base::EventTime age_of = times.is_create ? times.occurred_at : times.operation_at;
  if (!times.never_late && age_of < kafka - options_.max_age_us) {
    return Timing::kTooOld;
  }
  base::EventTime& newest =
      newest_[static_cast<size_t>(delivery.source)][static_cast<size_t>(delivery.partition)];
  const base::EventTime watermark = newest - options_.out_of_orderness_us;
  newest = std::max(newest, std::min(times.operation_at, kafka));
  return !times.never_late && times.operation_at < watermark - options_.lateness_us ? Timing::kLate
                                                                                    : Timing::kGood;
}

// Counts the record and ends it here if its time is not good.
bool TruthBook::refuse(const Delivery& delivery, const Times& times) {
  Outcomes& outcome = outcomes(delivery);
  ++outcome.records;
  switch (judge(delivery, times)) {
    case Timing::kGood:
      return false;
    case Timing::kLate:
      ++outcome.late;
      break;
    case Timing::kTooOld:
      ++outcome.dead_letters[static_cast<size_t>(model::ErrorClass::kTooOld)];
      break;
    case Timing::kFuture:
      ++outcome.dead_letters[static_cast<size_t>(model::ErrorClass::kFuture)];
      break;
  }
  return true;
}

void TruthBook::count_duplicate(const Delivery& delivery, DuplicateKind kind) {
  ++outcomes(delivery).duplicates[static_cast<size_t>(kind)];
}

TruthBook::MinuteCell& TruthBook::cell(base::EventTime at,
                                       uint16_t brand,
                                       uint8_t channel,
                                       ItemType type) {
  return cells_[pack(base::minute_of(at), brand, channel, type)];
}

template <typename Change>
void TruthBook::in_cells(const Post& post, base::EventTime at, const Change& change) {
  if (post.brand_count == 0) {
    change(cell(at, static_cast<uint16_t>(brand_ids_.size() - 1), post.channel, post.type));
  }
  for (size_t i = 0; i < post.brand_count; ++i) {
    change(cell(at, post.brands[i], post.channel, post.type));
  }
}

void TruthBook::suppress(const Post& post,
                         base::EventTime at,
                         const Delivery& delivery,
                         DuplicateKind kind) {
  count_duplicate(delivery, kind);
  in_cells(post, at, [&](MinuteCell& in) { ++in.figures.suppressed[static_cast<size_t>(kind)]; });
}

void TruthBook::take_broken(const Delivery& delivery) {
  ++outcomes(delivery).records;
  ++outcomes(delivery).dead_letters[static_cast<size_t>(error_of(delivery.broken))];
}

void TruthBook::take_unknown(const Delivery& delivery) {
  if (!refuse(delivery, {delivery.observed_at, delivery.observed_at, false, false})) {
    count_duplicate(delivery, DuplicateKind::kRepoll);  // of a post that never comes
  }
}

void TruthBook::take_post(const Post& post, const Delivery& delivery) {
  const bool is_create = delivery.kind == Delivery::Kind::kCreate;
  const Times times{post.occurred_at,
                    is_create ? post.occurred_at : delivery.observed_at,
                    is_create,
                    delivery.kind == Delivery::Kind::kDelete};
  if (refuse(delivery, times)) {
    return;
  }
  PostState& state = posts_[delivery.slot];
  switch (delivery.kind) {
    case Delivery::Kind::kCreate:
      create(post, delivery, state);
      break;
    case Delivery::Kind::kUpdate:
      update(post, delivery, state);
      break;
    case Delivery::Kind::kDelete:
      remove(post, delivery, state);
      break;
    default:
      observe(post, delivery, state);
      break;
  }
}

void TruthBook::create(const Post& post, const Delivery& delivery, PostState& state) {
  const auto connector = static_cast<uint8_t>(1U << delivery.connector);
  const bool seen = (state.connectors & connector) != 0;
  state.connectors |= connector;
  if (state.created) {
    suppress(post,
             post.occurred_at,
             delivery,
             seen ? DuplicateKind::kRedelivery : DuplicateKind::kSameItem);
    return;
  }
  state.created = true;
  ++outcomes(delivery).counted;
  conversations_.take(post, delivery);
  journeys_.take(post);
  bursts_.take(post);
  std::array<int64_t, kCounters> counters{};
  (void)gain(counters, counters_of(post, 0));
  if (state.label_at < post.occurred_at) {
    state.label = post.label;
    state.label_at = post.occurred_at;
  }
  in_cells(post, post.occurred_at, [&](MinuteCell& in) {
    ++in.figures.by_relation[static_cast<size_t>(post.relation)];
    if (!post.from_brand && !post.note && !post.automatic) {
      ++in.figures.inbound;
      in.figures.inbound_original += post.relation == model::Relation::kOriginal ? 1 : 0;
    }
    ++in.figures.sentiment[static_cast<size_t>(state.label)];
    add(in.figures.counters, counters);
    in.figures.deletions += state.deleted ? 1 : 0;
    if (post.author != kNobody) {
      in.authors.push_back(post.author);
    }
  });
  book_looks(post, state, 1);  // those that came before it
}

void TruthBook::update(const Post& post, const Delivery& delivery, PostState& state) {
  const uint32_t version = uint32_t{1} << delivery.revision;
  if ((state.versions & version) != 0) {
    suppress(post, post.occurred_at, delivery, DuplicateKind::kRedelivery);
    return;
  }
  state.versions |= version;
  ++outcomes(delivery).counted;
  conversations_.take(post, delivery);
  in_cells(post, post.occurred_at, [](MinuteCell& in) { ++in.figures.edits; });
  if (state.label_at >= delivery.observed_at) {
    return;
  }
  const model::Sentiment label = label_of(post, delivery.revision);
  if (state.created) {
    in_cells(post, post.occurred_at, [&](MinuteCell& in) {
      --in.figures.sentiment[static_cast<size_t>(state.label)];
      ++in.figures.sentiment[static_cast<size_t>(label)];
    });
  }
  state.label = label;
  state.label_at = delivery.observed_at;
}

void TruthBook::remove(const Post& post, const Delivery& delivery, PostState& state) {
  if (state.deleted) {
    suppress(post, post.occurred_at, delivery, DuplicateKind::kRedelivery);
    return;
  }
  state.deleted = true;
  ++outcomes(delivery).counted;
  conversations_.take(post, delivery);
  if (state.created) {
    in_cells(post, post.occurred_at, [](MinuteCell& in) { ++in.figures.deletions; });
  }
}

void TruthBook::observe(const Post& post, const Delivery& delivery, PostState& state) {
  const auto place =
      std::lower_bound(state.looks.begin(),
                       state.looks.end(),
                       delivery.observed_at,
                       [](const Look& look, base::EventTime at) { return look.at < at; });
  if (place != state.looks.end() && place->at == delivery.observed_at) {
    suppress(post, post.occurred_at, delivery, DuplicateKind::kRedelivery);
    return;
  }
  count_duplicate(delivery, DuplicateKind::kRepoll);
  if (state.created) {
    book_looks(post, state, -1);
  }
  state.looks.insert(place, {delivery.observed_at, delivery.revision});
  if (state.created) {
    book_looks(post, state, 1);
  }
}

void TruthBook::book_looks(const Post& post, const PostState& state, int64_t sign) {
  std::array<int64_t, kCounters> last{};
  (void)gain(last, counters_of(post, 0));
  for (const Look& look : state.looks) {
    std::array<int64_t, kCounters> gained = gain(last, counters_of(post, look.revision));
    for (int64_t& counter : gained) {
      counter *= sign;
    }
    in_cells(post, look.at, [&](MinuteCell& in) {
      add(in.figures.counters, gained);
      in.figures.suppressed[static_cast<size_t>(DuplicateKind::kRepoll)] += sign;
    });
  }
}

void TruthBook::take_deal(const Deal& deal, const Delivery& delivery) {
  if (deal.test) {
    ++outcomes(delivery).records;
    ++outcomes(delivery).ignored;
    return;
  }
  const bool is_create = deal.version == 1 && !deal.removed;
  const base::EventTime operation_at = is_create ? deal.occurred_at : delivery.observed_at;
  if (refuse(delivery, {deal.occurred_at, operation_at, is_create, true})) {
    return;
  }
  if (deal.business >= deals_.size()) {
    deals_.resize(deal.business + 1);
  }
  DealState& state = deals_[deal.business];
  if (std::find(state.versions.begin(), state.versions.end(), deal.version) !=
      state.versions.end()) {
    count_duplicate(delivery, DuplicateKind::kBusiness);
    const auto other = static_cast<uint16_t>(brand_ids_.size() - 1);
    ++cell(deal.occurred_at,
           deal.brand == kNoBrand ? other : deal.brand,
           deal.channel,
           ItemType::kBusinessEvent)
          .figures.suppressed[static_cast<size_t>(DuplicateKind::kBusiness)];
    return;
  }
  if (!state.is_known() || deal.version > state.deal.version) {
    state.deal = deal;
  }
  state.versions.push_back(deal.version);
  ++outcomes(delivery).counted;
}

std::vector<bool> TruthBook::cancelled() const {
  std::vector<bool> cancelled(deals_.size());
  for (const DealState& state : deals_) {
    if (state.is_known() && state.deal.kind == BusinessKind::kCancellation && !state.deal.removed &&
        state.deal.order < cancelled.size()) {
      cancelled[state.deal.order] = true;
    }
  }
  return cancelled;
}

// What is in force of orders, visits and leads.
void TruthBook::tell_journeys(KpiRows& kpis) const {
  const std::vector<bool> is_cancelled = cancelled();
  std::vector<int64_t> refunded(deals_.size());
  for (const DealState& state : deals_) {
    const Deal& deal = state.deal;
    if (state.is_known() && deal.kind == BusinessKind::kRefund && !deal.removed &&
        deal.order < deals_.size() && deals_[deal.order].is_known() &&
        deals_[deal.order].deal.currency == deal.currency) {
      refunded[deal.order] += std::abs(deal.amount_micros);
    }
  }
  std::vector<Deal> visits;
  std::vector<OrderFact> orders;
  for (const DealState& state : deals_) {
    const Deal& deal = state.deal;
    if (!state.is_known() || deal.removed) {
      continue;
    }
    if (deal.kind == BusinessKind::kVisit || deal.kind == BusinessKind::kLead) {
      visits.push_back(deal);
    } else if (deal.kind == BusinessKind::kOrder && !is_cancelled[deal.business]) {
      orders.push_back({deal, deal.amount_micros - refunded[deal.business]});
    }
  }
  journeys_.tell(visits, orders, kpis);
}

// Adds what is in force.
void TruthBook::book_deals(CellMap& cells) const {
  const std::vector<bool> is_cancelled = cancelled();
  for (const DealState& state : deals_) {
    const Deal& deal = state.deal;
    if (!state.is_known() || deal.removed ||
        (deal.kind == BusinessKind::kOrder && is_cancelled[deal.business])) {
      continue;
    }
    const bool has_order =
        deal.names_order && deal.order < deals_.size() && deals_[deal.order].is_known();
    const Deal& order = has_order ? deals_[deal.order].deal : deal;
    uint16_t brand = deal.brand == kNoBrand ? order.brand : deal.brand;
    brand = brand == kNoBrand ? static_cast<uint16_t>(brand_ids_.size() - 1) : brand;
    const uint64_t key =
        pack(base::minute_of(deal.occurred_at), brand, deal.channel, ItemType::kBusinessEvent);
    const int32_t rate_day = base::day_of(order.occurred_at);
    switch (deal.kind) {
      case BusinessKind::kOrder:
        ++cells[key].figures.orders;
        (void)cells[key].figures.money.add(
            money::Flow::kOrder, deal.currency, rate_day, deal.amount_micros);
        break;
      case BusinessKind::kRefund:
        ++cells[key].figures.refunds;
        (void)cells[key].figures.money.add(
            money::Flow::kRefund, deal.currency, rate_day, std::abs(deal.amount_micros));
        break;
      case BusinessKind::kAdSpend:
        ++cells[key].figures.spends;
        (void)cells[key].figures.money.add(
            money::Flow::kSpend, deal.currency, rate_day, deal.amount_micros);
        break;
      default:
        break;
    }
  }
}

std::vector<Cell> TruthBook::roll_up(const CellMap& minutes) const {
  std::vector<Cell> cells;
  for (const Window window : {Window::kDay, Window::kHour, Window::kMinute}) {
    const int64_t size = size_of(window);
    CellMap rolled;
    for (const auto& [key, minute] : minutes) {
      const Place place = unpack(key);
      const base::EventTime start = base::floor_div(place.start, size) * size;
      MinuteCell& sum =
          rolled[pack(base::minute_of(start), place.brand, place.channel, place.type)];
      add(sum.figures, minute.figures);
      sum.authors.insert(sum.authors.end(), minute.authors.begin(), minute.authors.end());
    }
    for (auto& [key, sum] : rolled) {
      const Place place = unpack(key);
      make_unique(sum.authors);
      sum.figures.unique_authors = static_cast<int64_t>(sum.authors.size());
      sum.figures.sentiment[0] = 0;  // no label is no figure
      cells.push_back({window,
                       brand_ids_[place.brand],
                       std::string(channel_names()[place.channel]),
                       place.type,
                       place.start,
                       std::move(sum.figures)});
    }
  }
  std::sort(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) {
    const auto key = [](const Cell& c) {
      return std::tuple(name_of(c.window),
                        std::string_view(c.brand),
                        std::string_view(c.channel),
                        model::name_of(c.type),
                        c.start);
    };
    return key(a) < key(b);
  });
  return cells;
}

std::vector<Booked> TruthBook::book(const std::vector<Cell>& cells,
                                    const std::string& rates_csv) const {
  const model::Currency base = *money::parse_currency(options_.base_currency);
  const auto rates = money::Rates::parse(base, rates_csv, "rates.csv");
  std::map<std::pair<int32_t, std::string>, money::MoneySums> days;
  for (const Cell& cell : cells) {
    if (cell.window == Window::kDay && !cell.figures.money.is_empty()) {
      (void)days[{base::day_of(cell.start), cell.brand}].merge(cell.figures.money);
    }
  }
  std::vector<Booked> booked;
  for (const auto& [key, sums] : days) {
    const auto text = [&, &all = sums](money::Flow flow) {
      return money::format_money(rates.value().convert(all, flow).micros, base);
    };
    booked.push_back({key.first,
                      key.second,
                      text(money::Flow::kOrder),
                      text(money::Flow::kRefund),
                      text(money::Flow::kSpend)});
  }
  return booked;
}

Truth TruthBook::truth(const std::string& rates_csv) const {
  CellMap cells = cells_;
  book_deals(cells);
  Truth truth;
  truth.sources = sources_;
  truth.cells = roll_up(cells);
  truth.booked = book(truth.cells, rates_csv);
  truth.base_currency = options_.base_currency;
  KpiRows kpis;
  ConversationTruth::Told told = conversations_.tell(brand_ids_, kpis);
  truth.conversations = std::move(told.outcomes);
  truth.breaches = std::move(told.breaches);
  tell_journeys(kpis);
  truth.bursts = bursts_.tell(brand_ids_);
  truth.kpis = kpis.rows(brand_ids_, options_.base_currency, rates_csv);
  return truth;
}

}  // namespace kaiku::generate
