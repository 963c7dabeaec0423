#include "kaiku/serve/client.h"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include <civetweb.h>

#include "address.h"

namespace kaiku::serve {
namespace {

struct Closer {
  void operator()(mg_connection* connection) const { mg_close_connection(connection); }
};

using Connection = std::unique_ptr<mg_connection, Closer>;

base::Status no_answer(const Address& address, std::string_view why) {
  return base::Status::stop(base::Exit::kUnavailable,
                            "no answer from " + address.text() + ": " + std::string(why) +
                                "; is the pipeline running, and is this its server.listen?");
}

// A line break in a target or header would start another request.
bool is_one_line(std::string_view text) {
  return std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

base::Result<std::string> written(const HttpRequest& request, const Address& address) {
  std::string out = request.method + " " + request.target + " HTTP/1.1\r\nHost: " + address.text() +
                    "\r\nConnection: close\r\n";
  bool is_safe = is_one_line(request.method) && is_one_line(request.target) &&
                 request.target.find(' ') == std::string::npos;
  for (const auto& [name, value] : request.headers) {
    is_safe = is_safe && is_one_line(name) && is_one_line(value);
    out += name + ": " + value + "\r\n";
  }
  if (!is_safe) {
    return base::Status::stop(base::Exit::kUsage, "a request holds a blank or a control character");
  }
  if (!request.body.empty() || request.method == "POST") {
    out += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  out += "\r\n";
  out += request.body;
  return out;
}

}  // namespace

std::string_view HttpAnswer::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (std::ranges::equal(key, name, [](char a, char b) { return (a | 0x20) == (b | 0x20); })) {
      return value;
    }
  }
  return {};
}

base::Result<HttpAnswer> ask(const HttpRequest& request) {
  const auto address = parse_address(request.address);
  if (!address) {
    return address.error();
  }
  const auto text = written(request, *address);
  if (!text) {
    return text.error();
  }
  mg_init_library(0);
  std::array<char, 256> why{};
  const Connection connection(
      mg_connect_client(address->host.c_str(), address->port, 0, why.data(), why.size()));
  if (connection == nullptr) {
    return no_answer(*address, why.data());
  }
  if (mg_write(connection.get(), text->data(), text->size()) != static_cast<int>(text->size())) {
    return no_answer(*address, "the connection broke while sending");
  }
  if (mg_get_response(
          connection.get(), why.data(), why.size(), static_cast<int>(request.timeout_ms)) < 0) {
    return no_answer(*address, why.data());
  }
  const mg_response_info* info = mg_get_response_info(connection.get());
  HttpAnswer answer;
  answer.status = info->status_code;
  for (int i = 0; i < info->num_headers; ++i) {
    answer.headers.emplace_back(info->http_headers[i].name, info->http_headers[i].value);
  }
  if (request.method == "HEAD") {
    return answer;
  }
  std::vector<char> buffer(64 << 10);
  for (int got = 0; (got = mg_read(connection.get(), buffer.data(), buffer.size())) > 0;) {
    if (answer.body.size() + static_cast<size_t>(got) > request.max_answer_bytes) {
      return no_answer(*address, "the answer is too large");
    }
    answer.body.append(buffer.data(), static_cast<size_t>(got));
  }
  if (info->content_length >= 0 &&
      answer.body.size() != static_cast<size_t>(info->content_length)) {
    return no_answer(*address, "the answer was cut off");
  }
  return answer;
}

}  // namespace kaiku::serve
