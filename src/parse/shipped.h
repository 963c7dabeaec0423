// The shipped mappings by family, and the few words they are written in.
//
// Threads: any.
// Owns:    what they return.
// Cost:    built when asked for; shipped_mapping() keeps them.
// Fails:   never; a test checks every one.
// Source:  the event formats of the platforms' own documentation and sample payloads.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kaiku/parse/mapping.h"

namespace kaiku::parse {

using Renames = std::initializer_list<std::pair<std::string, std::string>>;

[[nodiscard]] Extract path(std::string_view pointer);
[[nodiscard]] Extract html(std::string_view pointer);
[[nodiscard]] Extract time(std::string_view pointer, TimeFormat format);
[[nodiscard]] Extract constant(std::string_view text);
[[nodiscard]] Extract exists(std::string_view pointer,
                             std::string_view then_value,
                             std::string_view else_value = "");
[[nodiscard]] Extract mapped(std::string_view pointer, Renames map);
[[nodiscard]] Extract mapped(std::string_view pointer, Renames map, std::string_view fallback);
[[nodiscard]] Extract joined(std::initializer_list<std::string_view> parts);  // "/x" is a path
[[nodiscard]] Extract only_if(Extract extract, Condition condition);

[[nodiscard]] Condition is(std::string_view pointer,
                           std::initializer_list<std::string_view> values);
[[nodiscard]] Condition is_there(std::string_view pointer);
[[nodiscard]] Condition is_not(Condition condition);

using Fields = std::initializer_list<std::pair<std::string_view, std::vector<Extract>>>;
[[nodiscard]] Mapping recipe(std::string_view name, Fields fields);

[[nodiscard]] std::vector<Mapping> social_mappings();
[[nodiscard]] std::vector<Mapping> community_mappings();
[[nodiscard]] std::vector<Mapping> support_mappings();
[[nodiscard]] std::vector<Mapping> business_mappings();

}  // namespace kaiku::parse
