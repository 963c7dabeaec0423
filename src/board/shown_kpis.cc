#include "board/shown_kpis.h"

#include <memory>
#include <utility>

namespace kaiku::board {
namespace {

KpiSetPtr without_figures(const KpiSet& set) {
  auto empty = std::make_shared<KpiSet>();
  empty->window = set.window;
  empty->window_start = set.window_start;
  empty->window_end = set.window_end;
  empty->brand = set.brand;
  empty->omitted = set.figures.size();
  return empty;
}

}  // namespace

void ShownKpis::show(NameId brand, KpiSetPtr set) {
  if (set->window_start < window_start_) {
    return;
  }
  if (set->window_start > window_start_) {
    *this = ShownKpis();
    window_start_ = set->window_start;
  }
  KpiSetPtr& shown = sets_[brand];
  if (shown != nullptr) {
    figures_ -= shown->figures.size();
    omitted_ -= shown->omitted;
    bytes_ -= shown->memory_bytes();
  }
  if (figures_ + set->figures.size() > kFiguresShown) {
    set = without_figures(*set);
  }
  figures_ += set->figures.size();
  omitted_ += set->omitted;
  bytes_ += set->memory_bytes();
  shown = std::move(set);
}

KpiSetPtr ShownKpis::find(base::EventTime window_start, NameId brand) const {
  const auto found = window_start == window_start_ ? sets_.find(brand) : sets_.end();
  return found == sets_.end() ? nullptr : found->second;
}

size_t ShownKpis::memory_bytes() const {
  constexpr size_t kNode = 8 * sizeof(void*);  // of the tree, and the counts of its pointer
  return bytes_ + sets_.size() * (sizeof(*sets_.begin()) + kNode);
}

}  // namespace kaiku::board
