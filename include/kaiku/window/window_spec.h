// WindowSpec: one named window of the plan: tumbling, hopping, or calendar days of a time zone.
//
// Threads: immutable after the plan is built.
// Owns:    its name and zone.
// Cost:    pane_start is a division; for calendar days some lookups among the zone's offset
//          changes, which make() reads once (about 100 ns).
// Fails:   make() with a message: a size must be whole minutes, an advance must divide the size,
//          and a window must be kept at least until it is final.
//
// Windows are aligned to 1970-01-01T00:00:00Z, calendar days to the civil date 1970-01-01. Offsets
// are those of the system's time zone database, which ends in 2037: the last one holds from there.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "kaiku/base/event_time.h"
#include "kaiku/base/status.h"

namespace kaiku::window {

class WindowSpec {
 public:
  // `zone` empty: UTC. A zone other than UTC is for sizes of whole days only: then a window is a
  // civil day there, 23 or 25 hours long twice a year. advance_us 0: tumbling.
  [[nodiscard]] static base::Result<WindowSpec> make(std::string name,
                                                     int64_t size_us,
                                                     int64_t advance_us,
                                                     std::string zone,
                                                     int64_t final_after_us,
                                                     int64_t retention_us);

  [[nodiscard]] const std::string& name() const { return name_; }

  [[nodiscard]] bool is_hopping() const { return advance_us_ != 0 && advance_us_ != size_us_; }

  [[nodiscard]] int64_t size_us() const { return size_us_; }

  [[nodiscard]] int64_t advance_us() const { return advance_us_ == 0 ? size_us_ : advance_us_; }

  // A final record is published when the board's watermark reaches end + final_after.
  [[nodiscard]] int64_t final_after_us() const { return final_after_us_; }

  // A cell is kept for corrections until the watermark passes end + retention.
  [[nodiscard]] int64_t retention_us() const { return retention_us_; }

  // Panes of a window: size / advance.
  [[nodiscard]] int64_t panes() const { return size_us_ / advance_us(); }

  // The start of the pane (hopping: of `advance`; else the window) that `time` lies in.
  [[nodiscard]] base::EventTime pane_start(base::EventTime time) const;
  // The end of the pane or window that starts at `start`.
  [[nodiscard]] base::EventTime pane_end(base::EventTime start) const;
  // End of the whole window that starts at `start`: start + size, or the next civil midnight.
  [[nodiscard]] base::EventTime window_end(base::EventTime start) const;

 private:
  struct Zone;
  std::string name_;
  int64_t size_us_ = 0;
  int64_t advance_us_ = 0;
  int64_t final_after_us_ = 0;
  int64_t retention_us_ = 0;
  std::shared_ptr<const Zone> zone_;
};

}  // namespace kaiku::window
