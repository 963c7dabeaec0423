#include "oracle/oracle.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include "oracle/brands.h"
#include "oracle/item.h"
#include "oracle/times.h"

namespace kaiku::oracle {
namespace {

// Which cells something is booked in.
struct Place {
  Micros time = 0;
  std::vector<std::string> brands;
  std::string channel;
  std::string type;
};

// Orders the labels an item was ever given.
struct LabelRank {
  Micros operation_at = 0;
  std::string version;

  friend bool operator<(const LabelRank& a, const LabelRank& b) {
    if (a.operation_at != b.operation_at) {
      return a.operation_at < b.operation_at;
    }
    const bool by_length = a.version.size() != b.version.size();  // numbers without leading zeros
    return by_length ? a.version.size() < b.version.size() : a.version < b.version;
  }
};

// Counters as they stood once.
struct Observation {
  std::map<std::string, int64_t> counters;
  bool of_create = false;
};

struct ItemState {
  bool created = false;
  Place place;                                               // of the create
  std::set<std::pair<std::string, std::string>> deliveries;  // (source, event id) of its copies
  std::set<std::string> updates;                             // versions
  std::map<LabelRank, std::string> labels;
  bool deleted = false;
  // By when it was seen; what a stream says with the create is older than any.
  std::map<Micros, Observation> observations;
};

using BusinessKey = std::pair<std::string, std::string>;  // kind, business id

struct BusinessState {
  std::set<int64_t> versions;
  Item item;
  Place place;
  bool names_brand = false;
};

// One item that passed the time check.
struct Accepted {
  const Source& source;
  const Item& item;
  Place place;
  Micros operation_at = 0;
  bool names_brand = false;
  bool by_brand = false;  // one of its handles wrote it
};

// Of people outside of the brand.
bool is_inbound(const Accepted& accepted) {
  const Item& item = accepted.item;
  const bool on_our_side = item.role == "brand" || item.role == "staff" || item.role == "bot" ||
                           ((item.role.empty() || item.role == "unknown") && item.outbound);
  return !accepted.by_brand && !on_our_side && !item.note && !item.auto_reply;
}

bool is_business(const Item& item) {
  return item.type == "business_event";
}

// Operations that no lateness can refuse.
bool is_never_late(const Item& item) {
  return is_business(item) || item.type == "control" || item.op == "delete";
}

Micros operation_time(const Source& source, const Item& item, Micros log_time) {
  if (item.op == "create" && !source.polled) {
    return item.occurred_at;
  }
  return item.observed_at.value_or(source.bounded ? item.occurred_at : log_time);
}

std::optional<std::string> absurd_time(const Source& source,
                                       const Item& item,
                                       Micros operation_at,
                                       Micros log_time) {
  if (source.bounded) {
    return std::nullopt;
  }
  if (std::max(item.occurred_at, operation_at) > log_time + source.max_future) {
    return "future";
  }
  if (is_business(item) || item.op == "delete") {
    return std::nullopt;
  }
  const Micros judged = item.op == "create" ? item.occurred_at : operation_at;
  if (judged < log_time - source.max_age) {
    return "too_old";
  }
  return std::nullopt;
}

// False if the item was seen at that time before; the larger counter counts then.
bool observe(ItemState& state, Micros at, const Item& item) {
  const auto [entry, is_first] = state.observations.try_emplace(at);
  Observation& observation = entry->second;
  observation.of_create = observation.of_create || item.op == "create";
  for (const auto& [name, value] : item.counters) {
    int64_t& counter = observation.counters.try_emplace(name, value).first->second;
    counter = std::max(counter, value);
  }
  return is_first;
}

const std::string& connector(const Source& source, const Item& item) {
  return item.source.empty() ? source.name : item.source;
}

std::string identity(const Source& source, const Item& item, const std::string& channel) {
  const std::string zero(1, '\0');
  return item.native_id.empty() ? "event" + zero + connector(source, item) + zero + item.event_id
                                : "native" + zero + channel + zero + item.native_id;
}

// Versions of business records are numbers or times.
std::optional<int64_t> comparable(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool all = error == std::errc() && end == text.data() + text.size();
  return all ? std::optional(value) : parse_time(text);
}

class Batch {
 public:
  explicit Batch(const OraclePlan& plan) : plan_(plan) {
    for (const Source& source : plan.sources) {
      result_.outcomes[source.name];
    }
  }

  Verdict take(const Record& record);
  void finish();

  Expected& result() { return result_; }

 private:
  using Change = std::function<void(Figures&)>;

  const Source& source_of(const std::string& name) const;
  bool is_late(const Source& source, const Item& item, const Record& record, Micros operation_at);
  Verdict apply(const Accepted& accepted);
  Verdict create(const Accepted& accepted, ItemState& state);
  Verdict update(const Accepted& accepted, ItemState& state);
  Verdict remove(const Accepted& accepted, ItemState& state);
  void book_counters(const ItemState& state);
  Verdict business(const Accepted& accepted);
  Verdict duplicate(const Place& place, const std::string& kind);
  void finish_items();
  void finish_business(const BusinessKey& key, const BusinessState& state);
  void book_days(const Place& place, const Item& item);
  std::set<std::string> cancelled_orders() const;
  void book(const Place& place, const Change& change);

  const OraclePlan& plan_;
  Expected result_;
  std::map<std::pair<std::string, int32_t>, Micros> newest_;  // M of a partition
  std::map<std::string, ItemState> items_;
  std::map<BusinessKey, BusinessState> business_;
};

const Source& Batch::source_of(const std::string& name) const {
  const auto found = std::find_if(plan_.sources.begin(),
                                  plan_.sources.end(),
                                  [&](const Source& source) { return source.name == name; });
  static const Source unknown;
  return found == plan_.sources.end() ? unknown : *found;
}

// Judges by the watermark before this record, then moves it.
bool Batch::is_late(const Source& source,
                    const Item& item,
                    const Record& record,
                    Micros operation_at) {
  const Micros moved_to = std::min(operation_at, record.timestamp);
  const auto [entry, is_first] = newest_.try_emplace({record.source, record.partition}, moved_to);
  const Micros newest_before = entry->second;
  entry->second = std::max(newest_before, moved_to);
  if (is_first || source.bounded || is_never_late(item)) {
    return false;
  }
  return operation_at < newest_before - plan_.out_of_orderness - plan_.lateness;
}

Verdict Batch::take(const Record& record) {
  const Source& source = source_of(record.source);
  const std::variant<Item, DeadLetter> read = read_item(record.value);
  if (const auto* dead = std::get_if<DeadLetter>(&read)) {
    return {Outcome::kDeadLetter, dead->error};
  }
  const Item& item = std::get<Item>(read);
  if (item.type == "control" || item.test) {
    return {Outcome::kIgnored, ""};
  }
  const Micros operation_at = operation_time(source, item, record.timestamp);
  if (const auto error = absurd_time(source, item, operation_at, record.timestamp)) {
    return {Outcome::kDeadLetter, *error};
  }
  if (is_late(source, item, record, operation_at)) {
    return {Outcome::kLate, ""};
  }
  Accepted accepted{source, item, {}, operation_at};
  accepted.place = {item.occurred_at, {}, channel_of(plan_, item.channel), item.type};
  const std::string& field = source.brand.empty() ? item.brand : source.brand;
  if (!field.empty()) {
    const std::string brand = plan_.open_brands ? field : brand_by_field(plan_, field);
    accepted.place.brands = {brand.empty() ? std::string(kOther) : brand};
  } else {
    accepted.place.brands = brands_in(plan_, item.text);
    const std::string own = brand_by_handle(plan_, item.author_handle);
    std::vector<std::string>& brands = accepted.place.brands;
    if (!own.empty() && std::find(brands.begin(), brands.end(), own) == brands.end()) {
      brands.push_back(own);
    }
    accepted.by_brand = !own.empty();
  }
  accepted.names_brand = !accepted.place.brands.empty() && accepted.place.brands.front() != kOther;
  if (!accepted.names_brand && !is_business(item) && (item.op == "create" || item.op == "update")) {
    if (plan_.unmatched == Unmatched::kIgnore) {
      return {Outcome::kIgnored, ""};
    }
    if (plan_.unmatched == Unmatched::kDeadLetter) {
      return {Outcome::kDeadLetter, "semantic"};
    }
  }
  if (accepted.place.brands.empty()) {
    accepted.place.brands = {std::string(kOther)};
  }
  return apply(accepted);
}

Verdict Batch::apply(const Accepted& accepted) {
  const Item& item = accepted.item;
  if (is_business(item)) {
    return business(accepted);
  }
  ItemState& state = items_[identity(accepted.source, item, accepted.place.channel)];
  if (item.op == "update") {
    return update(accepted, state);
  }
  if (item.op == "delete") {
    return remove(accepted, state);
  }
  if (item.op == "metrics") {
    return observe(state, accepted.operation_at, item) ? Verdict{Outcome::kDuplicate, "repoll"}
                                                       : duplicate(accepted.place, "redelivery");
  }
  return create(accepted, state);
}

Verdict Batch::create(const Accepted& accepted, ItemState& state) {
  const Item& item = accepted.item;
  const bool is_new_delivery =
      state.deliveries.insert({connector(accepted.source, item), item.event_id}).second;
  const bool is_seen_first =
      observe(state,
              accepted.source.polled ? accepted.operation_at : std::numeric_limits<Micros>::min(),
              item);
  if (state.created && is_seen_first) {
    return {Outcome::kDuplicate, "repoll"};
  }
  if (state.created) {
    return duplicate(accepted.place, is_new_delivery ? "same_item" : "redelivery");
  }
  state.created = true;
  state.place = accepted.place;
  state.labels[{accepted.operation_at, item.native_version}] = item.sentiment;
  book(accepted.place, [&](Figures& figures) {
    ++figures.by_relation[item.relation];
    if (is_inbound(accepted)) {
      ++figures.inbound;
      figures.inbound_original += item.relation == "original" ? 1 : 0;
    }
    if (item.author.empty()) {
      return;
    }
    figures.authors.insert(item.author);
    if (item.followers) {
      int64_t& most = figures.followers.try_emplace(item.author, *item.followers).first->second;
      most = std::max(most, *item.followers);
    }
  });
  return {Outcome::kCounted, ""};
}

// What each observation gained over the one before it is booked when it was seen, and that it was
// another one; of the first that came with the item, when the item was written.
void Batch::book_counters(const ItemState& state) {
  std::map<std::string, int64_t> last;
  bool had_create = false;
  for (const auto& [at, observation] : state.observations) {
    const bool is_first = observation.of_create && !had_create;
    had_create = had_create || observation.of_create;
    Place place = state.place;
    place.time = is_first ? place.time : at;
    book(place, [&](Figures& figures) {
      for (const auto& [name, value] : observation.counters) {
        figures.components[name] += value - last[name];
      }
      figures.suppressed["repoll"] += is_first ? 0 : 1;
    });
    for (const auto& [name, value] : observation.counters) {
      last[name] = value;
    }
  }
}

Verdict Batch::update(const Accepted& accepted, ItemState& state) {
  const Item& item = accepted.item;
  const std::string version =
      item.native_version.empty() ? "at " + time_text(accepted.operation_at) : item.native_version;
  if (!state.updates.insert(version).second) {
    return duplicate(accepted.place, "redelivery");
  }
  state.labels[{accepted.operation_at, item.native_version}] = item.sentiment;
  book(accepted.place, [](Figures& figures) { ++figures.edits; });
  return {Outcome::kCounted, ""};
}

// The first one is booked in finish_items: the create may come later.
Verdict Batch::remove(const Accepted& accepted, ItemState& state) {
  if (state.deleted) {
    return duplicate(accepted.place, "redelivery");
  }
  state.deleted = true;
  return {Outcome::kCounted, ""};
}

Verdict Batch::business(const Accepted& accepted) {
  const Item& item = accepted.item;
  BusinessState& state = business_[{item.kind, item.business_id}];
  const int64_t version = comparable(item.native_version).value_or(accepted.operation_at);
  if (!state.versions.insert(version).second) {
    return duplicate(accepted.place, "business");
  }
  if (version < *state.versions.rbegin()) {
    return {Outcome::kCounted, ""};  // a newer one is in force
  }
  state.item = item;
  state.place = accepted.place;
  state.names_brand = accepted.names_brand;
  return {Outcome::kCounted, ""};
}

Verdict Batch::duplicate(const Place& place, const std::string& kind) {
  book(place, [&](Figures& figures) { ++figures.suppressed[kind]; });
  return {Outcome::kDuplicate, kind};
}

void Batch::book(const Place& place, const Change& change) {
  for (const Window& window : plan_.windows) {
    for (const std::string& brand : place.brands) {
      change(result_.cells[{
          window.name, window_start(place.time, window.size), brand, place.channel, place.type}]);
    }
  }
}

void Batch::finish_items() {
  for (const auto& [id, state] : items_) {
    if (!state.created) {
      continue;
    }
    book_counters(state);
    const std::string& label = state.labels.rbegin()->second;
    book(state.place, [&, deleted = state.deleted](Figures& figures) {
      if (!label.empty()) {
        ++figures.sentiment[label];
      }
      figures.deletions += deleted ? 1 : 0;
    });
  }
}

std::set<std::string> Batch::cancelled_orders() const {
  std::set<std::string> orders;
  for (const auto& [key, state] : business_) {
    if (key.first == "cancellation" && state.item.op != "delete") {
      orders.insert(state.item.relates_to.empty() ? key.second : state.item.relates_to);
    }
  }
  return orders;
}

void Batch::finish_business(const BusinessKey& key, const BusinessState& state) {
  static const std::map<std::string, std::string> kFlows = {
      {"order", "order"}, {"refund", "refund"}, {"ad_spend", "spend"}};
  const auto flow = kFlows.find(key.first);
  if (flow == kFlows.end() || state.item.op == "delete" || !state.item.amount) {
    return;
  }
  Place place = state.place;
  int64_t rate_day = day_of(state.item.occurred_at);
  Wide amount = *state.item.amount;
  if (key.first == "refund") {
    amount = amount < 0 ? -amount : amount;
    const auto order = business_.find({"order", state.item.relates_to});
    if (order != business_.end()) {
      rate_day = day_of(order->second.item.occurred_at);
      place.brands = state.names_brand ? place.brands : order->second.place.brands;
      place.channel = state.item.channel.empty() ? order->second.place.channel : place.channel;
    }
  }
  if (state.item.period_start && state.item.period_end) {
    book_days(place, state.item);
    return;
  }
  book(place, [&](Figures& figures) {
    figures.orders += key.first == "order" ? 1 : 0;
    figures.refunds += key.first == "refund" ? 1 : 0;
    figures.spends += key.first == "ad_spend" ? 1 : 0;
    figures.money[{flow->second, state.item.currency, rate_day}] += amount;
  });
}

// To each day of UTC what it has of the period, in whole micros; what is left over goes one by one
// to the days with the largest remainders, the earlier of two equal ones first. The record counts
// where its period begins.
void Batch::book_days(const Place& place, const Item& item) {
  struct Part {
    Micros at = 0;
    Wide weight = 0;  // millionths of a day
    Wide micros = 0;
    Wide rest = 0;
  };

  std::vector<Part> parts;
  Wide whole = 0;
  for (Micros at = *item.period_start; at < *item.period_end; at = (day_of(at) + 1) * kDay) {
    const Micros until = std::min((day_of(at) + 1) * kDay, *item.period_end);
    parts.push_back({at, std::max<Wide>(1, Wide{until - at} * 1'000'000 / kDay), 0, 0});
    whole += parts.back().weight;
  }
  Wide left = *item.amount < 0 ? -Wide{*item.amount} : Wide{*item.amount};
  const Wide amount = left;
  for (Part& part : parts) {
    part.micros = amount * part.weight / whole;
    part.rest = amount * part.weight % whole;
    left -= part.micros;
  }
  for (; left > 0; --left) {
    const auto most = std::max_element(
        parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.rest < b.rest; });
    ++most->micros;
    most->rest = -1;
  }
  for (const Part& part : parts) {
    Place day = place;
    day.time = part.at;
    book(day, [&](Figures& figures) {
      figures.spends += &part == &parts.front() ? 1 : 0;
      figures.money[{"spend", item.currency, day_of(part.at)}] +=
          *item.amount < 0 ? -part.micros : part.micros;
    });
  }
}

void Batch::finish() {
  finish_items();
  const std::set<std::string> cancelled = cancelled_orders();
  for (const auto& [key, state] : business_) {
    if (key.first != "order" || cancelled.count(key.second) == 0) {
      finish_business(key, state);
    }
  }
}

void add(const Verdict& verdict, Outcomes& outcomes) {
  ++outcomes.records;
  ++outcomes.items;
  switch (verdict.outcome) {
    case Outcome::kCounted:
      ++outcomes.counted;
      break;
    case Outcome::kDuplicate:
      ++outcomes.duplicate[verdict.detail];
      break;
    case Outcome::kLate:
      ++outcomes.late;
      break;
    case Outcome::kDeadLetter:
      ++outcomes.dead_letter[verdict.detail];
      break;
    case Outcome::kIgnored:
      ++outcomes.ignored;
      break;
  }
}

int64_t sum_of(const std::map<std::string, int64_t>& values) {
  return std::accumulate(
      values.begin(), values.end(), int64_t{0}, [](int64_t sum, const auto& entry) {
        return sum + entry.second;
      });
}

}  // namespace

int64_t Figures::count_total() const {
  return sum_of(by_relation);
}

int64_t Figures::engagements() const {
  int64_t sum = sum_of(components);
  for (const char* no_engagement : {"views", "impressions"}) {
    const auto found = components.find(no_engagement);
    sum -= found == components.end() ? 0 : found->second;
  }
  return sum;
}

int64_t Figures::reach() const {
  return sum_of(followers);
}

bool Figures::is_zero() const {
  const auto all_zero = [](const std::map<std::string, int64_t>& values) {
    return std::all_of(
        values.begin(), values.end(), [](const auto& entry) { return entry.second == 0; });
  };
  const bool no_money =
      std::all_of(money.begin(), money.end(), [](const auto& entry) { return entry.second == 0; });
  return all_zero(by_relation) && all_zero(components) && all_zero(suppressed) &&
         all_zero(sentiment) && edits == 0 && deletions == 0 && authors.empty() && orders == 0 &&
         refunds == 0 && spends == 0 && no_money;
}

const Figures& Expected::cell(const CellKey& key) const {
  static const Figures zero;
  const auto found = cells.find(key);
  return found == cells.end() ? zero : found->second;
}

Expected run(const OraclePlan& plan, const std::vector<Record>& records) {
  std::vector<size_t> order(records.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const auto key = [&](size_t i) {
      return std::tie(records[i].source, records[i].partition, records[i].offset);
    };
    return key(a) < key(b);
  });
  Batch batch(plan);
  batch.result().verdicts.resize(records.size());
  for (const size_t i : order) {
    const Verdict verdict = batch.take(records[i]);
    add(verdict, batch.result().outcomes[records[i].source]);
    batch.result().verdicts[i] = verdict;
  }
  batch.finish();
  return std::move(batch.result());
}

}  // namespace kaiku::oracle
