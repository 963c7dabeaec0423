#include "board/conversation_view.h"

#include <map>
#include <string_view>
#include <utility>

#include "board/view.h"

namespace kaiku::board {
namespace {

using aggregate::ConversationFigures;
using sketch::LogHistogram;

// By brand and channel, sorted; no channel: the whole brand.
using Merged = std::map<std::pair<std::string_view, std::string_view>, ConversationFigures>;

Durations durations_of(const LogHistogram& histogram) {
  Durations durations;
  durations.count = histogram.total();
  if (durations.count > 0) {
    durations.median_ms = histogram.quantile(500);
    durations.p90_ms = histogram.quantile(900);
  }
  return durations;
}

ConversationView view_of(const ConversationFigures& figures) {
  ConversationView view;
  view.opened = figures.opened;
  view.first_answer_by = figures.first_answer_by;
  view.sla_met = figures.sla_met;
  view.sla_breached = figures.sla_breached;
  view.resolved = figures.resolved;
  view.reopened = figures.reopened;
  view.closed = figures.closed_total();
  view.two_way = figures.two_way;
  view.never_answered = figures.never_answered;
  view.deflected = figures.deflected;
  view.rated = figures.rated;
  view.rated_good = figures.rated_good;
  view.first_response_public = durations_of(figures.first_response_public);
  view.first_response_private = durations_of(figures.first_response_private);
  view.resolution = durations_of(figures.resolution);
  return view;
}

void add(const Board::Impl& board,
         const CellKey& key,
         const aggregate::Aggregate& cell,
         Merged& merged) {
  const ConversationFigures* figures = cell.conversations.get();
  if (figures == nullptr || figures->is_empty()) {
    return;
  }
  const std::string_view brand = board.brands.at(key.brand);
  merged[{brand, board.channels.at(key.channel)}].merge(*figures);
  merged[{brand, {}}].merge(*figures);
}

void view_bucket(Board::Impl& board,
                 WindowState& window,
                 const Bucket& bucket,
                 std::vector<ConversationView>& out) {
  Merged merged;
  if (window.spec().is_hopping()) {
    Board::Impl::Sums sums;
    board.sum_panes(window, bucket.start, sums);
    for (const auto& [key, figures] : sums) {
      add(board, key, figures, merged);
    }
  } else {
    for (const Cell* cell : bucket.cells) {
      add(board, cell->key, cell->figures, merged);
    }
  }
  for (const auto& [place, figures] : merged) {
    ConversationView view = view_of(figures);
    view.window = window.spec().name();
    view.window_start = bucket.start;
    view.window_end = bucket.end;
    view.brand = place.first;
    view.channel = place.second;
    view.is_closed = bucket.is_closed();
    out.push_back(std::move(view));
  }
}

}  // namespace

void view_conversations(Board::Impl& board, std::vector<ConversationView>& out) {
  if (board.is_private()) {
    return;  // KPI records judge each number by itself
  }
  for (WindowState& window : board.windows) {
    if (!window.makes_kpis()) {
      continue;
    }
    for (const Bucket* bucket : shown_buckets(window)) {
      view_bucket(board, window, *bucket, out);
    }
  }
}

}  // namespace kaiku::board
