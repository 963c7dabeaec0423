// The JSON of the business view: what brands and channels had, how people were answered, what it
// was worth, who waits, and which alerts are open. Of one window name, its open and its last closed
// window.
//
// Threads: any; the snapshot is immutable.
// Owns:    nothing.
// Cost:    one pass over the snapshot.
// Fails:   never.
// Format:  as snapshot_json.h. Rows are of whole brands, the largest first, each with the brand
//          over all its channels (channel null) before its channels. Values of different bases
//          stand apart; nothing here adds them up.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "kaiku/serve/snapshot.h"

namespace kaiku::serve {

// What goes beyond is left out and counted: an answer stays below about 1 MB.
inline constexpr size_t kRowsPerPeriod = 600;
inline constexpr size_t kValuesPerFigure = 300;
inline constexpr size_t kWaitingPlaces = 300;

// The longest window that is for business and no longer than a day, else the shortest one; "" if
// there is none.
[[nodiscard]] std::string_view default_business_window(const Snapshot& snapshot);

[[nodiscard]] bool has_business_window(const Snapshot& snapshot, std::string_view window);

// `window` is for business, or "" where none is.
[[nodiscard]] std::string business_json(const Snapshot& snapshot, std::string_view window);

}  // namespace kaiku::serve
