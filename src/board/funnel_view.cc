#include "board/funnel_view.h"

#include <optional>
#include <string>
#include <utility>

#include "board/kpi_drafts.h"
#include "board/view.h"

namespace kaiku::board {
namespace {

// `cells`: what the campaign, or all of its period, has in the place of a brand.
std::optional<Funnel> funnel_of_open(Board::Impl& board,
                                     WindowState& window,
                                     const Bucket& bucket,
                                     const std::string& cells) {
  const NameId name = cells.empty() ? kNoName : board.brands.find(cells);
  Bucket* const found = name == kNoName ? nullptr : window.find(bucket.start);
  // The cells of a hopping window lie in those of its panes.
  if (found == nullptr || (!window.spec().is_hopping() && found->keys_of(name).empty())) {
    return std::nullopt;
  }
  const auto drafts = draft_kpis_of(board, window, bucket, name);
  if (!drafts) {
    return std::nullopt;  // the next seal meets the same failure and says so
  }
  std::optional<Funnel> funnel = funnel_of(*kpi_set_of(window, bucket, cells, *drafts));
  if (funnel) {
    funnel->is_closed = false;
  }
  return funnel;
}

void view_window(Board::Impl& board, WindowState& window, std::vector<Funnel>& out) {
  const std::vector<const Bucket*> buckets = shown_buckets(window);
  size_t left = kOpenFunnels;
  for (auto at = buckets.rbegin(); at != buckets.rend(); ++at) {
    if ((*at)->is_closed()) {
      continue;
    }
    for (const Campaign& campaign : board.plan->campaigns) {
      for (const std::string* cells : {&campaign.cells, &campaign.period}) {
        if (left == 0) {
          return;
        }
        if (auto funnel = funnel_of_open(board, window, **at, *cells); funnel) {
          out.push_back(std::move(*funnel));
          --left;
        }
      }
    }
  }
}

}  // namespace

void view_funnels(Board::Impl& board, std::vector<Funnel>& out) {
  if (board.plan->campaigns.empty()) {
    return;
  }
  for (WindowState& window : board.windows) {
    if (window.makes_kpis()) {
      view_window(board, window, out);
    }
  }
}

}  // namespace kaiku::board
