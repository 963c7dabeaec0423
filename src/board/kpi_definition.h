// The definitions of all KPIs: what a record says of its number besides the number.
//
// Threads: any.
// Owns:    constants.
// Cost:    a look through some fifty rows.
// Fails:   never.
#pragma once

#include <string_view>

#include "board/kpi_record.h"

namespace kaiku::board {

struct Definition {
  Kpi kpi;
  std::string_view name;
  std::string_view metric_id;  // "" for an input of other metrics
  std::string_view stage;
  std::string_view value_basis;
  std::string_view method;
  int version = 1;  // of the formula; when it changes, this number does
};

[[nodiscard]] const Definition& definition_of(Kpi kpi);

}  // namespace kaiku::board
