#include "kaiku/shard/item_stage.h"

#include <algorithm>
#include <array>
#include <span>

namespace kaiku::shard {
namespace {

using aggregate::Aggregate;
using dedup::Decision;
using dedup::Verdict;
using model::DuplicateKind;
using model::ItemMessage;
using model::ItemType;
using model::Outcome;

constexpr std::array kCounterFields = {&model::Counters::likes,
                                       &model::Counters::replies,
                                       &model::Counters::reposts,
                                       &model::Counters::quotes,
                                       &model::Counters::bookmarks,
                                       &model::Counters::clicks,
                                       &model::Counters::views,
                                       &model::Counters::impressions};

// No counter of one item is above this: 134 million items at the bound fit into the sum of a cell.
// Twice the most viewed video there is would be below it.
constexpr int64_t kCounterMax = int64_t{1} << 36;

bool fits(int64_t counter) {
  return counter == model::kAbsent || (counter >= 0 && counter <= kCounterMax);
}

bool fits(const ItemMessage& message) {
  return message.followers <= kCounterMax &&
         std::all_of(kCounterFields.begin(), kCounterFields.end(), [&](auto field) {
           return fits(message.counters.*field);
         });
}

int64_t bounded(int64_t counter) {
  return counter == model::kAbsent ? counter : std::clamp<int64_t>(counter, 0, kCounterMax);
}

void add_counter(int64_t& sum, int64_t value) {
  sum += value == model::kAbsent ? 0 : value;
}

void add_counters(Aggregate& cell, const model::Counters& counters) {
  add_counter(cell.likes, counters.likes);
  add_counter(cell.replies, counters.replies);
  add_counter(cell.reposts, counters.reposts);
  add_counter(cell.quotes, counters.quotes);
  add_counter(cell.bookmarks, counters.bookmarks);
  add_counter(cell.clicks, counters.clicks);
  add_counter(cell.views, counters.views);
  add_counter(cell.impressions, counters.impressions);
}

void add_label(Aggregate& cell, model::Sentiment label, int64_t by) {
  switch (label) {
    case model::Sentiment::kNegative:
      cell.sentiment_negative += by;
      break;
    case model::Sentiment::kNeutral:
      cell.sentiment_neutral += by;
      break;
    case model::Sentiment::kPositive:
      cell.sentiment_positive += by;
      break;
    case model::Sentiment::kNone:
      break;
  }
}

using Places = std::span<const std::string_view>;

// Brands, and facets behind them.
Places places_of(const ItemMessage& message) {
  return {message.brands.data(), message.brand_count};
}

Places brands_of(const ItemMessage& message) {
  const Places places = places_of(message);
  const auto facets = std::find_if(places.begin(), places.end(), exchange::is_aside);
  return {places.begin(), facets};
}

// Calls `visit` with a cell. What that adds to the steps of a campaign is activity.
template <typename Visit>
void visit_cell(const exchange::DeltaKey& key, DeltaTable& deltas, const Visit& visit) {
  Aggregate& cell = deltas.at(key);
  if (!exchange::is_marked(key.brand, exchange::kCampaignMark)) [[likely]] {
    visit(cell);
    return;
  }
  const board::MeasureCounts before = board::measures_of(cell);
  visit(cell);
  deltas.activity().change_steps(key.brand, key.channel, before, board::measures_of(cell));
}

// Calls `visit` with the cell of each place, in the minute of the message's subject time.
template <typename Visit>
void each_cell(const ItemMessage& message, Places places, DeltaTable& deltas, const Visit& visit) {
  const int32_t minute = base::minute_of(message.occurred_at);
  for (const std::string_view place : places) {
    visit_cell({minute, message.type, place, message.channel}, deltas, visit);
  }
}

template <typename Visit>
void each_cell(const ItemMessage& message, DeltaTable& deltas, const Visit& visit) {
  each_cell(message, places_of(message), deltas, visit);
}

template <typename Visit>
void each_cell(const dedup::Placement& placement,
               int32_t minute,
               DeltaTable& deltas,
               const Visit& visit) {
  for (const std::string& brand : placement.brands) {
    visit_cell({minute, placement.type, brand, placement.channel}, deltas, visit);
  }
}

uint8_t inexact_of(const ItemMessage& message, const Decision& decision) {
  unsigned mask = 0;
  mask |= message.straggler ? unsigned{model::kInexactStraggler} : 0U;
  mask |=
      message.brands_truncated || decision.counters_lost ? unsigned{model::kInexactOverflow} : 0U;
  mask |= decision.conflict ? unsigned{model::kInexactConflict} : 0U;
  return static_cast<uint8_t>(mask);
}

}  // namespace

bool ItemStage::process(const ItemMessage& message,
                        DeltaTable& deltas,
                        SourceLedger& ledger,
                        const OrderSink& orders,
                        const ThreadSink& threads,
                        const TouchSink& touches,
                        const OpeningSink& openings) {
  ++ledger.received;
  if (message.type == ItemType::kBusinessEvent) {
    ask_order(message, ledger, orders);
    return false;
  }
  for (const std::string_view place : places_of(message)) {
    deltas.prefetch({base::minute_of(message.occurred_at), message.type, place, message.channel});
  }
  if (!fits(message)) [[unlikely]] {
    // Booked with what can be believed, and its cells say so.
    ++ledger.overflows;
    ItemMessage believed = message;
    believed.followers = std::min(message.followers, kCounterMax);
    for (const auto field : kCounterFields) {
      believed.counters.*field = bounded(message.counters.*field);
    }
    each_cell(believed, deltas, [](Aggregate& cell) { cell.inexact |= model::kInexactOverflow; });
    return decide(believed, deltas, ledger, threads, touches, openings);
  }
  return decide(message, deltas, ledger, threads, touches, openings);
}

bool ItemStage::decide(const ItemMessage& message,
                       DeltaTable& deltas,
                       SourceLedger& ledger,
                       const ThreadSink& threads,
                       const TouchSink& touches,
                       const OpeningSink& openings) {
  const Decision decision =
      items_.decide(message, message.unstable_time ? message.kafka_at : message.occurred_at);
  if (decision.conflict) {
    ++ledger.conflicts;
  }
  const auto duplicate = [&](DuplicateKind kind) {
    ledger.count(Outcome::kDuplicate);
    ++ledger.duplicates[static_cast<size_t>(kind)];
  };
  switch (decision.verdict) {
    case Verdict::kNew:
      ledger.count(Outcome::kCounted);
      count_new(message, decision, deltas);
      break;
    case Verdict::kRedelivery:
      duplicate(DuplicateKind::kRedelivery);
      suppress(message, DuplicateKind::kRedelivery, deltas);
      break;
    case Verdict::kSameItem:
      duplicate(DuplicateKind::kSameItem);
      suppress(message, DuplicateKind::kSameItem, deltas);
      break;
    case Verdict::kRepoll:
      duplicate(DuplicateKind::kRepoll);
      break;
    case Verdict::kEdit:
      ledger.count(Outcome::kCounted);
      book_edit(message, decision, deltas);
      break;
    case Verdict::kDeletion:
      ledger.count(Outcome::kCounted);
      if (decision.deletion_counts) {
        each_cell(*decision.placement, decision.minute, deltas, [](Aggregate& cell) {
          ++cell.deletions;
        });
      }
      if (plan_.signals != nullptr && decision.placement) {
        take_example_away(message.item, *decision.placement, decision.minute, deltas);
      }
      break;
  }
  if (!decision.bookings.empty()) {
    book_counters(decision, deltas);
  }
  ledger.overflows += decision.counters_lost && !message.straggler ? 1 : 0;
  if (const uint8_t inexact = inexact_of(message, decision); inexact != 0) {
    each_cell(message, deltas, [&](Aggregate& cell) { cell.inexact |= inexact; });
  }
  if (message.has_thread && threads) {
    tell_conversation(message, decision.verdict, threads);
  }
  if (message.keys != nullptr && touches) {
    tell_keys(message, decision, touches, openings);
  }
  return decision.verdict == Verdict::kNew;
}

void ItemStage::count_new(const ItemMessage& message,
                          const Decision& decision,
                          DeltaTable& deltas) {
  const auto inbound = static_cast<int64_t>(message.is_inbound());
  const int64_t inbound_original = message.relation == model::Relation::kOriginal ? inbound : 0;
  each_cell(message, deltas, [&](Aggregate& cell) {
    ++cell.by_relation[static_cast<size_t>(message.relation)];
    cell.inbound += inbound;
    cell.inbound_original += inbound_original;
    add_counters(cell, message.counters);
    add_label(cell, decision.label, 1);
    if (message.has_sentiment_score) {
      ++cell.sentiment_scored;
      cell.sentiment_score_ppm += message.sentiment_score_ppm;
    }
    if (message.has_author) {
      if (plan_.privacy.min_cell == 0 || !message.is_by_brand()) {
        cell.authors.add(message.author);
      }
      if (message.followers != model::kAbsent) {
        cell.reach.add(message.author, message.followers);
      }
    } else {
      ++cell.without_author;
    }
    if (message.followers != model::kAbsent && message.followers >= 0) {
      cell.followers.record(message.followers);
    }
    if (decision.deletion_counts) {
      ++cell.deletions;
    }
    if (message.relevance != model::Relevance::kNone) {
      cell.content.make().count(message.relevance);
    }
    if (message.has_content) {
      cell.content.make().contents.add(message.content);
    }
  });
  if (plan_.signals != nullptr) {
    tell_signals(message, deltas);
    // What is deleted already is no example.
    if (message.signals != nullptr && !message.signals->url.empty() && !decision.deletion_counts) {
      tell_example(message, decision.label, deltas);
    }
  }
}

void ItemStage::take_example_away(const base::Digest& item,
                                  const dedup::Placement& placement,
                                  int32_t minute,
                                  DeltaTable& deltas) {
  for (const std::string& brand : placement.brands) {
    if (!exchange::is_aside(brand)) {
      deltas.at({minute, placement.type, brand, placement.channel})
          .signals.make()
          .examples.take_away(item.lo);
    }
  }
}

void ItemStage::tell_example(const ItemMessage& message,
                             model::Sentiment label,
                             DeltaTable& deltas) {
  const model::SignalPart& part = *message.signals;
  aggregate::Example example;
  example.item = message.item.lo;
  example.author = message.has_author ? message.author : 0;
  example.has_risk = std::any_of(
      part.risks.begin(), part.risks.begin() + part.risk_count, [](const model::SignalRisk& one) {
        return one.risk != model::Risk::kOtherHost;
      });
  example.url = part.url;
  for (size_t i = 0; i < part.risk_count; ++i) {
    example.add(part.risks[i].hash);
  }
  if (label == model::Sentiment::kNegative) {
    example.add(aggregate::kAboutNegative);
  }
  for (size_t i = 0; i < part.term_count; ++i) {
    example.add(part.terms[i].hash);
  }
  each_cell(message, brands_of(message), deltas, [&](Aggregate& cell) {
    cell.signals.make().examples.add(example);
  });
}

void ItemStage::tell_signals(const ItemMessage& message, DeltaTable& deltas) {
  const model::SignalPart* const part = message.signals;
  const bool by_staff = message.author_role == model::AuthorRole::kStaff &&
                        message.relation == model::Relation::kOriginal;
  const uint64_t* const author = message.has_author ? &message.author : nullptr;
  if (by_staff || (part != nullptr && part->term_count != 0)) {
    each_cell(message, brands_of(message), deltas, [&](Aggregate& cell) {
      aggregate::SignalFigures& told = cell.signals.make();
      told.by_staff += by_staff ? 1 : 0;
      for (size_t i = 0; part != nullptr && i < part->term_count; ++i) {
        told.terms.add(part->terms[i].hash, part->terms[i].text, author);
      }
    });
  }
  for (size_t i = 0; part != nullptr && i < part->risk_count; ++i) {
    const model::SignalRisk& risk = part->risks[i];
    const auto tell = [&](Aggregate& cell) {
      aggregate::SignalFigures& told = cell.signals.make();
      ++told.risks[static_cast<size_t>(risk.risk)];
      told.subjects[static_cast<size_t>(risk.risk)].add(risk.hash, risk.subject, author);
    };
    if (risk.brand.empty()) {
      each_cell(message, brands_of(message), deltas, tell);
    } else {
      // Whom an impostor poses as is known, whatever the text names.
      tell(deltas.at(
          {base::minute_of(message.occurred_at), message.type, risk.brand, message.channel}));
    }
  }
}

void ItemStage::book_edit(const ItemMessage& message,
                          const Decision& decision,
                          DeltaTable& deltas) {
  each_cell(message, deltas, [](Aggregate& cell) { ++cell.edits; });
  if (decision.label_moved) {
    each_cell(*decision.placement, decision.minute, deltas, [&](Aggregate& cell) {
      add_label(cell, decision.old_label, -1);
      add_label(cell, decision.label, 1);
    });
  }
}

void ItemStage::book_counters(const Decision& decision, DeltaTable& deltas) {
  for (const dedup::Booking& booking : decision.bookings) {
    each_cell(*decision.placement, booking.minute, deltas, [&](Aggregate& cell) {
      add_counters(cell, booking.difference);
      cell.suppressed[static_cast<size_t>(DuplicateKind::kRepoll)] += booking.repolls;
    });
  }
}

void ItemStage::suppress(const ItemMessage& message, DuplicateKind kind, DeltaTable& deltas) {
  each_cell(
      message, deltas, [&](Aggregate& cell) { ++cell.suppressed[static_cast<size_t>(kind)]; });
}

void ItemStage::tell_conversation(const ItemMessage& message,
                                  Verdict verdict,
                                  const ThreadSink& threads) {
  const bool is_change = verdict == Verdict::kEdit || verdict == Verdict::kDeletion;
  if (verdict != Verdict::kNew && !is_change) {
    return;  // said before, or of an item that nobody knows
  }
  model::ConversationMessage said;
  said.conversation = message.thread.conversation;
  said.item = message.item;
  said.type = message.type;
  said.op = message.op;
  said.relation = message.relation;
  said.visibility = message.visibility;
  said.author_role = message.author_role;
  said.severity = message.thread.severity;
  said.status = message.thread.status;
  said.has_author = message.has_author;
  said.accepted_answer = message.thread.accepted_answer;
  said.automatic = message.thread.automatic;
  said.by_parent = message.thread.by_parent;
  said.straggler = message.straggler;
  said.csat = message.thread.csat;
  said.at = is_change ? message.operation_at : message.occurred_at;
  said.author = message.author;
  if (message.keys != nullptr && message.keys->has(model::KeyKind::kCustomer)) {
    said.has_customer = true;
    said.customer = message.keys->at(model::KeyKind::kCustomer);
  }
  said.brand = message.brands[0];
  said.channel = message.channel;
  said.url = message.thread.url;
  threads(said);
}

// Every copy of an item is its touch at the keys that the copy carries: what a second connector
// knows of the customer counts whichever came first. A deletion takes no touch back, as it takes
// back no count.
void ItemStage::tell_keys(const ItemMessage& message,
                          const Decision& decision,
                          const TouchSink& touches,
                          const OpeningSink& openings) {
  const bool is_copy = decision.verdict == Verdict::kNew ||
                       decision.verdict == Verdict::kSameItem ||
                       decision.verdict == Verdict::kRepoll;
  if (!is_copy || message.op != model::Op::kCreate ||
      message.visibility == model::Visibility::kInternalNote) {
    return;
  }
  const bool by_brand = message.is_by_brand();
  model::KeyEntryMessage touch;
  touch.id = message.item;
  touch.at = message.occurred_at;
  touch.brand = message.brands[0];
  touch.channel = message.channel;
  for (size_t i = 0; i < model::kKeyKinds; ++i) {
    const auto kind = static_cast<model::KeyKind>(i);
    // What the brand says to a customer is nothing the customer did.
    if (message.keys->has(kind) && !(by_brand && kind == model::KeyKind::kCustomer)) {
      touch.key = message.keys->at(kind);
      touch.key_kind = kind;
      touches(touch);
    }
  }
  if (message.opening != nullptr && openings) {
    openings({message.keys->at(model::KeyKind::kCustomer),
              touch.id,
              touch.at,
              touch.brand,
              touch.channel,
              *message.opening});
  }
}

void ItemStage::ask_order(const ItemMessage& message,
                          SourceLedger& ledger,
                          const OrderSink& orders) {
  model::OrderMessage ask;
  ask.order = message.order;
  ask.business = message.business;
  ask.kind = message.kind;
  ask.removed = message.op == model::Op::kDelete;
  ask.version = message.version;
  ask.version_tag = message.version_tag;
  ask.occurred_at = message.occurred_at;
  ask.amount_micros = message.amount_micros;
  ask.currency = message.currency;
  ask.period = message.period;
  ask.source = message.source;
  ask.brand = message.brands[0];
  ask.channel = message.channel;
  for (size_t i = 1; i < message.brand_count; ++i) {
    if (exchange::is_marked(message.brands[i], exchange::kCampaignMark)) {
      ask.campaign = message.brands[i];
    }
  }
  ask.keys = message.keys;
  ++ledger.asked;
  orders(ask);
}

size_t ItemStage::purge(base::EventTime watermark, size_t memory_bytes) {
  int64_t reach = std::max(plan_.time.lateness_us, plan_.items_retention_us);
  for (const SourcePlan& source : plan_.sources) {
    if (!source.stable_time) {
      reach = std::max(reach, plan_.dedup_horizon_us);
    }
  }
  if (watermark > base::kTimeBegin) {
    items_.forget(watermark >= base::kTimeEnd ? base::kTimeBegin : watermark - reach);
    // A partition that a topic has gained may bring what is older than the others' watermark.
    constexpr int64_t kNewPartitionLag = base::kHour;
    items_.settle(watermark >= base::kTimeEnd
                      ? base::kTimeEnd
                      : watermark - plan_.time.lateness_us - kNewPartitionLag);
  }
  size_t shed = 0;
  while (items_.memory_bytes() > memory_bytes && items_.shed_oldest()) {
    ++shed;
  }
  return shed;
}

}  // namespace kaiku::shard
