// The rows of a price or rate file: one CSV dialect for all of them, with no quotes in it.
//
// Threads: any.
// Owns:    nothing.
// Cost:    one pass over the text.
// Fails:   with file, line and reason.
// Format:  lines of fields separated by commas; blanks around a field and a byte order mark do not
//          count; empty lines and those that begin with `#` are skipped; the first other line is
//          the header.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "kaiku/base/status.h"

namespace kaiku::money {

// What is wrong with the row; empty if nothing is.
using RowVisit = std::function<std::string(std::string_view row, size_t line)>;

[[nodiscard]] base::Status read_rows(std::string_view csv,
                                     std::string_view file,
                                     std::string_view header,
                                     size_t rows_max,
                                     const RowVisit& visit);

[[nodiscard]] base::Status error_at(std::string_view file, size_t line, std::string_view reason);

// Takes the next field off the row.
[[nodiscard]] std::string_view take_field(std::string_view& row);

// yyyy-mm-dd as days since 1970-01-01.
[[nodiscard]] std::optional<int32_t> parse_date(std::string_view text);

// The name of a table in records: hash of its rows.
[[nodiscard]] std::string version_of(std::string_view kind, std::string_view rows);

}  // namespace kaiku::money
