#include "kaiku/serve/server.h"

#include <string>
#include <thread>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kaiku/serve/client.h"

#include "unit/serve/example_snapshot.h"

namespace kaiku::serve {
namespace {

class CountingIngest final : public Ingest {
 public:
  IngestAnswer append(std::string_view source,
                      const std::vector<std::string_view>& lines) override {
    if (source != "posts") {
      return {IngestAnswer::Code::kUnknownSource, 0, ""};
    }
    return {IngestAnswer::Code::kDurable, lines.size(), ""};
  }
};

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    snapshots_.publish(std::make_shared<const Snapshot>(tests::example_snapshot()));
    auto started = Server::start(options(), ports());
    EXPECT_TRUE(started) << started.error().message();
    server_ = std::move(*started);
  }

  static ServerOptions options() {
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.threads = 4;
    options.body_bytes = 1'000'000;
    options.request_timeout_ms = 2'000;
    return options;
  }

  ServerPorts ports() {
    ServerPorts ports;
    ports.snapshots = &snapshots_;
    ports.metrics = [] { return std::string("kaiku_up 1\n"); };
    ports.live = [] { return Health{true, ""}; };
    ports.ready = [] { return Health{false, "starting"}; };
    ports.ingest = &ingest_;
    return ports;
  }

  HttpAnswer ask_for(std::string target, std::string method = "GET", std::string body = "") {
    HttpRequest request;
    request.address = "127.0.0.1:" + std::to_string(server_->port());
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = std::move(body);
    auto answer = ask(request);
    EXPECT_TRUE(answer) << answer.error().message();
    return answer ? *answer : HttpAnswer{};
  }

  // Sends bytes as they are and returns everything that comes back.
  [[nodiscard]] std::string raw(const std::string& bytes) const {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server_->port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    size_t sent = 0;
    while (sent < bytes.size()) {
      const ssize_t now = send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (now <= 0) {
        break;
      }
      sent += static_cast<size_t>(now);
    }
    shutdown(socket, SHUT_WR);
    std::string answer;
    char buffer[4'096];
    for (ssize_t got = 0; (got = recv(socket, buffer, sizeof(buffer), 0)) > 0;) {
      answer.append(buffer, static_cast<size_t>(got));
    }
    close(socket);
    return answer;
  }

  LatestSnapshot snapshots_;
  CountingIngest ingest_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, AnswersOnTheLoopbackDevice) {
  const HttpAnswer answer = ask_for("/metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "kaiku_up 1\n");
  EXPECT_EQ(ask_for("/readyz").status, 503);
  EXPECT_EQ(ask_for("/api/v1/snapshot?window=hour").status, 200);
  EXPECT_EQ(
      ask_for("/chart.js").body.size(),
      static_cast<size_t>(std::stoul(std::string(ask_for("/chart.js").header("content-length")))));
}

TEST_F(ServerTest, EveryAnswerHasTheSecurityHeaders) {
  for (const char* target :
       {"/", "/metrics", "/nowhere", "/api/v1/snapshot", "/api/v1/snapshot?x=1"}) {
    const HttpAnswer answer = ask_for(target);
    EXPECT_TRUE(answer.header("Content-Security-Policy").starts_with("default-src 'self'"))
        << target;
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff") << target;
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "") << target;
    EXPECT_FALSE(answer.header("Cache-Control").empty()) << target;
  }
}

TEST_F(ServerTest, HeadHasTheLengthAndNoBody) {
  const std::string answer = raw("HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_NE(answer.find("Content-Length: 11\r\n"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST_F(ServerTest, TakesLinesUpToItsLimit) {
  EXPECT_EQ(ask_for("/api/v1/ingest/posts", "POST", "a\nb\n").body, "{\"durable\":2}\n");
  EXPECT_EQ(ask_for("/api/v1/ingest/nobody", "POST", "a\n").status, 404);
  EXPECT_EQ(ask_for("/api/v1/ingest/posts", "POST", std::string(999'999, 'x') + "\n").status, 200);
  const std::string announced =
      raw("POST /api/v1/ingest/posts HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
          "99999999999\r\n\r\n");
  EXPECT_TRUE(announced.starts_with("HTTP/1.1 413 ")) << announced;
}

TEST_F(ServerTest, TakesAChunkedBody) {
  const std::string head =
      "POST /api/v1/ingest/posts HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string answer = raw(head + "4\r\na\nb\n\r\n2\r\nc\n\r\n0\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
  EXPECT_NE(answer.find("{\"durable\":3}"), std::string::npos) << answer;
  std::string endless = head;
  for (int i = 0; i < 40; ++i) {
    endless += "8000\r\n" + std::string(0x8000, 'x') + "\r\n";
  }
  EXPECT_TRUE(raw(endless + "0\r\n\r\n").starts_with("HTTP/1.1 413 "));
}

TEST_F(ServerTest, ABodyThatEndsEarlyIsNotTaken) {
  const std::string answer = raw(
      "POST /api/v1/ingest/posts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\na\nb\n");
  EXPECT_EQ(answer.find("durable"), std::string::npos) << answer;
}

TEST_F(ServerTest, HostileBytesGetAnErrorOrNothingAndTheServerLives) {
  const std::string attacks[] = {
      "",
      "\r\n\r\n",
      "GET\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      "GET " + std::string(20'000, 'a') + " HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(20'000, 'b') + "\r\n\r\n",
      "GET /%00%ff/../../../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "GET /..%2f..%2fetc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "GET /index.html HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "PUT /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc",
      "DELETE /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "PROPFIND / HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: "
      "Upgrade\r\nSec-WebSocket-Key: "
      "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
      "POST /api/v1/ingest/posts HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\nabc",
      "POST /api/v1/ingest/posts HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
      "3\r\nTransfer-Encoding: chunked\r\n\r\nzz",
      "POST /api/v1/ingest/posts HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
      "chunked\r\n\r\nffffffffffffffff\r\n",
      std::string(3'000, '\xff'),
      std::string("\0\0\0\0", 4),
  };
  for (const std::string& attack : attacks) {
    const std::string answer = raw(attack);
    EXPECT_EQ(answer.find("root:"), std::string::npos);
    EXPECT_FALSE(answer.starts_with("HTTP/1.1 101")) << attack;
    EXPECT_EQ(answer.find("durable"), std::string::npos) << attack;
  }
  std::string many = "GET / HTTP/1.1\r\nHost: localhost\r\n";
  for (int i = 0; i < 200; ++i) {
    many += "H" + std::to_string(i) + ": 1\r\n";
  }
  (void)raw(many + "\r\n");
  EXPECT_EQ(ask_for("/livez").status, 200);
}

TEST_F(ServerTest, ManyAskAtOnce) {
  std::vector<std::thread> clients;
  std::atomic<int> answered = 0;
  clients.reserve(8);
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      for (int n = 0; n < 20; ++n) {
        answered += ask_for(n % 2 == 0 ? "/api/v1/snapshot" : "/metrics").status == 200 ? 1 : 0;
      }
    });
  }
  for (std::thread& client : clients) {
    client.join();
  }
  EXPECT_EQ(answered, 160);
}

TEST_F(ServerTest, ATakenPortStopsTheStartAndNamesTheAddress) {
  ServerOptions same = options();
  same.listen = "127.0.0.1:" + std::to_string(server_->port());
  const auto second = Server::start(same, ports());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().exit_code(), base::Exit::kUnavailable);
  EXPECT_NE(second.error().message().find(same.listen), std::string::npos)
      << second.error().message();
}

TEST_F(ServerTest, AnAddressThatMakesNoSenseIsAConfigurationError) {
  ServerOptions wrong = options();
  wrong.listen = "8080";
  EXPECT_EQ(Server::start(wrong, ports()).error().exit_code(), base::Exit::kConfig);
}

TEST_F(ServerTest, StopsAndCanBeStartedAgainOnTheSamePort) {
  ServerOptions same = options();
  same.listen = "127.0.0.1:" + std::to_string(server_->port());
  server_.reset();
  HttpRequest request;
  request.address = same.listen;
  const auto nobody = ask(request);
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().exit_code(), base::Exit::kUnavailable);
  auto again = Server::start(same, ports());
  ASSERT_TRUE(again) << again.error().message();
  server_ = std::move(*again);
  EXPECT_EQ(ask_for("/livez").status, 200);
}

TEST_F(ServerTest, TheClientCannotBeMadeToSendASecondRequest) {
  HttpRequest request;
  request.address = "127.0.0.1:" + std::to_string(server_->port());
  request.target = "/livez HTTP/1.1\r\n\r\nGET /";
  EXPECT_FALSE(ask(request));
  request.target = "/livez";
  request.headers = {{"X", "a\r\nHost: evil"}};
  EXPECT_FALSE(ask(request));
}

}  // namespace
}  // namespace kaiku::serve
