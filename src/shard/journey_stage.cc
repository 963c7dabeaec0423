#include "shard/journey_stage.h"

#include <algorithm>
#include <array>
#include <utility>

#include "kaiku/model/outcome.h"
#include "kaiku/shard/router.h"

namespace kaiku::shard {
namespace {

using base::Status;
using commerce::InForce;
using model::EntryKind;
using model::KeyKind;

// The entry of a business record at one of its keys; an order has one at its customer only.
bool has_entry(const InForce& record, KeyKind kind) {
  return record.counts && record.keys.has(kind) &&
         (record.kind != model::BusinessKind::kOrder || kind == KeyKind::kCustomer);
}

model::KeyEntryMessage entry_of(const InForce& record, KeyKind kind) {
  const bool is_order = record.kind == model::BusinessKind::kOrder;
  model::KeyEntryMessage entry;
  entry.key = record.keys.at(kind);
  entry.key_kind = kind;
  entry.kind = is_order ? EntryKind::kOrder : EntryKind::kTouch;
  entry.id = record.business;
  entry.at = record.at;
  entry.brand = record.brand;
  entry.channel =
      is_order || record.keys.touch_channel.empty() ? record.channel : record.keys.touch_channel;
  return entry;
}

bool is_same(const model::KeyEntryMessage& a, const model::KeyEntryMessage& b) {
  return a.key == b.key && a.at == b.at && a.brand == b.brand && a.channel == b.channel;
}

}  // namespace

JourneyStage::JourneyStage(const Plan& plan,
                           state::Tables& tables,
                           std::vector<exchange::EdgeWriter>& writers,
                           DeltaTable& deltas)
    : plan_(plan),
      writers_(writers),
      deltas_(deltas),
      keys_(plan.journeys->keys, tables),
      openings_(plan.journeys->keys, tables),
      verdicts_(plan.journeys->verdicts, tables) {}

Status JourneyStage::load() {
  Status status = keys_.load();
  return status.is_ok() ? openings_.load() : status;
}

void JourneyStage::keep(Status status) {
  if (status_.is_ok()) {
    status_ = std::move(status);
  }
}

void JourneyStage::send(const model::KeyEntryMessage& entry) {
  writers_[shard_of(entry.key, plan_.shards)].add_entry(entry);
}

void JourneyStage::send(const model::KeyQuestionMessage& question) {
  writers_[shard_of(question.key, plan_.shards)].add_question(question);
}

void JourneyStage::send(const model::OpeningMessage& opening) {
  writers_[shard_of(opening.customer, plan_.shards)].add_opening(opening);
}

Status JourneyStage::on_change(const InForce& before, const InForce& now) {
  tell_entries(before, now);
  if (now.kind != model::BusinessKind::kOrder) {
    return Status::ok();
  }
  if (now.counts && now.number != before.number) {
    ask_keys(now);
  }
  return tell_verdict(now);
}

void JourneyStage::tell_entries(const InForce& before, const InForce& now) {
  for (size_t i = 0; i < model::kKeyKinds; ++i) {
    const auto kind = static_cast<KeyKind>(i);
    const bool was = has_entry(before, kind);
    const bool is = has_entry(now, kind);
    model::KeyEntryMessage old = was ? entry_of(before, kind) : model::KeyEntryMessage();
    const model::KeyEntryMessage entry = is ? entry_of(now, kind) : model::KeyEntryMessage();
    if (was && (!is || old.key != entry.key)) {
      old.removed = true;
      send(old);
    }
    if (is && !(was && is_same(old, entry))) {
      send(entry);
    }
  }
}

void JourneyStage::ask_keys(const InForce& order) {
  model::KeyQuestionMessage question;
  question.asker = order.business;
  question.number = order.number;
  question.to = order.at;
  question.from = std::max(order.at - plan_.journeys->keys.look_back, base::kTimeBegin);
  for (size_t i = 0; i < model::kKeyKinds; ++i) {
    question.key_kind = static_cast<KeyKind>(i);
    if (order.keys.has(question.key_kind)) {
      question.key = order.keys.at(question.key_kind);
      send(question);
    }
  }
}

Status JourneyStage::tell_verdict(const InForce& order) {
  std::array<journey::AskedKey, model::kKeyKinds> keys;
  size_t count = 0;
  for (size_t i = 0; i < model::kKeyKinds; ++i) {
    const auto kind = static_cast<KeyKind>(i);
    if (order.keys.has(kind)) {
      keys[count++] = {order.keys.at(kind), kind};
    }
  }
  journey::OrderInForce told;
  told.order = order.business;
  told.number = order.number;
  told.counts = order.counts;
  told.net_micros = order.net_micros;
  told.currency = order.currency;
  told.rate_day = order.rate_day;
  told.at = order.at;
  told.brand = order.brand;
  told.channel = order.channel;
  told.touch_channel = order.keys.touch_channel;
  told.keys = {keys.data(), count};
  return verdicts_.tell(told,
                        [this](const auto& key, const auto& figures) { on_figures(key, figures); });
}

void JourneyStage::accept(const model::KeyEntryMessage& entry) {
  keep(keys_.accept(entry, *this));
}

void JourneyStage::accept(const model::OpeningMessage& opening) {
  keep(openings_.accept(
      opening, [this](const auto& key, const auto& figures) { on_figures(key, figures); }));
}

void JourneyStage::ask(const model::KeyQuestionMessage& question) {
  keep(keys_.ask(question, *this));
}

void JourneyStage::answer(const model::KeyAnswerMessage& answer) {
  keep(verdicts_.answer(
      answer, [this](const auto& key, const auto& figures) { on_figures(key, figures); }));
}

Status JourneyStage::advance(const exchange::Progress& keys) {
  if (Status status = keys_.advance(keys.effective, keys.data, *this); !status.is_ok()) {
    return status;
  }
  return openings_.advance(keys.effective, keys.data, [this](const auto& key, const auto& figures) {
    on_figures(key, figures);
  });
}

Status JourneyStage::forget_at_keys(const model::ErasureMessage& request,
                                    model::ErasedCounts& counts) {
  Status status = keys_.forget(request, counts);
  return status.is_ok() ? openings_.forget(request) : status;
}

Status JourneyStage::forget_at_orders(const model::ErasureMessage& request,
                                      model::ErasedCounts& counts) {
  return verdicts_.forget(request, counts);
}

void JourneyStage::on_answer(const model::KeyAnswerMessage& answer) {
  writers_[shard_of(answer.asker, plan_.shards)].add_answer(answer);
}

void JourneyStage::on_figures(const exchange::DeltaKey& key,
                              const aggregate::AttributionFigures& figures) {
  aggregate::Aggregate& cell = deltas_.at(key);
  if (!cell.attribution.make().merge(figures)) {
    cell.inexact |= model::kInexactOverflow;
  }
}

}  // namespace kaiku::shard
