#include "board/market_kpis.h"

#include <algorithm>

#include "kaiku/base/json_writer.h"
#include "kaiku/effect/wilson.h"

namespace kaiku::board {

const Market* market_at(const std::vector<Market>& markets,
                        std::string_view cells,
                        base::EventTime at) {
  const Market* found = nullptr;
  for (const Market& market : markets) {
    if (market.cells == cells && market.valid_from <= at &&
        (found == nullptr || found->valid_from <= market.valid_from)) {
      found = &market;
    }
  }
  return found;
}

std::vector<HeadedDraft> draft_shares_of_voice(const KpiHead& head,
                                               const Market& market,
                                               const std::vector<ChannelFigures>& brands) {
  int64_t all = 0;
  sketch::HyperLogLog everybody;
  for (const ChannelFigures& brand : brands) {
    if (market.has(brand.channel)) {
      all += std::max<int64_t>(brand.activity.originals, 0);
      everybody.merge(brand.authors);
    }
  }
  const uint64_t all_authors = everybody.estimate();
  std::vector<HeadedDraft> drafts;
  for (const std::string& name : market.brands) {
    const auto found = std::find_if(
        brands.begin(), brands.end(), [&](const auto& each) { return each.channel == name; });
    const bool spoke = found != brands.end();
    const int64_t own = spoke ? std::max<int64_t>(found->activity.originals, 0) : 0;
    const uint64_t authors = spoke ? found->authors.estimate() : 0;
    HeadedDraft voice;
    voice.head = head;
    voice.head.brand = name;
    voice.draft = draft_of(voice.head, Kpi::kShareOfVoice, kAllChannels, all > 0);
    base::JsonWriter json(voice.draft.back);
    json.begin_object();
    json.key("value").ratio(own, all);
    json.field("unit", "ratio").field("numerator", own).field("denominator", all);
    json.field("n", all);
    if (all > 0) {
      const effect::Interval interval = effect::wilson95(own, all);
      json.key("lo95").ratio(interval.low);
      json.key("hi95").ratio(interval.high);
    }
    json.field("market", market.id());
    json.key("value_by_authors").ratio(authors, all_authors);
    json.field("authors", authors).field("authors_of_market", all_authors);
    json.field("method", method_of(Kpi::kShareOfVoice));
    json.end_object();
    drafts.push_back(std::move(voice));
  }
  return drafts;
}

}  // namespace kaiku::board
