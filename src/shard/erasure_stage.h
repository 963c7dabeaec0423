// ErasureStage: requests to forget a subject, at every shard until its watermarks have passed their
// time, and at H(request) until every shard has said what it forgot. Then there is a receipt.
//
// Threads: confined to the shard's worker.
// Owns:    the requests that wait and the sums of those under way, in memory and in `tables`
//          (kErasures); writers are the shard's, and outlive it.
// Cost:    nothing while there is no request; each reads the shard's conversations and orders once.
// Fails:   kRestore when a row does not decode. More than limits::kErasuresWaiting requests are not
//          taken: they get no receipt, and are counted.
// Format:  table kErasures. Key: kind u8 and the request's digest. Kind 1, waits: layout u8 (1), at
//          i64, requested at i64, steps u8 (1 conversations, 2 keys, 4 orders, 8 board done), flags
//          u8 (1 author, 2 customer), author u64, customer 16 bytes, counts by kind varint each, id
//          bytes. Kind 2, under way: layout u8 (1), at i64, requested at i64, counts, id bytes,
//          shards that answered: count varint, varint each, ascending. Kind 3, done: layout u8 (1),
//          at i64.
//
// A request takes effect at its time in event time: conversations and keys are advanced to it and
// no further, then forget, then go on; orders from before it follow when keys have answered them.
// So what is forgotten is a function of what was said, not of when. A request that is delivered
// again while it waits is one, with the later time; one that was done is known for dedup.horizon.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "kaiku/base/status.h"
#include "kaiku/exchange/edge.h"
#include "kaiku/log/log.h"
#include "kaiku/model/erasure.h"
#include "kaiku/shard/plan.h"
#include "kaiku/state/tables.h"

namespace kaiku::shard {

class ErasureStage {
 public:
  // Each when its level has decided everything before the request's time. What orders are
  // attributed to comes last: keys answer them on their way.
  // The board is told of what was withdrawn, and points to nothing.
  enum Step : uint8_t { kConversations = 1, kKeys = 2, kOrders = 4, kBoard = 8 };

  struct Waiting {
    model::ErasureMessage request;  // its id is a view of `id`
    std::string id;
    model::ErasedCounts counts{};
    uint8_t steps = 0;  // that are done
  };

  struct Receipts {
    uint64_t purged = 0;
    uint64_t nothing_found = 0;
    uint64_t refused = 0;  // requests that were not taken
  };

  ErasureStage(const Plan& plan,
               uint32_t shard,
               state::Tables& tables,
               std::vector<exchange::EdgeWriter>& writers)
      : plan_(plan), shard_(shard), tables_(tables), writers_(writers) {}

  [[nodiscard]] base::Status load();

  void accept(const model::ErasureMessage& request);
  void collect(const model::ErasureDoneMessage& done);

  // Those that wait for `step` and whose time is not after `decided`, by (time, request). Valid
  // until the next call of another function.
  [[nodiscard]] std::vector<Waiting*> due(Step step, base::EventTime decided);
  // Something is, by what the level of each step has decided.
  [[nodiscard]] bool is_due(base::EventTime conversations,
                            base::EventTime keys,
                            base::EventTime orders,
                            base::EventTime board) const;
  // `waiting` did it.
  void did(Waiting& waiting, Step step);
  // Tells H(request) of those that did all; drops what is known longer than it has to be.
  void finish(base::EventTime data);
  // Receipts of requests that every shard has answered, and what happened since the last call.
  [[nodiscard]] Receipts take_receipts(std::vector<log::Append>& out);

 private:
  struct UnderWay {
    base::EventTime at = base::kNoTime;
    base::EventTime requested_at = base::kNoTime;
    std::string id;
    model::ErasedCounts counts{};
    std::vector<uint32_t> shards;  // ascending
  };

  void store(const Waiting& waiting);
  void store(const base::Digest& request, const UnderWay& sums);
  [[nodiscard]] bool enter(std::string_view key, std::string_view value);
  [[nodiscard]] bool enter_waiting(const base::Digest& request, std::string_view value);
  [[nodiscard]] bool enter_under_way(const base::Digest& request, std::string_view value);
  [[nodiscard]] log::Append receipt_of(const base::Digest& request, const UnderWay& sums) const;

  const Plan& plan_;
  const uint32_t shard_;
  state::Tables& tables_;
  std::vector<exchange::EdgeWriter>& writers_;
  std::map<base::Digest, Waiting> waiting_;
  std::map<base::Digest, UnderWay> under_way_;
  std::map<base::Digest, base::EventTime> done_;
  uint64_t refused_ = 0;
};

}  // namespace kaiku::shard
