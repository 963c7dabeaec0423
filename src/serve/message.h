// One HTTP request and its answer as values: everything between the socket and the ports works on
// these.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kaiku::serve {

struct Request {
  std::string_view method;
  std::string_view path;   // percent-decoded, dot segments removed
  std::string_view query;  // as sent, without '?'
  std::string_view host;   // header values; empty if absent
  std::string_view origin;
  std::string_view if_none_match;
  std::string_view content_encoding;
  std::string_view body;
  bool body_too_large = false;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// {"error":{"code":...,"message":...}}
[[nodiscard]] Response error_response(int status, std::string_view code, std::string_view message);

[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace kaiku::serve
