// Where to listen: an address and a port, checked before anything is bound.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kaiku/base/status.h"

namespace kaiku::serve {

struct Address {
  std::string host;  // numeric, without brackets; "localhost" becomes 127.0.0.1
  uint16_t port = 0;
  bool is_v6 = false;
  bool is_loopback = false;

  // host:port, with brackets where needed.
  [[nodiscard]] std::string text() const;
};

[[nodiscard]] base::Result<Address> parse_address(std::string_view text);

// True for what a browser puts into `Host` when it means this machine: localhost, 127.x.y.z or
// [::1], with or without a port.
[[nodiscard]] bool names_loopback(std::string_view host_header);

}  // namespace kaiku::serve
