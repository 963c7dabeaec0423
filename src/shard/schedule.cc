#include "kaiku/shard/schedule.h"

#include <algorithm>
#include <utility>

#include "kaiku/base/bytes.h"
#include "kaiku/base/ordered_key.h"
#include "kaiku/money/decimal.h"

namespace kaiku::shard {
namespace {

using base::EventTime;
using base::Status;
using state::TableId;

constexpr uint8_t kLayout = 2;
constexpr uint8_t kLayoutWithoutLate = 1;
constexpr size_t kToldMost = 3;

std::string_view name_of(Catalogue catalogue) {
  switch (catalogue) {
    case Catalogue::kPrices:
      return "price";
    case Catalogue::kMarkets:
      return "market";
    case Catalogue::kTargets:
      return "target";
    case Catalogue::kCalendars:
      return "calendar";
  }
  return "entry";
}

bool is_one_of(std::span<const Catalogue> catalogues, Catalogue catalogue) {
  return std::find(catalogues.begin(), catalogues.end(), catalogue) != catalogues.end();
}

bool is_known(uint8_t catalogue) {
  return catalogue >= static_cast<uint8_t>(Catalogue::kPrices) &&
         catalogue <= static_cast<uint8_t>(Catalogue::kCalendars);
}

std::string since(EventTime valid_from) {
  return valid_from == base::kTimeBegin ? "from the beginning"
                                        : "from " + base::format_seconds(valid_from);
}

std::string until(EventTime reached) {
  return reached >= base::kTimeEnd ? "everything was read"
                                   : "until " + base::format_seconds(reached);
}

}  // namespace

Schedule schedule_of(const money::Prices* prices) {
  Schedule schedule;
  if (prices == nullptr) {
    return schedule;
  }
  for (const money::Prices::Row& row : prices->rows()) {
    schedule.push_back(
        {Catalogue::kPrices,
         std::string(money::name_of(row.price)) + "," + row.brand + "," + row.channel,
         row.valid_from * base::kDay,
         money::format_micros(row.amount_micros)});
  }
  return schedule;
}

std::string TakenSchedule::key_of(const Place& place) {
  const auto& [catalogue, name, valid_from] = place;
  std::string key(1, static_cast<char>(catalogue));
  key.append(name).push_back('\0');
  base::append_ordered(key, valid_from);
  return key;
}

std::map<TakenSchedule::Place, std::string> TakenSchedule::by_place(
    std::span<const Catalogue> catalogues, const Schedule& wanted) {
  std::map<Place, std::string> places;
  for (const ScheduleEntry& entry : wanted) {
    if (is_one_of(catalogues, entry.of)) {
      places.emplace(Place(entry.of, entry.name, entry.valid_from), entry.says);  // the first holds
    }
  }
  return places;
}

Status TakenSchedule::load() {
  taken_.clear();
  bool is_sound = true;
  Status scanned = tables_.scan(TableId::kSchedule, [&](std::string_view key, auto value) {
    const size_t end = key.empty() ? std::string_view::npos : key.find('\0', 1);
    base::ByteReader in(value);
    const uint8_t layout = in.u8();
    const bool has_layout = layout == kLayout || layout == kLayoutWithoutLate;
    const std::string_view says = in.bytes();
    const EventTime late_at = layout == kLayout ? in.i64() : base::kNoTime;
    EventTime valid_from = 0;
    std::string_view time = end == std::string_view::npos ? "" : key.substr(end + 1);
    if (end == std::string_view::npos || !is_known(static_cast<uint8_t>(key[0])) ||
        !base::take_ordered(time, valid_from) || !time.empty() || !base::is_time(valid_from) ||
        !has_layout || in.failed() || !in.at_end() ||
        (late_at != base::kNoTime && !base::is_time(late_at))) {
      is_sound = false;
      return;
    }
    taken_[{static_cast<Catalogue>(key[0]), std::string(key.substr(1, end - 1)), valid_from}] = {
        std::string(says), late_at};
  });
  if (scanned.is_ok() && !is_sound) {
    return {base::Next::kRestore,
            "a row of the schedule does not decode; it is rebuilt from the changelog"};
  }
  return scanned;
}

Status TakenSchedule::check(std::span<const Catalogue> catalogues,
                            const Schedule& wanted,
                            EventTime reached) const {
  const std::map<Place, std::string> now = by_place(catalogues, wanted);
  std::string told;
  size_t others = 0;
  for (const auto& [place, taken] : taken_) {
    const std::string& says = taken.says;
    const auto& [catalogue, name, valid_from] = place;
    if (valid_from > reached || !is_one_of(catalogues, catalogue)) {
      continue;
    }
    const auto found = now.find(place);
    if (found != now.end() && found->second == says) {
      continue;
    }
    if (++others > kToldMost) {
      continue;
    }
    told.append(told.empty() ? "" : "; ").append(name_of(catalogue)).append(" ").append(name);
    told.append(" ").append(since(valid_from)).append(" was ").append(says);
    told.append(found == now.end() ? " and is gone" : " and is " + found->second);
  }
  if (others == 0) {
    return Status::ok();
  }
  if (others > kToldMost) {
    told += "; and " + std::to_string(others - kToldMost) + " more";
  }
  return Status::stop(base::Exit::kConfig,
                      "a catalogue has changed where it held already (" + until(reached) +
                          "): " + told +
                          ". Figures were made with it: put it back, and add an entry with a later "
                          "valid_from. To count anew with what it says now, give the pipeline "
                          "another name");
}

size_t TakenSchedule::take(std::span<const Catalogue> catalogues,
                           const Schedule& wanted,
                           EventTime reached) {
  std::map<Place, std::string> now = by_place(catalogues, wanted);
  for (auto each = taken_.begin(); each != taken_.end();) {
    const bool goes =
        is_one_of(catalogues, std::get<Catalogue>(each->first)) && !now.contains(each->first);
    if (goes) {
      tables_.erase(TableId::kSchedule, key_of(each->first));
    }
    each = goes ? taken_.erase(each) : std::next(each);
  }
  size_t late = 0;
  std::string value;
  for (auto& [place, says] : now) {
    const auto before = taken_.find(place);
    if (before != taken_.end() && before->second.says == says) {
      continue;
    }
    const bool is_late = before == taken_.end() && std::get<EventTime>(place) <= reached;
    const EventTime late_at = is_late ? reached : base::kNoTime;
    late += is_late ? 1 : 0;
    value.clear();
    base::ByteWriter out(value);
    out.u8(kLayout);
    out.bytes(says);
    out.i64(late_at);
    tables_.put(TableId::kSchedule, key_of(place), value);
    taken_[place] = {std::move(says), late_at};
  }
  return late;
}

std::vector<board::LateEntry> TakenSchedule::late() const {
  std::vector<board::LateEntry> late;
  for (const auto& [place, taken] : taken_) {
    if (taken.late_at != base::kNoTime) {
      const auto& [catalogue, name, valid_from] = place;
      late.push_back({catalogue, name, valid_from, taken.late_at});
    }
  }
  return late;
}

}  // namespace kaiku::shard
