// The parameters behind the question mark. Unknown names, repeated names and broken escapes are
// errors: a typo must not look like an answer.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "kaiku/base/status.h"

namespace kaiku::serve {

using Query = std::map<std::string, std::string, std::less<>>;

// Names must be among `known`. The error is kSkipRecord with a text for the caller.
[[nodiscard]] base::Result<Query> parse_query(std::string_view text,
                                              std::initializer_list<std::string_view> known);

[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace kaiku::serve
