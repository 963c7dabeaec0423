#include "kaiku/serve/server.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <exception>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <civetweb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kaiku/base/check.h"
#include "kaiku/base/logger.h"

#include "address.h"
#include "message.h"
#include "router.h"

namespace kaiku::serve {
namespace {

// Nothing on the page comes from anywhere else, no script is inline, and no other page may frame
// it.
constexpr std::string_view kSecurityHeaders =
    "Content-Security-Policy: default-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; "
    "object-src 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";

std::string_view header(const mg_request_info& info, std::string_view name) {
  for (int i = 0; i < info.num_headers; ++i) {
    const mg_header& each = info.http_headers[i];
    if (each.name != nullptr && each.value != nullptr && name.size() == std::strlen(each.name) &&
        strncasecmp(each.name, name.data(), name.size()) == 0) {
      return each.value;
    }
  }
  return {};
}

std::string_view or_empty(const char* text) {
  return text == nullptr ? std::string_view() : std::string_view(text);
}

void write(mg_connection* connection, const Response& response, bool with_body) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head += reason_phrase(response.status);
  head += "\r\nConnection: close\r\n";
  head += kSecurityHeaders;
  bool has_cache_control = false;
  for (const auto& [name, value] : response.headers) {
    has_cache_control = has_cache_control || name == "Cache-Control";
    head += name + ": " + value + "\r\n";
  }
  if (!has_cache_control) {
    head += "Cache-Control: no-store\r\n";
  }
  if (response.status != 304) {
    head += "Content-Type: " + response.content_type + "\r\n";
    head += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  }
  head += "\r\n";
  if (with_body && response.status != 304) {
    head += response.body;
  }
  mg_write(connection, head.data(), head.size());
}

// Reads the body; false if it is larger than `limit`.
bool read_body(mg_connection* connection, size_t limit, std::string& body) {
  std::vector<char> buffer(64 << 10);
  while (true) {
    const int got = mg_read(connection, buffer.data(), buffer.size());
    if (got <= 0) {
      return true;
    }
    if (body.size() + static_cast<size_t>(got) > limit) {
      return false;
    }
    body.append(buffer.data(), static_cast<size_t>(got));
  }
}

// One library, initialised once and never taken down: a second server may still use it. No TLS: the
// port is for the loopback device or stands behind something that speaks TLS.
void init_library() {
  static std::once_flag once;
  std::call_once(once, [] { mg_init_library(0); });
}

// A connection that says nothing.
void knock(const Address& address) {
  const int family = address.is_v6 ? AF_INET6 : AF_INET;
  const int knocking = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (knocking < 0) {
    return;
  }
  if (address.is_v6) {
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(address.port);
    inet_pton(AF_INET6, address.host.c_str(), &to.sin6_addr);
    (void)connect(knocking, reinterpret_cast<const sockaddr*>(&to), sizeof(to));
  } else {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(address.port);
    inet_pton(AF_INET, address.host.c_str(), &to.sin_addr);
    (void)connect(knocking, reinterpret_cast<const sockaddr*>(&to), sizeof(to));
  }
  close(knocking);
}

}  // namespace

struct Server::Impl {
  Impl(ServerOptions given, ServerPorts ports, Address where)
      : options(std::move(given)),
        address(std::move(where)),
        router(std::move(ports), address.is_loopback) {}

  static int begin_request(mg_connection* connection) noexcept {
    const mg_request_info* info = mg_get_request_info(connection);
    auto* self = static_cast<Impl*>(info->user_data);
    try {
      return self->answer(connection, *info);
    } catch (const std::exception&) {
      return 500;  // out of memory: the connection ends without an answer
    }
  }

  // The server's own errors (a broken request line, too many headers) look like all others.
  static int http_error(mg_connection* connection, int status, const char* /*message*/) noexcept {
    try {
      write(connection, error_response(status, "bad_request", reason_phrase(status)), true);
    } catch (const std::exception&) {
      return 1;
    }
    return 0;
  }

  static int log_message(const mg_connection* connection, const char* message) noexcept {
    const mg_context* context = mg_get_context(connection);
    const auto* self =
        context == nullptr ? nullptr : static_cast<const Impl*>(mg_get_user_data(context));
    if (self == nullptr || self->started.load()) {
      base::log_line(base::LogLevel::kDebug, "serve", or_empty(message));
    }
    return 1;
  }

  int answer(mg_connection* connection, const mg_request_info& info) {
    Request request;
    request.method = or_empty(info.request_method);
    request.path = or_empty(info.local_uri);
    request.query = or_empty(info.query_string);
    request.host = header(info, "Host");
    request.origin = header(info, "Origin");
    request.if_none_match = header(info, "If-None-Match");
    request.content_encoding = header(info, "Content-Encoding");
    std::string body;
    if (Router::takes_body(request.method, request.path)) {
      const bool announced_too_large =
          info.content_length > 0 &&
          static_cast<unsigned long long>(info.content_length) > options.body_bytes;
      request.body_too_large =
          announced_too_large || !read_body(connection, options.body_bytes, body);
      const bool is_cut = info.content_length > 0 && !request.body_too_large &&
                          body.size() != static_cast<size_t>(info.content_length);
      if (is_cut) {
        write(connection,
              error_response(400, "incomplete", "the body ended before its announced length"),
              true);
        return 400;
      }
      request.body = body;
    }
    const Response response = router.handle(request);
    write(connection, response, request.method != "HEAD");
    return response.status;
  }

  base::Status start() {
    const std::string where = address.text();
    const std::string threads = std::to_string(options.threads);
    const std::string timeout = std::to_string(options.request_timeout_ms);
    const std::array<const char*, 19> settings = {"listening_ports",
                                                  where.c_str(),
                                                  "num_threads",
                                                  threads.c_str(),
                                                  "request_timeout_ms",
                                                  timeout.c_str(),
                                                  "max_request_size",
                                                  "8192",
                                                  "enable_keep_alive",
                                                  "no",
                                                  "enable_directory_listing",
                                                  "no",
                                                  "tcp_nodelay",
                                                  "1",
                                                  "connection_queue",
                                                  "64",
                                                  "decode_url",
                                                  "yes",
                                                  nullptr};
    mg_callbacks callbacks{};
    callbacks.begin_request = begin_request;
    callbacks.http_error = http_error;
    callbacks.log_message = log_message;
    mg_init_data init{};
    init.callbacks = &callbacks;
    init.user_data = this;
    init.configuration_options = const_cast<const char**>(settings.data());
    unsigned code = 0;
    std::array<char, 256> text{};
    mg_error_data error{&code, text.data(), text.size()};
    init_library();
    context = mg_start2(&init, &error);
    if (context == nullptr) {
      return base::Status::stop(
          base::Exit::kUnavailable,
          "cannot listen on " + where + ": " +
              (text[0] == 0 ? "the address is taken or not of this machine" : text.data()) +
              "; choose another address with server.listen");
    }
    mg_server_port bound{};
    if (mg_get_server_ports(context, 1, &bound) == 1) {
      address.port = static_cast<uint16_t>(bound.port);
    }
    started = true;
    return base::Status::ok();
  }

  // The thread that accepts looks at the order to stop only every two seconds, or when somebody
  // knocks.
  void stop() {
    if (context == nullptr) {
      return;
    }
    std::thread stopper([stopping = std::exchange(context, nullptr), this] {
      mg_stop(stopping);
      stopped.set_value();
    });
    const std::future<void> end = stopped.get_future();
    while (end.wait_for(std::chrono::milliseconds(5)) != std::future_status::ready) {
      knock(address);
    }
    stopper.join();
  }

  ServerOptions options;
  Address address;
  Router router;
  mg_context* context = nullptr;
  std::atomic<bool> started = false;
  std::promise<void> stopped;
};

base::Result<std::unique_ptr<Server>> Server::start(ServerOptions options, ServerPorts ports) {
  KAIKU_CHECK(ports.snapshots != nullptr && ports.metrics && ports.live && ports.ready,
              "the server needs its ports");
  auto address = parse_address(options.listen);
  if (!address) {
    return address.error();
  }
  auto impl = std::make_unique<Impl>(std::move(options), std::move(ports), *std::move(address));
  if (base::Status status = impl->start(); !status.is_ok()) {
    return status;
  }
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
  impl_->stop();
}

uint16_t Server::port() const {
  return impl_->address.port;
}

std::string Server::url() const {
  return "http://" + impl_->address.text();
}

}  // namespace kaiku::serve
