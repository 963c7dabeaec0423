// The JSON of a snapshot: one object for the page and `top`, one list of cells for analysts.
//
// Format: snake_case; window bounds "...:00Z", other times with six decimals; money as decimal
// text; what is
//         not known is null. Fields are only added within a version of the path.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "kaiku/serve/snapshot.h"

namespace kaiku::serve {

// More cells than this are left out, the smallest first, and counted: an answer stays below some 8
// MB.
inline constexpr size_t kCellsPerAnswer = 20'000;

// The window a page starts with: the first of an hour or longer, else the first.
[[nodiscard]] std::string_view default_window(const Snapshot& snapshot);

[[nodiscard]] bool has_window(const Snapshot& snapshot, std::string_view window);

// Everything but the cells and KPIs of other windows than `window`.
[[nodiscard]] std::string snapshot_json(const Snapshot& snapshot, std::string_view window);

// `window` or `brand` empty: all of them.
[[nodiscard]] std::string aggregates_json(const Snapshot& snapshot,
                                          std::string_view window,
                                          std::string_view brand);

// Exact decimal text of micros without trailing zeros: "1026556.3", "-0.5".
[[nodiscard]] std::string decimal_text(int64_t micros);

}  // namespace kaiku::serve
