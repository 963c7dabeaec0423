#include "board/kpi_drafts.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "kaiku/base/json_writer.h"

#include "board/aside_kpis.h"
#include "board/late_entries.h"
#include "board/market_kpis.h"

namespace kaiku::board {
namespace {

using aggregate::Aggregate;
using base::EventTime;
using base::Result;

// The brand's keys of the window, whichever of its panes they are in, by channel name.
std::vector<CellKey> keys_of(const Board::Impl& board,
                             WindowState& window,
                             const Bucket& bucket,
                             NameId brand) {
  std::vector<CellKey> keys;
  EventTime pane = bucket.start;
  for (int64_t i = 0; i < window.spec().panes(); ++i) {
    if (Bucket* found = window.find(pane); found != nullptr) {
      for (CellKey key : found->keys_of(brand)) {
        key.start = bucket.start;
        keys.push_back(key);
      }
    }
    pane = window.spec().pane_end(pane);
  }
  std::sort(keys.begin(), keys.end(), [&](const CellKey& a, const CellKey& b) {
    return a.channel != b.channel ? board.channels.at(a.channel) < board.channels.at(b.channel)
                                  : a.type < b.type;
  });
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

// The cells of a market have its brands where others have channels. A window is told by the list of
// its first moment, or by the first list that begins in it.
std::vector<HeadedDraft> draft_market(const Board::Impl& board,
                                      const KpiHead& head,
                                      std::string_view cells,
                                      const std::vector<ChannelFigures>& brands) {
  const auto& markets = board.plan->markets;
  const Market* market = market_at(markets, cells, head.start);
  for (const Market& each : markets) {
    const bool begins = each.cells == cells && each.valid_from < head.end;
    if (begins && (market == nullptr ||
                   (market->valid_from > head.start && each.valid_from < market->valid_from))) {
      market = &each;
    }
  }
  if (market == nullptr) {
    return {};  // of a plan before this one
  }
  return draft_shares_of_voice(head, *market, brands);
}

std::string members_of(const Subject& subject) {
  if (subject.fields.empty()) {
    return {};
  }
  std::string text;
  base::JsonWriter json(text);
  json.begin_object();
  for (const auto& [name, value] : subject.fields) {
    json.field(name, value);
  }
  json.end_object();
  return text.substr(1, text.size() - 2);
}

void add(ChannelFigures& channel, model::ItemType type, const Aggregate& cell) {
  if (type == model::ItemType::kBusinessEvent) {
    channel.business = &cell;
  } else {
    channel.activity.add(type, cell);
  }
  if (const auto* content = cell.content.get(); content != nullptr) {
    channel.content.merge(*content);
  }
  if (const auto* conversations = cell.conversations.get(); conversations != nullptr) {
    channel.conversations.merge(*conversations);
  }
}

}  // namespace

Result<std::vector<HeadedDraft>> draft_kpis_of(Board::Impl& board,
                                               WindowState& window,
                                               const Bucket& bucket,
                                               NameId brand) {
  const std::string_view name = board.brands.at(brand);
  const bool is_market = exchange::is_market(name);
  const bool is_brand = !exchange::is_aside(name);
  std::deque<Aggregate> storage;
  std::vector<ChannelFigures> channels;
  std::vector<AsideCell> asides;
  for (const CellKey& key : keys_of(board, window, bucket, brand)) {
    const auto figures = board.window_figures(window, key, storage);
    if (!figures) {
      return figures.error();
    }
    const std::string_view channel = board.channels.at(key.channel);
    if (channels.empty() || channels.back().channel != channel) {
      channels.push_back({channel, nullptr, {}, {}, {}, {}});
    }
    if (*figures == nullptr) {
      continue;
    }
    asides.push_back({channel, key.type, *figures});
    if (is_market) {
      channels.back().authors.merge((*figures)->authors);
    }
    add(channels.back(), key.type, **figures);
  }
  KpiHead head{board.plan->pipeline, {}, window.spec().name(), bucket.start, bucket.end, {}};
  if (is_market) {
    std::vector<HeadedDraft> shares = draft_market(board, head, name, channels);
    mark_late(board.late, name, shares);
    return shares;
  }
  if (!is_brand) {
    return draft_asides(head, name, asides, *board.plan, *board.rates);
  }
  head.brand = name;
  head.attribution = board.plan->attribution;
  const Valuation by{
      *board.rates, board.prices.get(), board.plan->replacement_cost, board.plan->kinds};
  std::vector<HeadedDraft> drafts;
  for (KpiDraft& draft : draft_kpis(head, channels, by)) {
    drafts.push_back({head, std::move(draft)});
  }
  mark_late(board.late, name, drafts);
  return drafts;
}

namespace {

std::shared_ptr<KpiSet> empty_set_of(const WindowState& window,
                                     const Bucket& bucket,
                                     std::string_view brand) {
  auto set = std::make_shared<KpiSet>();
  set->window = window.spec().name();
  set->window_start = bucket.start;
  set->window_end = bucket.end;
  set->brand = exchange::is_aside(brand) ? std::string_view() : brand;
  return set;
}

}  // namespace

KpiSetPtr kpi_set_of(const WindowState& window,
                     const Bucket& bucket,
                     std::string_view brand,
                     const std::vector<HeadedDraft>& drafts) {
  auto set = empty_set_of(window, bucket, brand);
  for (const HeadedDraft& each : drafts) {
    if (each.draft.has_figures) {
      set->figures.push_back({name_of(each.draft.kpi),
                              stage_of(each.draft.kpi),
                              value_basis_of(each.draft.kpi),
                              std::string(each.head.brand),
                              each.draft.channel,
                              members_of(each.draft.subject),
                              each.draft.back});
    }
  }
  set->figures.shrink_to_fit();  // it stays until the window of then is over
  return set;
}

namespace {

// Null: it cannot be made.
KpiSetPtr remake(Board::Impl& board, WindowState& window, const Bucket& bucket, NameId brand) {
  const std::string_view name = board.brands.at(brand);
  if (window.kpis.is_full(bucket.start)) {
    auto unknown = empty_set_of(window, bucket, name);
    unknown->omitted = 1;  // at least: counting them is what making them costs
    return unknown;
  }
  const auto drafts = draft_kpis_of(board, window, bucket, brand);
  // The next seal meets the same failure and says so.
  return drafts ? kpi_set_of(window, bucket, name, *drafts) : nullptr;
}

void view_kpis_of(Board::Impl& board,
                  WindowState& window,
                  const Bucket& bucket,
                  std::vector<KpiSetPtr>& out) {
  std::set<NameId> found;
  for (const Cell* cell : bucket.cells) {
    found.insert(cell->key.brand);
  }
  std::vector<NameId> brands(found.begin(), found.end());
  std::ranges::sort(
      brands, {}, [&board](NameId brand) -> const std::string& { return board.brands.at(brand); });
  for (const NameId brand : brands) {
    KpiSetPtr set = window.kpis.find(bucket.start, brand);
    // With min_cell, what of it was withheld is known to the seal that told it.
    if (set == nullptr && !board.is_private()) {
      if (KpiSetPtr made = remake(board, window, bucket, brand); made != nullptr) {
        window.kpis.show(brand, std::move(made));
        set = window.kpis.find(bucket.start, brand);
      }
    }
    if (set != nullptr && (!set->figures.empty() || set->omitted != 0)) {
      out.push_back(std::move(set));
    }
  }
}

}  // namespace

void view_kpis(Board::Impl& board, std::vector<KpiSetPtr>& out) {
  for (WindowState& window : board.windows) {
    if (window.makes_kpis() && !window.closed.empty()) {
      view_kpis_of(board, window, window.closed.rbegin()->second, out);
    }
  }
}

}  // namespace kaiku::board
