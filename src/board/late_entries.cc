#include "board/late_entries.h"

#include <algorithm>
#include <array>
#include <string>

#include "kaiku/exchange/delta_key.h"
#include "kaiku/money/prices.h"

#include "board/exactness.h"

namespace kaiku::board {
namespace {

using model::Catalogue;
using money::Price;

// The next of the parts of a name, which stand between commas.
std::string_view take_part(std::string_view& name) {
  const size_t end = std::min(name.find(','), name.size());
  const std::string_view part = name.substr(0, end);
  name.remove_prefix(std::min(end + 1, name.size()));
  return part;
}

bool is_any_or(std::string_view part, std::string_view name) {
  return part == "*" || part == name;
}

bool is_valued_by(Kpi kpi, std::string_view price) {
  const auto is = [price](Price one) { return price == money::name_of(one); };
  switch (kpi) {
    case Kpi::kAvoidedContactCost:
      return is(Price::kCostPerContact);
    case Kpi::kInterruptionsAvoided:
      return is(Price::kMailsPerDay);
    case Kpi::kInterruptionCost:
      return is(Price::kMailsPerDay) || is(Price::kWagePerHour);
    case Kpi::kReplacementCost:
      return is(Price::kCpm);
    case Kpi::kReturnOnSpend:
      return is(Price::kMargin);
    case Kpi::kChannelShift:
      return is(Price::kContactShare);
    default:
      return false;
  }
}

// What a window is valued by, its first moment decides when it closes; the others decide as what
// they are about happens, in the window that is open too.
bool is_in_time(const LateEntry& entry, const KpiHead& head) {
  const bool is_over =
      entry.of == Catalogue::kPrices ? head.end <= entry.reached : head.start < entry.reached;
  return head.end > entry.valid_from && is_over;
}

bool uses(const KpiHead& head,
          const KpiDraft& draft,
          const LateEntry& entry,
          std::string_view cells) {
  std::string_view name = entry.name;
  switch (entry.of) {
    case Catalogue::kPrices:
      return is_valued_by(draft.kpi, take_part(name)) && is_any_or(take_part(name), head.brand) &&
             is_any_or(take_part(name), draft.channel);
    case Catalogue::kMarkets:
      return exchange::is_market(cells) && cells.substr(1) == name;
    case Catalogue::kTargets: {
      const std::string_view brand = take_part(name);
      const std::string_view channel = take_part(name);
      return draft.kpi == Kpi::kSlaAttainment && is_any_or(brand, head.brand) &&
             (draft.channel == kAllChannels || is_any_or(channel, draft.channel));
    }
    case Catalogue::kCalendars:
      return (draft.kpi == Kpi::kSlaAttainment || draft.kpi == Kpi::kFirstResponseBusiness) &&
             is_any_or(name, head.brand);
  }
  return false;
}

void mark(KpiDraft& draft) {
  std::string text;
  base::JsonWriter json(text);
  json.begin_object();
  write_exactness(json, model::kInexactCatalogue);
  json.end_object();
  draft.back.back() = ',';
  draft.back.append(text, 1);
}

}  // namespace

void mark_late(const std::vector<LateEntry>& entries,
               std::string_view cells,
               std::vector<HeadedDraft>& drafts) {
  for (HeadedDraft& each : drafts) {
    const bool is_touched =
        each.draft.has_figures &&
        std::any_of(entries.begin(), entries.end(), [&](const LateEntry& entry) {
          return is_in_time(entry, each.head) && uses(each.head, each.draft, entry, cells);
        });
    if (is_touched) {
      mark(each.draft);
    }
  }
}

}  // namespace kaiku::board
