#include "kaiku/journey/verdict_book.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "kaiku/base/bytes.h"
#include "kaiku/journey/attribution.h"

#include "journey/verdict_record.h"

namespace kaiku::journey {
namespace {

using aggregate::AttributionFigures;
using base::Status;
using state::TableId;

Status damaged() {
  return {base::Next::kRestore,
          "the attribution of an order in the store does not decode: the store is damaged; "
          "remove its directory and start again, it is rebuilt from the changelog"};
}

// Cells by (minute, brand, channel).
using Cells = std::map<std::tuple<int32_t, std::string, std::string>, AttributionFigures>;

void count_order(const VerdictRecord& record, bool joined, int sign, AttributionFigures& figures) {
  figures.orders_attributed += sign;
  figures.joined_orders += joined ? sign : 0;
  bool customer = false;
  bool earlier = false;
  bool truncated = false;
  for (const HeldAnswer& answer : record.answers) {
    if (answer.kind == model::KeyKind::kCustomer && !answer.shared) {
      customer = true;
      earlier = earlier || answer.earlier_order;
    }
    truncated = truncated || answer.truncated;
  }
  figures.orders_with_customer += customer ? sign : 0;
  figures.new_customer_orders += customer && !earlier ? sign : 0;
  figures.truncated_orders += truncated ? sign : 0;
}

void contribute(const VerdictRecord& record, int64_t half_life, int sign, Cells& cells) {
  if (!record.is_decided()) {
    return;
  }
  const std::vector<HeldTouch> held = record.touches();
  std::vector<Touch> touches;
  std::vector<std::string_view> path;
  for (const HeldTouch& touch : held) {
    touches.push_back({touch.at, touch.channel});
  }
  if (!record.touch_channel.empty()) {
    const base::EventTime newest = touches.empty() ? record.at : touches.back().at;
    touches.push_back({std::max(record.at, newest), record.touch_channel});
  }
  for (const Touch& touch : touches) {
    path.push_back(touch.channel);
  }
  const int32_t minute = base::minute_of(record.at);
  const auto cell = [&](std::string_view channel) -> AttributionFigures& {
    return cells[{minute, record.brand, std::string(channel)}];
  };
  count_order(record, !touches.empty(), sign, cell(record.channel));
  for (const Part& part : attribute(touches, record.net_micros, half_life)) {
    AttributionFigures& figures = cell(part.channel);
    for (size_t model = 0; model < aggregate::kAttributionModels; ++model) {
      figures.conversion_millionths[model] += sign * part.conversion_millionths[model];
      // Two entries at most, of the order before and after: they fit.
      (void)figures.revenue[model].add(money::Flow::kOrder,
                                       record.currency,
                                       record.rate_day,
                                       static_cast<money::Int128>(sign) * part.micros[model]);
    }
  }
  if (!path.empty()) {
    const std::set<std::string_view> passed(path.begin(), path.end());
    for (const std::string_view channel : passed) {
      cell(channel).converted_through += sign;
    }
    // The steps of two journeys at most: far below the bound of pairs.
    (void)cell(path.back()).transitions.add_path(path, aggregate::kPathConversion, sign);
  }
}

}  // namespace

struct VerdictBook::Impl {
  Impl(const VerdictPlan& verdict_plan, state::Tables& state_tables)
      : plan(verdict_plan), tables(state_tables) {}

  [[nodiscard]] Status read(const std::string& key, bool& found, VerdictRecord& record) const;
  void change(const std::string& key,
              const VerdictRecord& before,
              const VerdictRecord& after,
              const FiguresSink& sink);

  VerdictPlan plan;
  state::Tables& tables;
};

Status VerdictBook::Impl::read(const std::string& key, bool& found, VerdictRecord& record) const {
  const auto value = tables.get(TableId::kVerdicts, key);
  if (!value.has_value()) {
    return value.error();
  }
  found = value.value().has_value();
  if (found && !record.decode(*value.value())) {
    return damaged();
  }
  return Status::ok();
}

void VerdictBook::Impl::change(const std::string& key,
                               const VerdictRecord& before,
                               const VerdictRecord& after,
                               const FiguresSink& sink) {
  if (before == after) {
    return;
  }
  Cells cells;
  contribute(before, plan.half_life, -1, cells);
  contribute(after, plan.half_life, 1, cells);
  for (const auto& [where, figures] : cells) {
    if (!figures.is_empty()) {
      const auto& [minute, brand, channel] = where;
      sink({minute, model::ItemType::kBusinessEvent, brand, channel}, figures);
    }
  }
  tables.put(TableId::kVerdicts, key, after.encode());
}

VerdictBook::VerdictBook(const VerdictPlan& plan, state::Tables& tables)
    : impl_(std::make_unique<Impl>(plan, tables)) {}

VerdictBook::~VerdictBook() = default;

Status VerdictBook::tell(const OrderInForce& order, const FiguresSink& sink) {
  const std::string key = key_of(order.order);
  bool found = false;
  VerdictRecord before;
  if (Status status = impl_->read(key, found, before); !status.is_ok()) {
    return status;
  }
  VerdictRecord after;
  after.counts = order.counts;
  after.number = order.number;
  after.at = std::clamp(order.at, base::kTimeBegin, base::kTimeEnd);
  after.net_micros = order.net_micros;
  after.currency = order.currency;
  after.rate_day = order.rate_day;
  after.brand = std::string(order.brand);
  after.channel = std::string(order.channel);
  after.touch_channel = std::string(order.touch_channel);
  for (const AskedKey& asked : order.keys.first(std::min(order.keys.size(), kKeysPerOrder))) {
    if (after.find(asked.key) != nullptr) {
      continue;
    }
    const HeldAnswer* known =
        found && before.number == after.number ? before.find(asked.key) : nullptr;
    HeldAnswer answer;
    answer.key = asked.key;
    answer.kind = asked.kind;
    after.answers.push_back(known == nullptr ? answer : *known);
  }
  std::sort(after.answers.begin(),
            after.answers.end(),
            [](const HeldAnswer& a, const HeldAnswer& b) { return a.key < b.key; });
  impl_->change(key, before, after, sink);
  return Status::ok();
}

Status VerdictBook::answer(const model::KeyAnswerMessage& message, const FiguresSink& sink) {
  const std::string key = key_of(message.asker);
  bool found = false;
  VerdictRecord before;
  if (Status status = impl_->read(key, found, before); !status.is_ok()) {
    return status;
  }
  VerdictRecord after = before;
  HeldAnswer* const held = after.find(message.key);
  if (!found || message.asker_kind != model::AskerKind::kOrder ||
      message.kind != model::EntryKind::kTouch || message.number != after.number ||
      held == nullptr) {
    return Status::ok();
  }
  held->answered = true;
  held->shared = message.shared;
  held->truncated = message.truncated;
  held->earlier_order = message.earlier_order;
  held->touches.clear();
  for (const model::KeyEntry& entry : message.entries) {
    if (entry.at >= base::kTimeBegin && entry.at <= base::kTimeEnd) {
      held->touches.push_back({entry.id, entry.at, std::string(entry.channel)});
    }
  }
  impl_->change(key, before, after, sink);
  return Status::ok();
}

Status VerdictBook::forget(const model::ErasureMessage& request, model::ErasedCounts& counts) {
  if (!request.has_customer) {
    return Status::ok();
  }
  std::vector<std::pair<std::string, std::string>> changed;
  bool is_damaged = false;
  Status status =
      impl_->tables.scan(TableId::kVerdicts, [&](std::string_view key, std::string_view value) {
        VerdictRecord record;
        base::ByteReader in(key);
        const base::Digest order = in.digest();
        if (in.failed() || !record.decode(value)) {
          is_damaged = true;
          return;
        }
        HeldAnswer* const answer = record.find(request.customer);
        if (answer == nullptr || record.at >= request.at) {
          return;
        }
        answer->key = model::somebody(request.request, order);
        std::sort(record.answers.begin(), record.answers.end(), [](const auto& a, const auto& b) {
          return a.key < b.key;
        });
        ++counts[static_cast<size_t>(model::Erased::kAttributions)];
        changed.emplace_back(key, record.encode());
      });
  if (!status.is_ok() || is_damaged) {
    return status.is_ok() ? damaged() : status;
  }
  for (auto& [key, value] : changed) {
    impl_->tables.put(TableId::kVerdicts, std::move(key), std::move(value));
  }
  return Status::ok();
}

}  // namespace kaiku::journey
