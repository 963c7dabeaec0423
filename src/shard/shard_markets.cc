// A shard's part in markets: mentions of a brand are told to the market it belongs to.
#include "kaiku/shard/router.h"
#include "kaiku/shard/shard.h"

namespace kaiku::shard {

// What a share of voice is made of: how many, and by whom.
void Shard::tell_market(const exchange::DeltaKey& key, const aggregate::Aggregate& delta) {
  if (plan_.markets.empty() || key.type != model::ItemType::kMention) {
    return;
  }
  const auto market = plan_.markets.find(key.brand);
  if (market == plan_.markets.end()) {
    return;
  }
  aggregate::Aggregate told;
  told.by_relation = delta.by_relation;
  told.authors = delta.authors;
  told.inexact = delta.inexact;
  if (told.is_empty()) {
    return;
  }
  aggregate_bytes_.clear();
  base::ByteWriter out(aggregate_bytes_);
  told.encode(out);
  const exchange::DeltaKey place{key.minute, key.type, market->second, key.brand};
  writers_[shard_of_brand(plan_.key, market->second, plan_.shards)].add_delta(place,
                                                                              aggregate_bytes_);
}

}  // namespace kaiku::shard
