// The campaigns in the JSON of the business view: which there are, and the funnels of the last
// closed window of a name.
//
// Threads: any; the snapshot is immutable.
// Owns:    nothing.
// Cost:    a look at each set of figures.
// Fails:   never.
// Format:  as snapshot_json.h; funnels by brand and campaign, the whole campaign behind its window.
#pragma once

#include <cstddef>
#include <string_view>

#include "kaiku/base/json_writer.h"
#include "kaiku/serve/snapshot.h"

namespace kaiku::serve {

// What goes beyond is left out and counted.
inline constexpr size_t kCampaignNames = 100;
inline constexpr size_t kFunnelSteps = 300;  // of all funnels together

// Writes the member `campaigns`.
void write_campaigns(base::JsonWriter& json, const Snapshot& snapshot, std::string_view window);

}  // namespace kaiku::serve
