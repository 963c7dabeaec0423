// KpiSet: the KPI records of one brand (or of the brands of one market) in the last closed window
// of its name, as they were published last: what gauges, API and page show of them. After a restart
// they are made anew, by the rates of then.
//
// Threads: immutable once made; shared by board and views.
// Owns:    its texts; names are constants.
// Cost:    about 100 ns a figure to make, nothing to pass on.
// Fails:   never.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/event_time.h"

namespace kaiku::board {

// Of the last closed window of a name a shard shows so many, some 10 MB; the rest is counted.
inline constexpr size_t kFiguresShown = 20'000;

// What is said of a key figure beside its value, in every record; constants.
struct KpiDefinition {
  std::string_view name;
  std::string_view stage;
  std::string_view value_basis;
  int version = 1;
};

[[nodiscard]] const std::vector<KpiDefinition>& kpi_definitions();

struct KpiFigure {
  std::string_view name;  // of the catalogue: attributed_revenue_linear, sla_attainment, ...
  std::string_view stage;
  std::string_view value_basis;
  std::string brand;
  std::string channel;  // "_all": all of them
  // What else it is about, as members of a JSON object: "campaign":"fiesta","step":"views"; "":
  // nothing.
  std::string subject;
  std::string body;  // JSON object, what the record says from `value` on

  // Members of the body by their names; empty where they are null or missing.
  [[nodiscard]] std::string_view text(std::string_view field) const;
  [[nodiscard]] std::optional<double> number(std::string_view field) const;

  [[nodiscard]] std::optional<double> value() const { return number("value"); }

  [[nodiscard]] std::string_view unit() const { return text("unit"); }

  // A member of the subject: the name of a campaign, of a step ...; "" if there is none.
  [[nodiscard]] std::string_view about(std::string_view field) const;
};

struct KpiSet {
  std::string window;
  base::EventTime window_start = 0;
  base::EventTime window_end = 0;
  std::string brand;  // "": figures of several, or of what is no brand
  std::vector<KpiFigure> figures;
  size_t omitted = 0;  // for want of room, so many at least; then it has no figures

  [[nodiscard]] size_t memory_bytes() const;
};

using KpiSetPtr = std::shared_ptr<const KpiSet>;

}  // namespace kaiku::board
