// Schedule: what the catalogues with dates (prices, markets, targets, calendars) say from when on,
// and what of it a shard has taken. It is no part of a plan's fingerprint: a row of a later day
// makes no other plan. What held already can neither go nor change.
//
// Threads: entries are values; TakenSchedule is confined to its shard.
// Owns:    what was taken; the tables must outlive it.
// Cost:    check() and take() look at every entry, once per table that is taken; take() puts those
//          that are new or other.
// Fails:   load() is kRestore when a row does not decode; check() is kStop (kConfig) and says what
//          held and is another thing now.
// Format:  table kSchedule. Key: catalogue u8, name, 0, valid_from (ordered i64). Value: layout u8
//          (2), what it says as text, how far time had come when it was taken as late i64 (kNoTime:
//          it was not; layout 1 does not say).
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "kaiku/base/event_time.h"
#include "kaiku/base/status.h"
#include "kaiku/board/board.h"
#include "kaiku/model/catalogue.h"
#include "kaiku/money/prices.h"
#include "kaiku/state/tables.h"

namespace kaiku::shard {

using model::Catalogue;

struct ScheduleEntry {
  Catalogue of = Catalogue::kPrices;
  std::string name;  // what it is about: "cost_per_contact,*,email"
  base::EventTime valid_from = base::kTimeBegin;
  std::string says;  // "6.50"
};

using Schedule = std::vector<ScheduleEntry>;

// Empty for null.
[[nodiscard]] Schedule schedule_of(const money::Prices* prices);

class TakenSchedule {
 public:
  explicit TakenSchedule(state::Tables& tables) : tables_(tables) {}

  [[nodiscard]] base::Status load();

  // May the entries of `catalogues` be taken at a time that was reached? What began to hold until
  // then has to stand in them as it did.
  [[nodiscard]] base::Status check(std::span<const Catalogue> catalogues,
                                   const Schedule& wanted,
                                   base::EventTime reached) const;

  // Takes them, and writes what is new or other to the tables. The answer: how many are new that
  // hold since a time until `reached`; they are late. kNoTime: nothing was counted, so none is.
  size_t take(std::span<const Catalogue> catalogues,
              const Schedule& wanted,
              base::EventTime reached);

  // Those that were late when they were taken, in an earlier life of the shard too.
  [[nodiscard]] std::vector<board::LateEntry> late() const;

 private:
  struct Taken {
    std::string says;
    base::EventTime late_at = base::kNoTime;
  };

  using Place = std::tuple<Catalogue, std::string, base::EventTime>;

  [[nodiscard]] static std::string key_of(const Place& place);
  [[nodiscard]] static std::map<Place, std::string> by_place(std::span<const Catalogue> catalogues,
                                                             const Schedule& wanted);

  state::Tables& tables_;
  std::map<Place, Taken> taken_;
};

}  // namespace kaiku::shard
