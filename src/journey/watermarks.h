// Watermarks: how far a book of the key level has come, as a row of its table.
//
// Threads: confined to its book.
// Owns:    two times.
// Cost:    a read at the start, a put for each step.
// Fails:   read() is false when the row does not decode.
// Format:  key "w"; value: layout u8 (1), decided i64, data i64.
#pragma once

#include <string_view>

#include "kaiku/base/event_time.h"
#include "kaiku/base/status.h"
#include "kaiku/state/tables.h"

namespace kaiku::journey {

struct Watermarks {
  static constexpr std::string_view kRow = "w";

  // What the watermarks of the level let a book do next.
  struct Step {
    base::EventTime through;  // decide up to here
    base::EventTime to_data;  // purge up to here
    bool decides;
    bool purges;
  };

  base::EventTime decided = base::kTimeBegin;  // C: everything up to here has been told
  base::EventTime data = base::kTimeBegin;

  [[nodiscard]] base::Result<bool> read(const state::Tables& tables, state::TableId table);
  void write(state::Tables& tables, state::TableId table) const;

  [[nodiscard]] Step next(base::EventTime effective,
                          base::EventTime level_data,
                          int64_t lateness) const;
};

}  // namespace kaiku::journey
