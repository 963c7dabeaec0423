// The other end of the server's port: one request, one answer. `top`, `tail` and `state` ask a
// running engine through it.
//
// Threads: any; every call has a connection of its own.
// Owns:    nothing.
// Cost:    a connection on the loopback device.
// Fails:   Exit::kUnavailable when nobody answers in time or the answer is not HTTP; a status other
// than 200
//          is an answer, not an error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kaiku/base/status.h"

namespace kaiku::serve {

struct HttpAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  // The value of a header, names compared without case; "" if there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

struct HttpRequest {
  std::string address = "127.0.0.1:8080";  // as in ServerOptions::listen
  std::string method = "GET";
  std::string target = "/";  // path and query, percent-encoded
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  unsigned timeout_ms = 10'000;
  size_t max_answer_bytes = size_t{64} << 20;
};

[[nodiscard]] base::Result<HttpAnswer> ask(const HttpRequest& request);

}  // namespace kaiku::serve
