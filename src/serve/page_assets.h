// The files of the page, embedded into the program by src/embed.cmake.
#pragma once

#include <span>
#include <string_view>

namespace kaiku::serve {

struct Asset {
  std::string_view path;  // as in the URL
  std::string_view content_type;
  std::string_view etag;  // quoted
  std::string_view bytes;
};

[[nodiscard]] std::span<const Asset> page_assets();

}  // namespace kaiku::serve
