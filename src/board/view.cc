#include "board/view.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <tuple>

namespace kaiku::board {
namespace {

using aggregate::Aggregate;

int64_t saturated(money::Int128 micros) {
  constexpr money::Int128 kMax = std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(std::clamp(micros, -kMax, kMax));
}

CellView view_of(const Board::Impl& board,
                 const WindowState& window,
                 const Bucket& bucket,
                 const CellKey& key,
                 Stage stage,
                 const Aggregate& figures) {
  CellView view;
  view.window = window.spec().name();
  view.window_start = bucket.start;
  view.window_end = bucket.end;
  view.brand = board.brands.at(key.brand);
  view.channel = board.channels.at(key.channel);
  view.type = key.type;
  view.kind = !bucket.is_closed()         ? Kind::kEarly
              : stage == Stage::kRevision ? Kind::kRevision
                                          : Kind::kFinal;
  view.count_total = figures.count_total();
  view.count_original = figures.count_original();
  view.inbound_original = figures.inbound_original;
  view.unique_authors = figures.authors.estimate();
  view.engagements = figures.engagements();
  view.sentiment_negative = figures.sentiment_negative;
  view.sentiment_neutral = figures.sentiment_neutral;
  view.sentiment_positive = figures.sentiment_positive;
  if (!figures.money.is_empty()) {
    view.booked_micros = saturated(board.rates->convert(figures.money, money::Flow::kOrder).micros);
    view.refunds_micros =
        saturated(board.rates->convert(figures.money, money::Flow::kRefund).micros);
    view.spend_micros = saturated(board.rates->convert(figures.money, money::Flow::kSpend).micros);
  }
  return view;
}

void view_bucket(Board::Impl& board,
                 WindowState& window,
                 const Bucket& bucket,
                 std::vector<CellView>& out) {
  const size_t before = out.size();
  if (window.spec().is_hopping()) {
    Board::Impl::Sums sums;
    board.sum_panes(window, bucket.start, sums);
    for (const auto& [key, figures] : sums) {
      const auto cell = board.cells.find(key);
      const Stage stage = cell == board.cells.end() ? Stage::kNone : cell->second->stage;
      if (!figures.is_empty() && !exchange::is_aside(board.brands.at(key.brand))) {
        out.push_back(view_of(board, window, bucket, key, stage, figures));
      }
    }
  } else {
    for (const Cell* cell : bucket.cells) {
      if (board.is_shown(*cell) && (cell->stage != Stage::kNone || !cell->figures.is_empty()) &&
          !exchange::is_aside(board.brands.at(cell->key.brand))) {
        out.push_back(view_of(board, window, bucket, cell->key, cell->stage, cell->figures));
      }
    }
  }
  std::sort(out.begin() + static_cast<std::ptrdiff_t>(before),
            out.end(),
            [](const CellView& a, const CellView& b) {
              return std::tie(a.brand, a.channel, a.type) < std::tie(b.brand, b.channel, b.type);
            });
}

}  // namespace

std::vector<const Bucket*> shown_buckets(const WindowState& window) {
  std::vector<const Bucket*> buckets;
  if (!window.closed.empty()) {
    buckets.push_back(&window.closed.rbegin()->second);
  }
  if (window.spec().is_hopping()) {
    if (!window.open.empty()) {
      buckets.push_back(&window.open.begin()->second);
    }
    return buckets;
  }
  auto shown = window.open.begin();
  std::advance(shown, window.open.size() - std::min(window.open.size(), kOpenWindows));
  for (; shown != window.open.end(); ++shown) {
    buckets.push_back(&shown->second);
  }
  return buckets;
}

void view_board(Board::Impl& board, std::vector<CellView>& out) {
  for (WindowState& window : board.windows) {
    for (const Bucket* bucket : shown_buckets(window)) {
      view_bucket(board, window, *bucket, out);
    }
  }
}

}  // namespace kaiku::board
