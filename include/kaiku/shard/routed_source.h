// RoutedSource: the router of one partition of a routed source with its edges to all shards. Its
// whole state travels as the offset metadata of that partition, in the transaction that carries its
// edges.
//
// Threads: confined to its worker.
// Owns:    its router and edge writers.
// Cost:    Router and about 100 ns of encoding per item.
// Fails:   restore() when metadata does not decode or belongs to another plan.
// Format:  metadata: "2;" and Base64 of: plan fingerprint u64, Router, announced progress (two
// i64),
//          sequences per shard (varint), CRC32C u32.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kaiku/exchange/edge.h"
#include "kaiku/log/log.h"
#include "kaiku/shard/router.h"

namespace kaiku::shard {

class RoutedSource final : private RouterSink {
 public:
  RoutedSource(const Plan& plan, size_t source, int32_t partition);

  [[nodiscard]] base::Status restore(std::string_view metadata);

  void process(const log::Record& record, const Router::Tools& tools);

  [[nodiscard]] Router& router() { return router_; }

  [[nodiscard]] const Router& router() const { return router_; }

  // Records were read, or a header is due.
  [[nodiscard]] bool has_work() const;
  [[nodiscard]] size_t pending_bytes() const;
  // Appends what this epoch sends; answers the offset to commit with it.
  [[nodiscard]] log::OffsetCommit seal(std::vector<log::Append>& appends);

  [[nodiscard]] const std::vector<uint64_t>& sent_sequences() const { return sequences_; }

 private:
  void on_message(uint32_t shard, const model::ItemMessage& message) override;
  void on_output(log::Append record) override;
  void on_erasure_request(const model::ErasureMessage& request) override;
  [[nodiscard]] std::string metadata() const;

  const Plan& plan_;
  Router router_;
  std::vector<exchange::EdgeWriter> writers_;
  std::vector<uint64_t> sequences_;
  std::vector<log::Append> outputs_;
  exchange::Progress announced_;
  bool dirty_ = false;
};

}  // namespace kaiku::shard
