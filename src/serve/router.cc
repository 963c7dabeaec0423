#include "router.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <optional>
#include <span>
#include <vector>

#include "kaiku/base/digest.h"
#include "kaiku/base/hex.h"
#include "kaiku/base/json_writer.h"
#include "kaiku/base/limits.h"

#include "address.h"
#include "business_json.h"
#include "figures_json.h"
#include "page_assets.h"
#include "query.h"
#include "snapshot_json.h"

namespace kaiku::serve {
namespace {

constexpr std::string_view kApi = "/api/v1/";
constexpr std::string_view kIngest = "ingest/";
constexpr std::string_view kTopics = "topics/";
constexpr size_t kTopicNameBytes = 249;  // as Kafka has it
constexpr size_t kCursorBytes = 4'096;
constexpr size_t kTopicLines = 1'000;
constexpr size_t kTopicLinesByDefault = 100;
constexpr size_t kTopicAnswerBytes = size_t{4} << 20;

bool is_get(std::string_view method) {
  return method == "GET" || method == "HEAD";
}

bool is_topic_name(std::string_view name) {
  return !name.empty() && name.size() <= kTopicNameBytes && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

bool is_cursor(std::string_view text) {
  return !text.empty() && text.size() <= kCursorBytes && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == ',' || c == ':';
  });
}

// If-None-Match is a list; a weak mark and "*" count as well (RFC 9110, 13.1.2).
bool matches(std::string_view if_none_match, std::string_view etag) {
  return !if_none_match.empty() &&
         (if_none_match == "*" || if_none_match.find(etag) != std::string_view::npos);
}

Response not_allowed(std::string_view allowed) {
  Response response =
      error_response(405, "method_not_allowed", "this path takes " + std::string(allowed));
  response.headers.emplace_back("Allow", allowed);
  return response;
}

Response not_found(std::string_view what) {
  return error_response(404, "not_found", what);
}

Response probe(const Probe& probe) {
  const Health health = probe();
  Response response;
  response.status = health.ok ? 200 : 503;
  response.content_type = "text/plain; charset=utf-8";
  response.body = (health.text.empty() ? (health.ok ? "ok" : "not ok") : health.text) + "\n";
  return response;
}

std::optional<Response> page(const Request& request) {
  const std::span<const Asset> assets = page_assets();
  const auto asset = std::ranges::find(assets, request.path, &Asset::path);
  if (asset == assets.end()) {
    return std::nullopt;
  }
  Response response;
  response.content_type = asset->content_type;
  response.headers.emplace_back("ETag", asset->etag);
  response.headers.emplace_back("Cache-Control", "no-cache");
  if (matches(request.if_none_match, asset->etag)) {
    response.status = 304;
  } else {
    response.body = asset->bytes;
  }
  return response;
}

std::vector<std::string_view> lines_of(std::string_view body) {
  std::vector<std::string_view> lines;
  while (!body.empty()) {
    const size_t end = std::min(body.find('\n'), body.size());
    std::string_view line = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (!line.empty() && line.back() == '\r') {
      line.remove_suffix(1);
    }
    if (!line.empty()) {
      lines.push_back(line);
    }
  }
  return lines;
}

bool is_plain(std::string_view encoding) {
  return encoding.empty() || encoding == "identity";
}

// A page of another site can make a browser send a POST here; browsers say so.
bool is_foreign(const Request& request) {
  if (request.origin.empty()) {
    return false;
  }
  const size_t scheme = request.origin.find("://");
  return scheme == std::string_view::npos || request.origin.substr(scheme + 3) != request.host;
}

// "": the query does not name it.
std::string value_of(const Query& query, std::string_view name) {
  const auto found = query.find(name);
  return found == query.end() ? std::string() : found->second;
}

// What is written of a snapshot for one of its windows.
struct SnapshotText {
  std::string_view path;
  std::string_view (*default_window)(const Snapshot&);
  bool (*has_window)(const Snapshot&, std::string_view);
  std::string (*json)(const Snapshot&, std::string_view);
};

constexpr SnapshotText kTexts[] = {
    {"snapshot", default_window, has_window, snapshot_json},
    {"business", default_business_window, has_business_window, business_json},
};

const SnapshotText* text_of(std::string_view path) {
  const auto* const found = std::ranges::find(kTexts, path, &SnapshotText::path);
  return found == std::end(kTexts) ? nullptr : found;
}

}  // namespace

bool Router::takes_body(std::string_view method, std::string_view path) {
  return method == "POST" && path.starts_with(std::string(kApi) + std::string(kIngest));
}

Response Router::handle(const Request& request) {
  try {
    return route(request);
  } catch (const std::exception&) {
    return error_response(
        500, "internal", "the request could not be answered; the log of the process says more");
  }
}

Response Router::route(const Request& request) {
  if (request.path == "/livez" || request.path == "/readyz" || request.path == "/metrics") {
    if (!is_get(request.method)) {
      return not_allowed("GET, HEAD");
    }
    if (request.path == "/metrics") {
      return metrics();
    }
    return probe(request.path == "/livez" ? ports_.live : ports_.ready);
  }
  if (local_only_ && !request.host.empty() && !names_loopback(request.host)) {
    return error_response(
        403, "foreign_host", "this server listens on the loopback device; use localhost");
  }
  if (request.path.starts_with(kApi)) {
    return api(request);
  }
  if (auto found = page(request)) {
    return is_get(request.method) ? *std::move(found) : not_allowed("GET, HEAD");
  }
  return not_found("there is nothing at this path; the page is at /, the API at /api/v1/");
}

Response Router::api(const Request& request) {
  const std::string_view rest = request.path.substr(kApi.size());
  if (rest.starts_with(kIngest)) {
    return request.method == "POST" ? ingest(request) : not_allowed("POST");
  }
  const bool is_known = text_of(rest) != nullptr || rest == "aggregates" || rest == "kpis" ||
                        rest.starts_with(kTopics);
  if (!is_known) {
    return not_found(
        "the API has snapshot, business, kpis, aggregates, ingest/<source> and topics/<topic>");
  }
  if (!is_get(request.method)) {
    return not_allowed("GET, HEAD");
  }
  if (text_of(rest) != nullptr) {
    return snapshot(request, rest);
  }
  if (rest == "kpis") {
    return kpis(request);
  }
  return rest == "aggregates" ? aggregates(request) : topic(request);
}

Response Router::metrics() const {
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = ports_.metrics();
  return response;
}

Response Router::snapshot(const Request& request, std::string_view path) {
  const SnapshotText& text = *text_of(path);
  const auto query = parse_query(request.query, {"window", "cells"});
  if (!query) {
    return error_response(400, "bad_parameter", query.error().message());
  }
  const auto cells = query->find("cells");
  if (cells != query->end() && cells->second != "none") {
    return error_response(400, "bad_parameter", "cells takes none");
  }
  const std::shared_ptr<const Snapshot> now = ports_.snapshots->snapshot();
  const auto given = query->find("window");
  std::string window(given == query->end() ? text.default_window(*now)
                                           : std::string_view(given->second));
  if (given != query->end() && !text.has_window(*now, window)) {
    return error_response(404, "unknown_window", "the pipeline has no window of this name");
  }
  if (cells != query->end()) {
    window.clear();  // of no window
  }
  Response response;
  {
    const std::scoped_lock lock(mutex_);
    std::erase_if(cache_, [&](const auto& entry) { return entry.second.of != now; });
    Cached& cached = cache_[{text.path, window}];
    if (cached.of == nullptr) {
      cached.of = now;
      cached.body = text.json(*now, window);
      cached.etag = '"' + base::hex(base::HashKey().digest(cached.body)) + '"';
    }
    response.headers.emplace_back("ETag", cached.etag);
    if (matches(request.if_none_match, cached.etag)) {
      response.status = 304;
    } else {
      response.body = cached.body;
    }
  }
  response.headers.emplace_back("Cache-Control", "no-cache");
  return response;
}

Response Router::aggregates(const Request& request) const {
  const auto query = parse_query(request.query, {"window", "brand"});
  if (!query) {
    return error_response(400, "bad_parameter", query.error().message());
  }
  const std::shared_ptr<const Snapshot> now = ports_.snapshots->snapshot();
  const std::string window = value_of(*query, "window");
  if (!window.empty() && !has_window(*now, window)) {
    return error_response(404, "unknown_window", "the pipeline has no window of this name");
  }
  Response response;
  response.body = aggregates_json(*now, window, value_of(*query, "brand"));
  return response;
}

Response Router::kpis(const Request& request) const {
  const auto query = parse_query(request.query, {"window", "brand", "channel", "kpi"});
  if (!query) {
    return error_response(400, "bad_parameter", query.error().message());
  }
  const std::shared_ptr<const Snapshot> now = ports_.snapshots->snapshot();
  const std::string window = value_of(*query, "window");
  if (!window.empty() && !has_business_window(*now, window)) {
    return error_response(
        404, "unknown_window", "the pipeline has no window of this name with KPI records");
  }
  Response response;
  response.body = figures_json(
      *now,
      {window, value_of(*query, "brand"), value_of(*query, "channel"), value_of(*query, "kpi")});
  return response;
}

Response Router::ingest(const Request& request) const {
  if (is_foreign(request)) {
    return error_response(403, "foreign_origin", "lines are not taken from pages of other sites");
  }
  const std::string_view source = request.path.substr(kApi.size() + kIngest.size());
  if (ports_.ingest == nullptr || source.empty() || source.size() > base::limits::kNameBytes) {
    return not_found("the pipeline has no source of this name that takes lines");
  }
  if (request.body_too_large) {
    return error_response(413, "too_large", "send fewer lines at once");
  }
  if (!is_plain(request.content_encoding)) {
    return error_response(
        415, "encoded", "send lines as they are: a Content-Encoding is not undone here");
  }
  const std::vector<std::string_view> lines = lines_of(request.body);
  if (lines.empty()) {
    return error_response(400, "no_lines", "the body holds no lines");
  }
  const IngestAnswer answer = ports_.ingest->append(source, lines);
  switch (answer.code) {
    case IngestAnswer::Code::kDurable: {
      Response response;
      base::JsonWriter(response.body).begin_object().field("durable", answer.lines).end_object();
      response.body += '\n';
      return response;
    }
    case IngestAnswer::Code::kUnknownSource:
      return not_found("the pipeline has no source of this name that takes lines");
    case IngestAnswer::Code::kRefused:
      return error_response(400, "refused", answer.message);
    case IngestAnswer::Code::kUnavailable: {
      Response response = error_response(503, "unavailable", answer.message);
      response.headers.emplace_back("Retry-After", "1");
      return response;
    }
  }
  return error_response(500, "internal", "an answer without a meaning");
}

Response Router::topic(const Request& request) const {
  const std::string_view name = request.path.substr(kApi.size() + kTopics.size());
  if (ports_.topics == nullptr || !is_topic_name(name)) {
    return not_found("the pipeline has no topic of this name");
  }
  const auto query = parse_query(request.query, {"from", "limit"});
  if (!query) {
    return error_response(400, "bad_parameter", query.error().message());
  }
  size_t limit = kTopicLinesByDefault;
  if (const auto given = query->find("limit"); given != query->end()) {
    const std::string& text = given->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (error != std::errc() || end != text.data() + text.size() || limit == 0 ||
        limit > kTopicLines) {
      return error_response(
          400, "bad_parameter", "limit is a number from 1 to " + std::to_string(kTopicLines));
    }
  }
  const auto from = query->find("from");
  const std::string cursor = from == query->end() ? "begin" : from->second;
  if (!is_cursor(cursor)) {
    return error_response(
        400, "bad_cursor", "from is begin, end, or the Kaiku-Next of an earlier answer");
  }
  const TopicPage page = ports_.topics->read(name, cursor, limit, kTopicAnswerBytes);
  switch (page.code) {
    case TopicPage::Code::kUnknownTopic:
      return not_found("the pipeline has no topic of this name");
    case TopicPage::Code::kBadCursor:
      return error_response(
          400, "bad_cursor", "from is begin, end, or the Kaiku-Next of an earlier answer");
    case TopicPage::Code::kUnavailable:
      return error_response(503, "unavailable", page.message);
    case TopicPage::Code::kOk:
      break;
  }
  Response response;
  response.content_type = "application/x-ndjson";
  if (is_cursor(page.next)) {
    response.headers.emplace_back("Kaiku-Next", page.next);
  }
  for (const std::string& line : page.lines) {
    response.body += line;
    response.body += '\n';
  }
  return response;
}

}  // namespace kaiku::serve
