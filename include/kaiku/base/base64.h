// Base64 (RFC 4648, standard alphabet with padding), for bytes that have to travel as ASCII.
//
// Threads: any.
// Owns:    nothing.
// Cost:    a pass over the bytes.
// Fails:   decode answers nothing on anything but well-formed text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kaiku::base {

[[nodiscard]] std::string base64_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace kaiku::base
