#include "kaiku/commerce/order_book.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "kaiku/base/bytes.h"

#include "commerce/order_record.h"
#include "commerce/spend_days.h"

namespace kaiku::commerce {
namespace {

using aggregate::Aggregate;
using Days = std::optional<window::WindowSpec>;

base::Status damaged() {
  return {base::Next::kRestore,
          "an order in the store does not decode: the store is damaged; remove its directory "
          "and start again, it is rebuilt from the changelog"};
}

// What tells two versions apart. One version with two contents is a sender's mistake; then the
// larger content holds, so that the figures do not depend on which came first.
auto rank_of(const OrderRecord& record) {
  return std::tie(record.version,
                  record.removed,
                  record.occurred_at,
                  record.amount_micros,
                  record.currency,
                  record.brand,
                  record.channel,
                  record.kind,
                  record.has_keys,
                  record.carried,
                  record.keys,
                  record.touch_channel,
                  record.campaign,
                  record.period);
}

bool remembers_all_it_may(const OrderEntry& entry, const OrderRecord& record) {
  size_t versions = 0;
  for (const OrderRecord& each : entry.records) {
    versions += each.older.size();
  }
  return record.older.size() >= kVersionsKept || versions >= kVersionsPerOrder;
}

void remember(const OrderEntry& entry, OrderRecord& record, const Version& version) {
  auto& older = record.older;
  const bool is_full = remembers_all_it_may(entry, record);
  older.insert(std::lower_bound(older.begin(), older.end(), version), version);
  if (is_full) {
    older.erase(older.begin());
  }
}

// Of a version that is older than the one in force.
Applied meet_older(const OrderEntry& entry, OrderRecord& record, const Version& version) {
  const auto& older = record.older;
  if (std::binary_search(older.begin(), older.end(), version)) {
    return Applied::kSeen;
  }
  if (remembers_all_it_may(entry, record) && (older.empty() || version < older.front())) {
    return Applied::kForgotten;
  }
  remember(entry, record, version);
  return Applied::kOlder;
}

bool has_same_question(const InForce& a, const InForce& b) {
  return a.at == b.at && a.keys.carried == b.keys.carried && a.keys.keys == b.keys.keys;
}

// Tells of the record that changed, or of the order whose refunds or cancellation changed.
base::Status tell(const OrderEntry& before,
                  OrderEntry& after,
                  const base::Digest& changed,
                  const base::Digest& order,
                  JourneySink& journeys) {
  InForce now = after.in_force(changed);
  const bool is_touch =
      now.kind == model::BusinessKind::kVisit || now.kind == model::BusinessKind::kLead;
  if (is_touch) {
    return journeys.on_change(before.in_force(changed), now);
  }
  now = after.in_force(order);
  if (now.kind != model::BusinessKind::kOrder) {
    return base::Status::ok();
  }
  const InForce was = before.in_force(order);
  if (now.counts && (!was.counts || !has_same_question(was, now))) {
    now.number = ++after.number;
  }
  return was.counts || now.counts ? journeys.on_change(was, now) : base::Status::ok();
}

void count(Aggregate& delta, model::BusinessKind kind, int sign) {
  switch (kind) {
    case model::BusinessKind::kOrder:
      delta.orders = sign;
      break;
    case model::BusinessKind::kRefund:
      delta.refunds = sign;
      break;
    case model::BusinessKind::kAdSpend:
      delta.spends = sign;
      break;
    default:
      if (int64_t* held = delta.business.make().count_of(kind); held != nullptr) {
        *held = sign;
      }
      break;
  }
}

void emit_at(int32_t minute,
             const Contribution& what,
             const Aggregate& delta,
             const DeltaSink& sink) {
  const auto place = [&](std::string_view brand) {
    return exchange::DeltaKey{minute, model::ItemType::kBusinessEvent, brand, what.channel};
  };
  if (what.at_brand) {
    sink(place(what.brand), delta);
  }
  if (!what.campaign.empty()) {
    sink(place(what.campaign), delta);
  }
}

void emit(
    const Contribution& what, int sign, uint8_t inexact, const Days& days, const DeltaSink& sink) {
  Aggregate delta;
  delta.inexact = inexact;
  count(delta, what.kind, sign);
  if (what.period.is_known()) {
    for (const SpendDay& day :
         spend_days(what.period, static_cast<int64_t>(what.amount_micros), days)) {
      (void)delta.money.add(what.flow, what.currency, base::day_of(day.at), sign * day.micros);
      emit_at(base::minute_of(day.at), what, delta, sink);
      delta = {};
      delta.inexact = inexact;
    }
    return;
  }
  if (what.has_money) {
    // One entry always fits.
    (void)delta.money.add(what.flow, what.currency, what.rate_day, sign * what.amount_micros);
  }
  emit_at(what.minute, what, delta, sink);
}

// Emits what a record contributed before and does no longer, and what it contributes now.
void emit_difference(const OrderEntry::Share& before,
                     const OrderEntry::Share& after,
                     uint8_t inexact,
                     const Days& days,
                     const DeltaSink& sink) {
  if (before.counts && after.counts && before.contribution == after.contribution) {
    return;
  }
  if (before.counts) {
    emit(before.contribution, -1, inexact, days, sink);
  }
  if (after.counts) {
    emit(after.contribution, 1, inexact, days, sink);
  }
}

}  // namespace

struct OrderBook::Impl {
  Impl(state::Tables& state_tables, CommercePlan commerce_plan)
      : tables(state_tables), plan(commerce_plan) {}

  [[nodiscard]] base::Status load(const std::string& key, OrderEntry& entry) const;
  // True if `entry` has no room for another record of this kind.
  [[nodiscard]] static bool is_full(const OrderEntry& entry, const model::OrderMessage& message);
  [[nodiscard]] base::Result<Applied> store(const std::string& key,
                                            OrderEntry& entry,
                                            const model::OrderMessage& message,
                                            uint8_t inexact,
                                            const DeltaSink& sink,
                                            JourneySink* journeys);

  state::Tables& tables;
  const CommercePlan plan;
};

base::Status OrderBook::Impl::load(const std::string& key, OrderEntry& entry) const {
  const auto value = tables.get(state::TableId::kOrders, key);
  if (!value.has_value()) {
    return value.error();
  }
  if (value.value().has_value() && !entry.decode(*value.value())) {
    return damaged();
  }
  return base::Status::ok();
}

bool OrderBook::Impl::is_full(const OrderEntry& entry, const model::OrderMessage& message) {
  // The order itself is always let in: the records that name it wait for it.
  if (message.business == message.order) {
    return false;
  }
  const size_t order = entry.find(message.order).found ? 1 : 0;
  return entry.records.size() - order >= kRecordsPerOrder;
}

base::Result<Applied> OrderBook::Impl::store(const std::string& key,
                                             OrderEntry& entry,
                                             const model::OrderMessage& message,
                                             uint8_t inexact,
                                             const DeltaSink& sink,
                                             JourneySink* journeys) {
  OrderRecord record = record_of(message);
  const OrderEntry::Place place = entry.find(record.business);
  OrderEntry changed = entry;
  auto at = changed.records.begin() + static_cast<std::ptrdiff_t>(place.index);
  Applied applied = Applied::kInForce;
  if (place.found && record.version < at->version) {
    applied = meet_older(changed, *at, record.version);
    if (applied == Applied::kOlder) {
      tables.put(state::TableId::kOrders, key, changed.encode());
    }
    return applied;
  }
  if (place.found) {
    const bool same = at->version == record.version;
    applied = same ? Applied::kSeen : Applied::kInForce;
    if (same && at->is_erased && record.has_keys) {
      record.is_erased = true;
      record.carried = at->carried;
      record.keys = at->keys;
    }
    if (rank_of(record) <= rank_of(*at)) {
      return Applied::kSeen;
    }
    record.older = std::move(at->older);
    if (!same) {
      remember(changed, record, at->version);
    }
    *at = std::move(record);
  } else {
    changed.records.insert(at, std::move(record));
  }
  // Every record is looked at: an order that comes or moves changes the day of its refunds.
  const std::vector<OrderEntry::Share> before = entry.shares(plan);
  const std::vector<OrderEntry::Share> after = changed.shares(plan);
  for (size_t i = 0; i < after.size(); ++i) {
    static const OrderEntry::Share kNothing;
    const bool is_new = !place.found && i == place.index;
    const size_t old = !place.found && i > place.index ? i - 1 : i;
    emit_difference(is_new ? kNothing : before[old], after[i], inexact, plan.days, sink);
  }
  if (journeys != nullptr) {
    const base::Status told = tell(entry, changed, message.business, message.order, *journeys);
    if (!told.is_ok()) {
      return told;
    }
  }
  tables.put(state::TableId::kOrders, key, changed.encode());
  return applied;
}

OrderBook::OrderBook(state::Tables& tables, CommercePlan plan)
    : impl_(std::make_unique<Impl>(tables, plan)) {}

OrderBook::~OrderBook() = default;

base::Result<Applied> OrderBook::apply(const model::OrderMessage& message,
                                       const DeltaSink& sink,
                                       JourneySink* journeys) {
  std::string key = key_of(message.order);
  OrderEntry entry;
  if (base::Status loaded = impl_->load(key, entry); !loaded.is_ok()) {
    return loaded;
  }
  uint8_t inexact = 0;
  if (!entry.find(message.business).found && Impl::is_full(entry, message)) {
    key = key_of(message.business);
    entry = {};
    inexact = model::kInexactOverflow;
    if (base::Status loaded = impl_->load(key, entry); !loaded.is_ok()) {
      return loaded;
    }
  }
  return impl_->store(key, entry, message, inexact, sink, journeys);
}

base::Status OrderBook::forget(const model::ErasureMessage& request, model::ErasedCounts& counts) {
  constexpr auto kCustomer = static_cast<size_t>(model::KeyKind::kCustomer);
  if (!request.has_customer) {
    return base::Status::ok();
  }
  std::vector<std::pair<std::string, std::string>> changed;
  bool is_damaged = false;
  base::Status status = impl_->tables.scan(
      state::TableId::kOrders, [&](std::string_view key, std::string_view value) {
        OrderEntry entry;
        if (!entry.decode(value)) {
          is_damaged = true;
          return;
        }
        size_t found = 0;
        for (OrderRecord& record : entry.records) {
          const bool has_customer = record.has_keys && (record.carried >> kCustomer & 1U) != 0;
          if (has_customer && record.keys[kCustomer] == request.customer &&
              record.occurred_at < request.at) {
            record.keys[kCustomer] = model::somebody(request.request, record.business);
            record.is_erased = true;
            ++found;
          }
        }
        if (found != 0) {
          counts[static_cast<size_t>(model::Erased::kOrders)] += found;
          changed.emplace_back(key, entry.encode());
        }
      });
  if (!status.is_ok() || is_damaged) {
    return status.is_ok() ? damaged() : status;
  }
  for (auto& [key, value] : changed) {
    impl_->tables.put(state::TableId::kOrders, std::move(key), std::move(value));
  }
  return base::Status::ok();
}

}  // namespace kaiku::commerce
