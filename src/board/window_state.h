// WindowState: the buckets of one window of the plan, open and closed, and how far it has closed.
//
// Threads: confined to the board.
// Owns:    its buckets; a bucket keeps its address when it closes.
// Cost:    start_of compares two times while items come in order.
// Fails:   never. Times beyond any calendar (a source that has ended) are handled by is_real().
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "kaiku/window/window_spec.h"

#include "board/cell.h"
#include "board/shown_kpis.h"

namespace kaiku::board {

// False for "nothing heard yet" and "everything has been read", which lie outside years 1 to 9999.
[[nodiscard]] constexpr bool is_real(base::EventTime time) {
  return time >= base::days_from_civil(1, 1, 1) * base::kDay &&
         time < base::days_from_civil(10'000, 1, 1) * base::kDay;
}

class WindowState {
 public:
  // `keeps_keys`: its buckets know the keys of all their cells.
  WindowState(const window::WindowSpec& spec, uint16_t index, bool makes_kpis, bool keeps_keys)
      : spec_(&spec), index_(index), makes_kpis_(makes_kpis), keeps_keys_(keeps_keys) {}

  [[nodiscard]] const window::WindowSpec& spec() const { return *spec_; }

  [[nodiscard]] uint16_t index() const { return index_; }

  [[nodiscard]] bool makes_kpis() const { return makes_kpis_; }

  [[nodiscard]] bool keeps_keys() const { return keeps_keys_; }

  // Start of the pane that `time` lies in.
  [[nodiscard]] base::EventTime start_of(base::EventTime time) {
    if (time < pane_begin_ || time >= pane_end_) {
      pane_begin_ = spec_->pane_start(time);
      pane_end_ = spec_->pane_end(pane_begin_);
    }
    return pane_begin_;
  }

  [[nodiscard]] base::EventTime pane_before(base::EventTime start) const {
    return spec_->pane_start(start - 1);
  }

  // Start of the oldest window that the pane at `start` belongs to.
  [[nodiscard]] base::EventTime first_window_of(base::EventTime start) const;

  [[nodiscard]] bool is_due(const Bucket& bucket, base::EventTime watermark) const {
    return bucket.end + spec_->final_after_us() <= watermark;
  }

  // Windows that end at `drop_through` or before are forgotten.
  void drop_through(base::EventTime through) { drop_through_ = through; }

  [[nodiscard]] bool is_dropped(base::EventTime start) const {
    return start < drop_through_ && spec_->window_end(start) <= drop_through_;
  }

  [[nodiscard]] bool has_droppable() const {
    return !closed.empty() && closed.begin()->second.end <= drop_through_;
  }

  [[nodiscard]] Bucket* find(base::EventTime start);

  // The bucket of a start; made if there is none, closed if `sealed` is past its closing time.
  Bucket& obtain_one(base::EventTime start, base::EventTime sealed, uint64_t seal);
  // Makes the buckets of the earlier windows that the pane belongs to as well.
  Bucket& obtain(base::EventTime start, base::EventTime sealed, uint64_t seal);

  // The end of the last window that `watermark` closes.
  [[nodiscard]] base::EventTime closes_through(base::EventTime watermark) const;

  std::map<base::EventTime, Bucket> open;
  std::map<base::EventTime, Bucket> closed;
  // Starts of closed buckets with cells in memory.
  std::set<base::EventTime> resident;
  base::EventTime closed_through = base::kTimeBegin;
  // closed_through as last published, by brand.
  std::vector<base::EventTime> announced;
  ShownKpis kpis;

 private:
  const window::WindowSpec* spec_;
  uint16_t index_;
  bool makes_kpis_;
  bool keeps_keys_;
  base::EventTime drop_through_ = base::kTimeBegin;
  base::EventTime pane_begin_ = 0;
  base::EventTime pane_end_ = 0;
};

}  // namespace kaiku::board
