// Which brands an item is about, and which channel it came by, as the oracle sees it.
//
// Threads: pure functions.
// Owns:    nothing.
// Cost:    a search per alias: fine for tests.
// Fails:   never.
//
// An alias stands for its brand where it is a word of the text: letters are compared without case
// (ASCII and Latin-1), and no letter, digit or underscore touches an end of it that is one itself.
// An excluded phrase that covers an alias takes that place away. A brand field that names no brand
// is `_other`; an item without the field is matched by title and text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "oracle/oracle.h"

namespace kaiku::oracle {

inline constexpr std::string_view kOther = "_other";

// Lower case of ASCII and of the Latin-1 letters in UTF-8.
[[nodiscard]] std::string folded(std::string_view text);

// In the order of the plan, each once; empty if none was named.
[[nodiscard]] std::vector<std::string> brands_in(const OraclePlan& plan, std::string_view text);
// The brand a field means, "" if it is none of the plan's.
[[nodiscard]] std::string brand_by_field(const OraclePlan& plan, std::string_view value);
// The brand whose own handle this is, "" if there is none.
[[nodiscard]] std::string brand_by_handle(const OraclePlan& plan, std::string_view handle);
[[nodiscard]] std::string channel_of(const OraclePlan& plan, std::string_view name);

}  // namespace kaiku::oracle
