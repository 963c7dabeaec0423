#include "journey/watermarks.h"

#include <algorithm>
#include <string>
#include <utility>

#include "kaiku/base/bytes.h"
#include "kaiku/exchange/edge.h"

namespace kaiku::journey {
namespace {

constexpr uint8_t kLayout = 1;

}  // namespace

base::Result<bool> Watermarks::read(const state::Tables& tables, state::TableId table) {
  const auto value = tables.get(table, kRow);
  if (!value.has_value()) {
    return value.error();
  }
  if (!value.value().has_value()) {
    return true;
  }
  base::ByteReader in(*value.value());
  const bool is_known = in.u8() == kLayout;
  decided = in.time();
  data = in.time();
  return is_known && !in.failed() && in.at_end();
}

void Watermarks::write(state::Tables& tables, state::TableId table) const {
  std::string value;
  base::ByteWriter out(value);
  out.u8(kLayout);
  out.i64(decided);
  out.i64(data);
  tables.put(table, std::string(kRow), std::move(value));
}

Watermarks::Step Watermarks::next(base::EventTime effective,
                                  base::EventTime level_data,
                                  int64_t lateness) const {
  Step step{};
  // The end itself is no time anybody waits for.
  step.through = std::min(exchange::decided_by(effective, lateness), base::kTimeEnd - 1);
  // What everything has ended needs no place for more.
  step.to_data = std::min({level_data, effective, base::kTimeEnd});
  step.decides = step.through > decided;
  step.purges = step.to_data > data && step.to_data < base::kTimeEnd;
  return step;
}

}  // namespace kaiku::journey
