// Exactness: whether the same input gives the figures of a record, and why not, as its fields.
//
// Threads: any.
// Owns:    nothing.
// Cost:    a field, and a name per reason.
// Fails:   never.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "kaiku/base/json_writer.h"
#include "kaiku/model/outcome.h"

namespace kaiku::board {

// `inexact`: a bit per model::Inexact.
inline void write_exactness(base::JsonWriter& json, uint8_t inexact) {
  static constexpr std::array<std::pair<model::Inexact, std::string_view>, 5> kReasons = {{
      {model::kInexactStraggler, "straggler"},
      {model::kInexactOverflow, "overflow"},
      {model::kInexactConflict, "conflict"},
      {model::kInexactCatalogue, "catalogue"},
      {model::kInexactAdjustment, "adjustment"},
  }};
  json.field("exact", inexact == 0);
  if (inexact != 0) {
    json.key("inexact_reasons").begin_array();
    for (const auto& [bit, reason] : kReasons) {
      if ((inexact & bit) != 0) {
        json.string(reason);
      }
    }
    json.end_array();
  }
}

}  // namespace kaiku::board
