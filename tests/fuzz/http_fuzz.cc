// Any bytes as what an HTTP client sends behind the server's own parser: query, path, host, cursor
// and a body of lines. Every request has an answer with a known status, and no line handed on is
// empty or holds a line end.
#include <algorithm>

#include "kaiku/serve/snapshot.h"
#include "kaiku/text/utf8.h"

#include "fuzz/target.h"
#include "serve/address.h"
#include "serve/query.h"
#include "serve/router.h"

namespace kaiku::fuzz {
namespace {

class Lines final : public serve::Ingest {
 public:
  serve::IngestAnswer append(std::string_view source,
                             const std::vector<std::string_view>& lines) override {
    require(!source.empty() && !lines.empty());
    for (const std::string_view line : lines) {
      require(!line.empty() && line.find('\n') == std::string_view::npos);
    }
    return {serve::IngestAnswer::Code::kDurable, lines.size(), ""};
  }
};

class Pages final : public serve::TopicReader {
 public:
  serve::TopicPage read(std::string_view /*topic*/,
                        std::string_view from,
                        size_t limit,
                        size_t /*bytes*/) override {
    require(from.size() <= 4'096 && limit > 0);
    return {serve::TopicPage::Code::kOk, {R"({"a":1})"}, "0:2", ""};
  }
};

serve::Router& router() {
  static serve::LatestSnapshot snapshots;
  static Lines lines;
  static Pages pages;
  static serve::Router* made = [] {
    snapshots.publish(std::make_shared<const serve::Snapshot>());
    const serve::Probe probe = [] { return serve::Health{true, "ok"}; };
    return new serve::Router(
        {&snapshots, [] { return std::string("kaiku_up 1\n"); }, probe, probe, &lines, &pages},
        true);
  }();
  return *made;
}

// method, path, query, host, origin, if-none-match, each behind its length; the rest is the body.
void try_request(std::string_view bytes) {
  base::ByteReader in(bytes);
  serve::Request request;
  request.method = in.bytes();
  request.path = in.bytes();
  request.query = in.bytes();
  request.host = in.bytes();
  request.origin = in.bytes();
  request.if_none_match = in.bytes();
  request.body = in.rest();
  const serve::Response response = router().handle(request);
  require(!serve::reason_phrase(response.status).empty() && response.status < 600);
  for (const auto& [name, value] : response.headers) {
    require((name + value).find_first_of("\r\n") == std::string::npos);
  }
  if (response.content_type == "application/json") {
    require(text::is_utf8(response.body));
  }
  static_cast<void>(serve::Router::takes_body(request.method, request.path));
}

void try_text(std::string_view text) {
  if (const auto decoded = serve::percent_decoded(text)) {
    require(decoded->size() <= text.size());
  }
  const auto query = serve::parse_query(text, {"window", "from", "limit"});
  require(query.has_value() || !query.error().message().empty());
  const auto address = serve::parse_address(text);
  if (address.has_value()) {
    const auto again = serve::parse_address(address.value().text());
    require(again.has_value() && again.value().text() == address.value().text());
  }
  static_cast<void>(serve::names_loopback(text));
}

std::string request(std::string_view method,
                    std::string_view path,
                    std::string_view query,
                    std::string_view body) {
  std::string bytes = chosen(0, "");
  base::ByteWriter out(bytes);
  out.bytes(method);
  out.bytes(path);
  out.bytes(query);
  out.bytes("localhost:8080");
  out.bytes("http://localhost:8080");
  out.bytes("\"tag\"");
  out.raw(body);
  return bytes;
}

}  // namespace

std::vector<std::string> seeds() {
  return {request("GET", "/", "", ""),
          request("GET", "/metrics", "", ""),
          request("GET", "/readyz", "", ""),
          request("GET", "/api/v1/snapshot", "window=hour", ""),
          request("GET", "/api/v1/aggregates", "window=hour&brand=kirkas&limit=10", ""),
          request("GET", "/api/v1/topics/kaiku.demo.kpi.v1", "from=begin&limit=5", ""),
          request("POST", "/api/v1/ingest/posts", "", "{\"id\":1}\r\n\n{\"id\":2}"),
          chosen(1, "window=hour&from=0%3A2&limit=5"),
          chosen(1, "127.0.0.1:8080"),
          chosen(1, "[::1]:9090"),
          chosen(1, "localhost:8080")};
}

}  // namespace kaiku::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view bytes = kaiku::fuzz::view_of(data + 1, size - 1);
  if (data[0] % 2 == 0) {
    kaiku::fuzz::try_request(bytes);
  } else {
    kaiku::fuzz::try_text(bytes);
  }
  return 0;
}
