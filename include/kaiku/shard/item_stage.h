// ItemStage: what an accepted item does: dedup decides, deltas of cells, questions to orders, words
// to conversations and touches to keys follow.
//
// Threads: confined to the shard's worker.
// Owns:    the item table.
// Cost:    about 0.2 us an item.
// Fails:   load() as ItemTable. Counters beyond 2^36 or below zero are booked at the bound, and
// their
//          cells are marked inexact: no sum of a cell can leave 64 bits.
#pragma once

#include <functional>
#include <string_view>

#include "kaiku/dedup/item_table.h"
#include "kaiku/shard/delta_table.h"
#include "kaiku/shard/ledger.h"
#include "kaiku/shard/plan.h"

namespace kaiku::shard {

class ItemStage {
 public:
  using OrderSink = std::function<void(const model::OrderMessage&)>;
  using ThreadSink = std::function<void(const model::ConversationMessage&)>;
  using TouchSink = std::function<void(const model::KeyEntryMessage&)>;
  using OpeningSink = std::function<void(const model::OpeningMessage&)>;

  ItemStage(const Plan& plan, state::Tables& tables) : plan_(plan), items_(tables) {}

  [[nodiscard]] base::Status load() { return items_.load(); }

  // True if the item was counted for the first time (and is no business record).
  bool process(const model::ItemMessage& message,
               DeltaTable& deltas,
               SourceLedger& ledger,
               const OrderSink& orders,
               const ThreadSink& threads = {},
               const TouchSink& touches = {},
               const OpeningSink& openings = {});

  void seal(uint64_t epoch) { items_.seal(epoch); }

  // Purges what no acceptable item can name any more, given the level's data-driven watermark;
  // sheds the oldest beyond `memory_bytes` and answers how many buckets that cost.
  size_t purge(base::EventTime watermark, size_t memory_bytes);

  [[nodiscard]] const dedup::ItemTable& items() const { return items_; }

 private:
  bool decide(const model::ItemMessage& message,
              DeltaTable& deltas,
              SourceLedger& ledger,
              const ThreadSink& threads,
              const TouchSink& touches,
              const OpeningSink& openings);
  static void tell_conversation(const model::ItemMessage& message,
                                dedup::Verdict verdict,
                                const ThreadSink& threads);
  static void tell_keys(const model::ItemMessage& message,
                        const dedup::Decision& decision,
                        const TouchSink& touches,
                        const OpeningSink& openings);
  void count_new(const model::ItemMessage& message,
                 const dedup::Decision& decision,
                 DeltaTable& deltas);
  static void take_example_away(const base::Digest& item,
                                const dedup::Placement& placement,
                                int32_t minute,
                                DeltaTable& deltas);
  static void tell_example(const model::ItemMessage& message,
                           model::Sentiment label,
                           DeltaTable& deltas);
  void tell_signals(const model::ItemMessage& message, DeltaTable& deltas);
  void book_edit(const model::ItemMessage& message,
                 const dedup::Decision& decision,
                 DeltaTable& deltas);
  void book_counters(const dedup::Decision& decision, DeltaTable& deltas);
  void suppress(const model::ItemMessage& message, model::DuplicateKind kind, DeltaTable& deltas);
  void ask_order(const model::ItemMessage& message, SourceLedger& ledger, const OrderSink& orders);

  const Plan& plan_;
  dedup::ItemTable items_;
};

}  // namespace kaiku::shard
