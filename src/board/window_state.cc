#include "board/window_state.h"

#include <algorithm>

namespace kaiku::board {

using base::EventTime;

EventTime WindowState::first_window_of(EventTime start) const {
  for (int64_t pane = 1; pane < spec_->panes(); ++pane) {
    start = pane_before(start);
  }
  return start;
}

Bucket* WindowState::find(EventTime start) {
  if (const auto found = open.find(start); found != open.end()) {
    return &found->second;
  }
  const auto found = closed.find(start);
  return found == closed.end() ? nullptr : &found->second;
}

Bucket& WindowState::obtain_one(EventTime start, EventTime sealed, uint64_t seal) {
  if (Bucket* found = find(start); found != nullptr) {
    return *found;
  }
  Bucket bucket;
  bucket.start = start;
  bucket.end = spec_->window_end(start);
  if (is_due(bucket, sealed)) {
    bucket.closed_by = seal;
    return closed.emplace(start, std::move(bucket)).first->second;
  }
  return open.emplace(start, std::move(bucket)).first->second;
}

Bucket& WindowState::obtain(EventTime start, EventTime sealed, uint64_t seal) {
  Bucket& bucket = obtain_one(start, sealed, seal);
  if (!bucket.has_pane) {
    bucket.has_pane = true;
    for (int64_t pane = 1; pane < spec_->panes(); ++pane) {
      start = pane_before(start);
      if (is_dropped(start)) {
        break;
      }
      obtain_one(start, sealed, seal);
    }
  }
  return bucket;
}

EventTime WindowState::closes_through(EventTime watermark) const {
  if (is_real(watermark)) {
    return std::max(closed_through, spec_->pane_start(watermark - spec_->final_after_us()));
  }
  // Everything has been read: the last window that had cells.
  return closed.empty() ? closed_through : std::max(closed_through, closed.rbegin()->second.end);
}

}  // namespace kaiku::board
