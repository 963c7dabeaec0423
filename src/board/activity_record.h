// The activity record: one cell as consumers read it. pipelines/schemas/activity.v1.schema.json is
// its contract.
//
// Threads: any.
// Owns:    nothing.
// Cost:    about 3 us; the estimate of distinct authors is a part of it.
// Fails:   never.
// Format:  JSON, fields in the order they are written here; within v1 fields are only added.
#pragma once

#include <string_view>

#include "kaiku/aggregate/aggregate.h"
#include "kaiku/base/event_time.h"
#include "kaiku/board/board.h"

namespace kaiku::board {

struct ActivityHead {
  std::string_view pipeline;
  std::string_view brand;
  std::string_view channel;
  model::ItemType type = model::ItemType::kMention;
  std::string_view window;
  base::EventTime start = 0;
  base::EventTime end = 0;
  Kind kind = Kind::kFinal;
  uint32_t revision = 0;
  base::EventTime watermark = base::kTimeBegin;
};

[[nodiscard]] std::string_view name_of(Kind kind);

[[nodiscard]] Published activity_record(const ActivityHead& head,
                                        const aggregate::Aggregate& figures);
// The same cell where its figures are withheld, because they are about fewer people than `least` or
// would tell of such ones.
[[nodiscard]] Published withheld_activity_record(const ActivityHead& head, uint32_t least);

}  // namespace kaiku::board
