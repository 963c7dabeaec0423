// What a shard takes of the catalogues with dates: all of them when it is loaded, prices again when
// their file has changed.
#include <array>
#include <utility>

#include "kaiku/shard/shard.h"

namespace kaiku::shard {
namespace {

using base::Status;
using model::Level;

constexpr std::array kAll = {
    Catalogue::kPrices, Catalogue::kMarkets, Catalogue::kTargets, Catalogue::kCalendars};
constexpr std::array kOnlyPrices = {Catalogue::kPrices};

}  // namespace

Status Shard::take_schedule(std::shared_ptr<const money::Prices> prices) {
  if (Status status = schedule_.load(); !status.is_ok()) {
    return status;
  }
  if (prices == nullptr) {
    prices = plan_.board->prices;
  }
  Schedule wanted = schedule_of(prices.get());
  wanted.insert(wanted.end(), plan_.schedule.begin(), plan_.schedule.end());
  // Conversations are decided by the watermark of the items, which is ahead of all that follow.
  const base::EventTime reached = progress_[index(Level::kItems)].effective;
  if (Status status = schedule_.check(kAll, wanted, reached); !status.is_ok()) {
    return {status.next(),
            "shard " + std::to_string(number_) + ": " + status.message(),
            status.exit_code()};
  }
  // Before the first epoch nothing was counted.
  const size_t late = schedule_.take(kAll, wanted, epoch_ != 0 ? reached : base::kNoTime);
  retroactive_ += late;
  dirty_ = dirty_ || late != 0;
  board_.adopt(schedule_.late());
  board_.adopt(std::move(prices));
  return Status::ok();
}

Status Shard::check(const money::Prices& prices) const {
  return schedule_.check(
      kOnlyPrices, schedule_of(&prices), progress_[index(Level::kItems)].effective);
}

void Shard::adopt(std::shared_ptr<const money::Prices> prices) {
  retroactive_ += schedule_.take(
      kOnlyPrices, schedule_of(prices.get()), progress_[index(Level::kItems)].effective);
  board_.adopt(std::move(prices));
  board_.adopt(schedule_.late());
  dirty_ = true;
}

}  // namespace kaiku::shard
