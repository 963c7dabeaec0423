// A shard's part in what has cells beside brands: mentions of a brand are told to the market it
// belongs to, facets of items to the cells they name, and what a campaign's period or a comparison
// is about to cells of their own.
#include "kaiku/shard/router.h"
#include "kaiku/shard/shard.h"

namespace kaiku::shard {
namespace {

using aggregate::Aggregate;
using base::EventTime;
using exchange::DeltaKey;

// Who said it and what became of it is said of the brand.
void drop_people(Aggregate& delta) {
  delta.authors.clear();
  delta.reach.clear();
  delta.followers.clear();
  delta.conversations.clear();
  delta.attribution.clear();
  delta.content.clear();
}

// What a share of voice is made of: how many, and by whom.
Aggregate voice_in(const Aggregate& delta) {
  Aggregate told;
  told.by_relation = delta.by_relation;
  told.authors = delta.authors;
  told.inexact = delta.inexact;
  return told;
}

bool is_about(board::Compared compared, model::ItemType type) {
  switch (compared) {
    case board::Compared::kMentions:
      return type == model::ItemType::kMention;
    case board::Compared::kBugReports:
      return type == model::ItemType::kBugReport;
    case board::Compared::kSupportContacts:
      return type == model::ItemType::kSupportMessage;
    case board::Compared::kOrders:
    case board::Compared::kVisits:
    case board::Compared::kLeads:
      return type == model::ItemType::kBusinessEvent;
  }
  return false;
}

// What is counted of a whole period lies in its last minute: the window of its end says it, and
// what comes before waits there.
int32_t last_minute(EventTime end) {
  return base::minute_of(end - 1);
}

}  // namespace

void Shard::send_delta(const DeltaKey& key, const Aggregate& delta) {
  if (delta.is_empty()) {
    return;
  }
  aggregate_bytes_.clear();
  base::ByteWriter out(aggregate_bytes_);
  delta.encode(out);
  writers_[shard_of_brand(plan_.key, key.brand, plan_.shards)].add_delta(key, aggregate_bytes_);
}

void Shard::tell_market(const DeltaKey& key, const Aggregate& delta) {
  if (plan_.markets.empty() || key.type != model::ItemType::kMention) {
    return;
  }
  const auto found = plan_.markets.find(key.brand);
  if (found == plan_.markets.end()) {
    return;
  }
  for (const std::string& cells : found->second) {
    const board::Market* const market =
        board::market_at(plan_.board->markets, cells, key.minute * base::kMinute);
    if (market != nullptr && market->has(key.brand)) {
      send_delta({key.minute, key.type, cells, key.brand}, voice_in(delta));
    }
  }
}

void Shard::tell_comparisons(const DeltaKey& key, const Aggregate& delta) {
  const EventTime at = key.minute * base::kMinute;
  for (const board::Comparison& comparison : plan_.board->comparisons) {
    if (comparison.brand != key.brand || !is_about(comparison.of, key.type) ||
        (!comparison.channel.empty() && comparison.channel != key.channel) ||
        at < comparison.changed_at - comparison.before_us || at >= comparison.end()) {
      continue;
    }
    Aggregate told;
    told.by_relation = delta.by_relation;
    told.inbound_original = delta.inbound_original;
    told.orders = delta.orders;
    told.business = delta.business;
    told.inexact = delta.inexact;
    const std::string_view side = at < comparison.changed_at ? "before" : "after";
    send_delta({last_minute(comparison.end()), key.type, comparison.cells, side}, told);
  }
}

void Shard::send_facet(const DeltaKey& key, Aggregate& delta) {
  const size_t separator = key.brand.find(exchange::kPlaceSeparator);
  if (exchange::is_marked(key.brand, exchange::kTopicMark)) {
    send_delta(
        {key.minute, key.type, key.brand.substr(0, separator), key.brand.substr(separator + 1)},
        voice_in(delta));
    return;
  }
  drop_people(delta);
  if (separator != std::string_view::npos) {
    send_delta(
        {key.minute, key.type, key.brand.substr(0, separator), key.brand.substr(separator + 1)},
        delta);
    return;
  }
  send_delta(key, delta);
  const EventTime at = key.minute * base::kMinute;
  for (const board::Campaign& campaign : plan_.board->campaigns) {
    if (campaign.cells == key.brand && !campaign.period.empty() && at >= campaign.from &&
        at < campaign.to) {
      send_delta({last_minute(campaign.to), key.type, campaign.period, key.channel}, delta);
    }
  }
}

}  // namespace kaiku::shard
