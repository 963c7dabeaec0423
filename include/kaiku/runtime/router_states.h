// RouterStates: where the routers of routed source partitions stood, kept a second time. A group's
// offsets expire when nobody has been there for offsets.retention.minutes; what they said stands in
// the changelog too, in the same transaction, so that it can be given back.
//
// Threads: confined to their worker.
// Owns:    the newest state of each router it has seen.
// Cost:    one small record per commit and partition that was read.
// Fails:   never; what the states hold is checked by who takes them (RoutedSource::restore).
// Format:  a record of changelog partition (source partition mod shards) with the key
//          "router/<source>/<partition>" and the offset's metadata (RoutedSource) as value. The
//          records of the shards have no key.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "kaiku/log/log.h"
#include "kaiku/shard/plan.h"

namespace kaiku::runtime {

// The changelog partition that keeps the state of this source partition's router.
[[nodiscard]] log::Partition router_home(const shard::Plan& plan, int32_t partition);
[[nodiscard]] log::Append router_record(const shard::Plan& plan,
                                        size_t source,
                                        int32_t partition,
                                        std::string_view metadata);

// Reads a changelog partition: states of routers stay here, everything else goes to `shard`.
class RouterStates final : public log::RecordSink {
 public:
  explicit RouterStates(log::RecordSink* shard = nullptr) : shard_(shard) {}

  bool on_record(const log::Record& record) override;

  [[nodiscard]] std::optional<std::string> find(std::string_view source, int32_t partition) const;

 private:
  log::RecordSink* shard_;
  std::map<std::string, std::string, std::less<>> states_;  // by key
};

}  // namespace kaiku::runtime
