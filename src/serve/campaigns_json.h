// The campaigns in the JSON of the business view: which there are, and their funnels in the last
// closed window of a name and in an open one.
//
// Threads: any; the snapshot is immutable.
// Owns:    nothing.
// Cost:    a look at each set of figures.
// Fails:   never.
// Format:  as snapshot_json.h; funnels by brand and campaign, closed ones first, the whole
//          campaign behind its window.
#pragma once

#include <cstddef>
#include <string_view>

#include "kaiku/base/json_writer.h"
#include "kaiku/serve/snapshot.h"

namespace kaiku::serve {

// What goes beyond is left out and counted.
inline constexpr size_t kCampaignNames = 100;
inline constexpr size_t kFunnelSteps = 300;  // of all open funnels, and of all closed ones

// Writes the member `campaigns`. `open_start`: of the open window to show; kNoTime: of none. Whole
// campaigns that have not ended are shown whatever window is open.
void write_campaigns(base::JsonWriter& json,
                     const Snapshot& snapshot,
                     std::string_view window,
                     base::EventTime open_start);

}  // namespace kaiku::serve
