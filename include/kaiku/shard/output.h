// OutputRecord: one record for an output topic with its headers, as the shards and routers make
// them.
//
// Threads: a value.
// Owns:    its bytes.
// Cost:    a few strings.
// Fails:   never.
// Format:  CloudEvents 1.0 binary mode (Kafka protocol binding): ce_specversion, ce_id, ce_source,
// ce_type,
//          content-type. ce_id is a function of pipeline, key, kind and revision (of an early
//          record also of shard and epoch), so a reader can drop what it has seen. A dead letter
//          has the original bytes as its value and its coordinates in kaiku-* headers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/board/board.h"
#include "kaiku/conversation/conversation_book.h"
#include "kaiku/log/log.h"
#include "kaiku/parse/parser.h"
#include "kaiku/shard/plan.h"
#include "kaiku/signal/signal_book.h"

namespace kaiku::shard {

// A record of an output topic made from what the board published.
[[nodiscard]] log::Append published_record(const Plan& plan,
                                           board::Published published,
                                           uint32_t shard,
                                           uint64_t epoch);

// An outcome or alert of a conversation.
[[nodiscard]] log::Append conversation_record(const Plan& plan,
                                              const conversation::OutcomeRecord& outcome);
// An alert of a deadline that is told, or its withdrawal.
[[nodiscard]] log::Append deadline_record(const Plan& plan, const model::DeadlineMessage& message);

// The receipt of an erasure, by the id of its request.
[[nodiscard]] log::Append erasure_record(const Plan& plan,
                                         const base::Digest& request,
                                         std::string_view id,
                                         std::string value);

// An alert of a signal, or the digest of a day.
[[nodiscard]] log::Append signal_record(const Plan& plan, const signal::AlertRecord& alert);

// Where a record or item came from.
struct Coordinates {
  std::string_view source;
  std::string_view topic;
  log::Partition at;
  int64_t offset = 0;
  base::EventTime timestamp = base::kNoTime;
  int item = 0;  // which item of the record
};

// `bytes` is cut to limits::kDeadLetterBytes; empty when the source's budget is spent: the hash
// stays.
[[nodiscard]] log::Append dead_letter_record(const Plan& plan,
                                             const Coordinates& from,
                                             const parse::Reject& reject,
                                             std::string_view bytes,
                                             bool with_bytes);

struct LateItem {
  std::string_view event_id;
  std::string_view native_id;
  std::string_view type;
  std::string_view channel;
  std::string_view channel_id;  // as the pipeline calls it
  base::EventTime occurred_at = base::kNoTime;
  base::EventTime operation_at = base::kNoTime;
  base::EventTime watermark = base::kNoTime;
};

[[nodiscard]] log::Append late_record(const Plan& plan,
                                      const Coordinates& from,
                                      const LateItem& item);

// A counted item without its text: identity, author and source event as keyed hashes only.
[[nodiscard]] log::Append item_record(const Plan& plan, const model::ItemMessage& message);

}  // namespace kaiku::shard
