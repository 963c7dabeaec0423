// The bytes of the board in the tables kCells and kClosed; the format is stated in board.h.
//
// Threads: any.
// Owns:    nothing; parsed views borrow.
// Cost:    one string per key or value.
// Fails:   parse and decode are false on anything else than what was written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"

#include "board/cell.h"

namespace kaiku::board {

// In the place of an item type: what follows is the state of a KPI record, not a cell.
inline constexpr uint8_t kKpiRow = 0x80;

struct CellRow {
  std::string_view window;
  base::EventTime start = 0;
  std::string_view brand;
  std::string_view channel;
  uint8_t type = 0;
};

// Prefix of all rows of a window that begin at `start`.
[[nodiscard]] std::string bucket_prefix(std::string_view window, base::EventTime start);
[[nodiscard]] std::string cell_row_key(const CellRow& row);
[[nodiscard]] bool parse_cell_row_key(std::string_view key, CellRow& row);

// Replaces `value`.
void encode_cell(const Cell& cell, std::string& value);
// Fills all but key and bucket.
[[nodiscard]] bool decode_cell(std::string_view value, Cell& cell);

// How a KPI record was last published, and a digest of what it said.
struct KpiState {
  uint32_t revision = 0;
  base::Digest content;
  bool incomplete = false;  // it left out sums without a rate
};

[[nodiscard]] std::string encode_kpi_state(const KpiState& state);
[[nodiscard]] bool decode_kpi_state(std::string_view value, KpiState& state);

// Rows of kClosed: the watermarks as of the last seal under an empty key, else one row per window
// and brand.
[[nodiscard]] std::string closed_row_key(std::string_view window, std::string_view brand);
[[nodiscard]] std::string encode_times(base::EventTime first, base::EventTime second);
[[nodiscard]] bool decode_times(std::string_view value,
                                base::EventTime& first,
                                base::EventTime& second);
[[nodiscard]] std::string encode_time(base::EventTime time);
[[nodiscard]] bool decode_time(std::string_view value, base::EventTime& time);

}  // namespace kaiku::board
