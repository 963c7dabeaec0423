// Named characters of HTML.
//
// Threads: any.
// Owns:    a constant table.
// Cost:    eight comparisons.
// Fails:   0 for a name that is not in the table.
#pragma once

#include <cstdint>
#include <string_view>

namespace kaiku::text {

inline constexpr size_t kLongestEntity = 8;  // "thetasym"

// `name` without '&' and ';', case-sensitive.
[[nodiscard]] uint32_t entity(std::string_view name);

}  // namespace kaiku::text
