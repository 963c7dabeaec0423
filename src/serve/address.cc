#include "address.h"

#include <charconv>

#include <arpa/inet.h>

namespace kaiku::serve {
namespace {

bool is_v4(const std::string& host) {
  in_addr parsed{};
  return inet_pton(AF_INET, host.c_str(), &parsed) == 1;
}

bool is_v6(const std::string& host) {
  in6_addr parsed{};
  return inet_pton(AF_INET6, host.c_str(), &parsed) == 1;
}

base::Status refused(std::string_view text) {
  return base::Status::stop(
      base::Exit::kConfig,
      "'" + std::string(text.substr(0, 100)) +
          "' is no address to listen on; write for example 127.0.0.1:8080, 0.0.0.0:8080 or "
          "[::1]:8080");
}

}  // namespace

std::string Address::text() const {
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

base::Result<Address> parse_address(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || text.size() > 100) {
    return refused(text);
  }
  const std::string_view digits = text.substr(colon + 1);
  Address address;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return refused(text);
  }
  address.host = text.substr(0, colon);
  if (address.host.size() > 2 && address.host.front() == '[' && address.host.back() == ']') {
    address.host = address.host.substr(1, address.host.size() - 2);
    address.is_v6 = serve::is_v6(address.host);
    address.is_loopback = address.host == "::1";
    return address.is_v6 ? base::Result<Address>(address) : refused(text);
  }
  if (address.host == "localhost") {
    address.host = "127.0.0.1";
  }
  if (!is_v4(address.host)) {
    return refused(text);
  }
  address.is_loopback = address.host.starts_with("127.");
  return address;
}

bool names_loopback(std::string_view host_header) {
  if (host_header.starts_with("[::1]")) {
    const std::string_view rest = host_header.substr(5);
    return rest.empty() || rest.front() == ':';
  }
  const std::string host(host_header.substr(0, host_header.find(':')));
  return host == "localhost" || (host.starts_with("127.") && is_v4(host));
}

}  // namespace kaiku::serve
