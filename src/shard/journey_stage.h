// JourneyStage: the part of a shard that knows which touches led to which orders: entries and
// questions of the order level go to keys, answers of the key level to orders and conversations.
//
// Threads: confined to the shard's worker.
// Owns:    its books; writers and deltas are the shard's, and outlive it.
// Cost:    that of the books, and some 60 bytes on the exchange per key of an item or order.
// Fails:   kRestore when state does not decode; what went wrong in a call of an edge is kept until
//          status() is asked.
//
// An order is an entry at its customer, since only a customer has a first order and a journey that
// ends. All its keys are asked. A visit or a lead is a touch at the channel that led to it, if it
// names one, at all its keys.
#pragma once

#include <memory>
#include <vector>

#include "kaiku/commerce/order_book.h"
#include "kaiku/exchange/edge.h"
#include "kaiku/journey/key_book.h"
#include "kaiku/journey/opening_book.h"
#include "kaiku/journey/verdict_book.h"
#include "kaiku/shard/delta_table.h"
#include "kaiku/shard/plan.h"

namespace kaiku::shard {

class JourneyStage final : public commerce::JourneySink, private journey::KeySink {
 public:
  JourneyStage(const Plan& plan,
               state::Tables& tables,
               std::vector<exchange::EdgeWriter>& writers,
               DeltaTable& deltas);

  [[nodiscard]] base::Status load();

  // To H(key), from items, orders and conversations.
  void send(const model::KeyEntryMessage& entry);
  void send(const model::KeyQuestionMessage& question);
  void send(const model::OpeningMessage& opening);
  [[nodiscard]] base::Status on_change(const commerce::InForce& before,
                                       const commerce::InForce& now) override;

  // At H(key).
  void accept(const model::KeyEntryMessage& entry);
  void accept(const model::OpeningMessage& opening);
  void ask(const model::KeyQuestionMessage& question);
  // At H(order).
  void answer(const model::KeyAnswerMessage& answer);
  // Of the key level; before the epoch is sealed.
  [[nodiscard]] base::Status advance(const exchange::Progress& keys);

  // Keys forget the customer of a request; advance() to its time first.
  [[nodiscard]] base::Status forget_at_keys(const model::ErasureMessage& request,
                                            model::ErasedCounts& counts);
  // Attributions do; when keys have answered everything before its time.
  [[nodiscard]] base::Status forget_at_orders(const model::ErasureMessage& request,
                                              model::ErasedCounts& counts);

  [[nodiscard]] const base::Status& status() const { return status_; }

  [[nodiscard]] const journey::KeyCounts& counts() const { return keys_.counts(); }

  [[nodiscard]] const journey::OpeningCounts& opening_counts() const { return openings_.counts(); }

  [[nodiscard]] size_t memory_bytes() const {
    return keys_.memory_bytes() + openings_.memory_bytes();
  }

 private:
  void on_answer(const model::KeyAnswerMessage& answer) override;
  void on_figures(const exchange::DeltaKey& key,
                  const aggregate::AttributionFigures& figures) override;
  void tell_entries(const commerce::InForce& before, const commerce::InForce& now);
  void ask_keys(const commerce::InForce& order);
  [[nodiscard]] base::Status tell_verdict(const commerce::InForce& order);
  void keep(base::Status status);

  const Plan& plan_;
  std::vector<exchange::EdgeWriter>& writers_;
  DeltaTable& deltas_;
  journey::KeyBook keys_;
  journey::OpeningBook openings_;
  journey::VerdictBook verdicts_;
  base::Status status_;
};

}  // namespace kaiku::shard
