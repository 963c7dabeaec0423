#include "serve/router.h"

#include <random>
#include <stdexcept>

#include <gtest/gtest.h>

#include "kaiku/base/limits.h"

#include "serve/page_assets.h"
#include "unit/serve/example_snapshot.h"

namespace kaiku::serve {
namespace {

class FakeIngest final : public Ingest {
 public:
  IngestAnswer append(std::string_view source,
                      const std::vector<std::string_view>& lines) override {
    if (source == "throws") {
      throw std::runtime_error("secret detail");
    }
    if (source != "posts") {
      return {IngestAnswer::Code::kUnknownSource, 0, ""};
    }
    received.assign(lines.begin(), lines.end());
    return {code, code == IngestAnswer::Code::kDurable ? lines.size() : 0, "the disk is full"};
  }

  std::vector<std::string> received;
  IngestAnswer::Code code = IngestAnswer::Code::kDurable;
};

class FakeTopics final : public TopicReader {
 public:
  TopicPage read(std::string_view topic,
                 std::string_view from,
                 size_t limit,
                 size_t /*bytes*/) override {
    asked = std::string(topic) + "|" + std::string(from) + "|" + std::to_string(limit);
    if (topic != "kaiku.drinks-eu.kpi.v1") {
      return {TopicPage::Code::kUnknownTopic, {}, "", ""};
    }
    if (from == "0:99") {
      return {TopicPage::Code::kBadCursor, {}, "", ""};
    }
    return {TopicPage::Code::kOk, {R"({"a":1})", R"({"a":2})"}, "0:2,1:0", ""};
  }

  std::string asked;
};

class RouterTest : public testing::Test {
 protected:
  RouterTest() { snapshots_.publish(std::make_shared<const Snapshot>(tests::example_snapshot())); }

  Response get(std::string_view path,
               std::string_view query = "",
               std::string_view if_none_match = "") {
    Request request;
    request.method = "GET";
    request.path = path;
    request.query = query;
    request.host = "localhost:8080";
    request.if_none_match = if_none_match;
    return router_.handle(request);
  }

  Response post(std::string_view path, std::string_view body, std::string_view origin = "") {
    Request request;
    request.method = "POST";
    request.path = path;
    request.host = "localhost:8080";
    request.origin = origin;
    request.body = body;
    return router_.handle(request);
  }

  static std::string header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) {
        return value;
      }
    }
    return "";
  }

  LatestSnapshot snapshots_;
  FakeIngest ingest_;
  FakeTopics topics_;
  Health live_{true, ""};
  Health ready_{false, "restoring shard 3"};
  Router router_{{&snapshots_,
                  [] { return std::string("kaiku_up 1\n"); },
                  [this] { return live_; },
                  [this] { return ready_; },
                  &ingest_,
                  &topics_},
                 true};
};

TEST_F(RouterTest, ProbesSayWhy) {
  EXPECT_EQ(get("/livez").status, 200);
  EXPECT_EQ(get("/livez").body, "ok\n");
  const Response ready = get("/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_EQ(ready.body, "restoring shard 3\n");
}

TEST_F(RouterTest, MetricsHaveTheContentTypePrometheusWants) {
  const Response response = get("/metrics");
  EXPECT_EQ(response.body, "kaiku_up 1\n");
  EXPECT_EQ(response.content_type, "text/plain; version=0.0.4; charset=utf-8");
}

TEST_F(RouterTest, ThePageAndItsFilesAreServed) {
  for (const char* path : {"/",
                           "/style.css",
                           "/format.js",
                           "/curves.js",
                           "/elements.js",
                           "/operations.js",
                           "/business.js",
                           "/values.js",
                           "/app.js",
                           "/chart.js",
                           "/favicon.svg"}) {
    const Response response = get(path);
    EXPECT_EQ(response.status, 200) << path;
    EXPECT_FALSE(response.body.empty()) << path;
    const std::string etag = header(response, "ETag");
    EXPECT_EQ(etag.size(), 34U);
    EXPECT_EQ(get(path, "", etag).status, 304) << path;
  }
  EXPECT_EQ(get("/").content_type, "text/html; charset=utf-8");
}

TEST_F(RouterTest, ThePageAsksForNothingFromElsewhereAndHasNoInlineCode) {
  const std::string html = get("/").body;
  EXPECT_EQ(html.find("http://"), std::string::npos);
  EXPECT_EQ(html.find("https://"), std::string::npos);
  EXPECT_EQ(html.find("style=\""), std::string::npos)
      << "the content security policy would block it";
  EXPECT_EQ(html.find("<style"), std::string::npos);
  EXPECT_EQ(html.find("onclick"), std::string::npos);
  for (const char* path : {"/format.js", "/curves.js", "/app.js"}) {
    const std::string script = get(path).body;
    EXPECT_EQ(script.find("innerHTML"), std::string::npos)
        << path << ": text from outside becomes text nodes";
    EXPECT_EQ(script.find("insertAdjacentHTML"), std::string::npos) << path;
    EXPECT_EQ(script.find("eval("), std::string::npos) << path;
  }
}

TEST_F(RouterTest, ASnapshotIsAnsweredOnceAndThenConfirmed) {
  const Response first = get("/api/v1/snapshot");
  EXPECT_EQ(first.status, 200);
  EXPECT_NE(first.body.find(R"("window":"hour")"), std::string::npos);
  const std::string etag = header(first, "ETag");
  const Response second = get("/api/v1/snapshot", "", etag);
  EXPECT_EQ(second.status, 304);
  EXPECT_TRUE(second.body.empty());
  Snapshot later = tests::example_snapshot();
  later.uptime_us += base::kSecond;
  snapshots_.publish(std::make_shared<const Snapshot>(later));
  EXPECT_EQ(get("/api/v1/snapshot", "", etag).status, 200);
}

TEST_F(RouterTest, ASnapshotOfAWindowHasItsCells) {
  EXPECT_NE(get("/api/v1/snapshot", "window=day").body.find(R"("cells":[])"), std::string::npos);
  EXPECT_EQ(get("/api/v1/snapshot", "window=week").status, 404);
  EXPECT_EQ(get("/api/v1/snapshot", "windows=day").status, 400);
  const Response without = get("/api/v1/snapshot", "cells=none");
  EXPECT_NE(without.body.find(R"("cells":[],"cells_omitted":0,"kpis":[])"), std::string::npos);
  EXPECT_NE(get("/api/v1/snapshot").body.find(R"("brand":"kirkas")"), std::string::npos);
  EXPECT_EQ(get("/api/v1/snapshot", "cells=some").status, 400);
}

TEST_F(RouterTest, BusinessHasItsOwnWindowsAndCache) {
  const Response first = get("/api/v1/business");
  EXPECT_EQ(first.status, 200);
  EXPECT_NE(first.body.find(R"("window":"day")"), std::string::npos);
  EXPECT_EQ(get("/api/v1/business", "", header(first, "ETag")).status, 304);
  EXPECT_NE(get("/api/v1/snapshot").body.find(R"("window":"hour")"), std::string::npos);
  EXPECT_NE(get("/api/v1/business", "window=hour").body.find(R"("kind":"closed")"),
            std::string::npos);
  EXPECT_EQ(get("/api/v1/business", "window=minute").status, 404)
      << "too short for figures of business";
  EXPECT_EQ(get("/api/v1/business", "brand=kirkas").status, 400);
  EXPECT_EQ(post("/api/v1/business", "").status, 405);
  EXPECT_EQ(get("/api/v1/business/hour").status, 404);
}

TEST_F(RouterTest, AggregatesAreFiltered) {
  const Response response = get("/api/v1/aggregates", "window=hour&brand=lumi");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body.find("kirkas"), std::string::npos);
  EXPECT_EQ(get("/api/v1/aggregates", "window=week").status, 404);
  EXPECT_EQ(get("/api/v1/aggregates", "brand=%").status, 400);
}

TEST_F(RouterTest, KpisAreFiltered) {
  const Response response = get("/api/v1/kpis", "window=hour&brand=lumi");
  EXPECT_EQ(response.status, 200);
  EXPECT_NE(response.body.find(R"("kpis":[])"), std::string::npos);
  EXPECT_EQ(get("/api/v1/kpis", "window=minute").status, 404);
  EXPECT_EQ(get("/api/v1/kpis", "metric=x").status, 400);
  EXPECT_EQ(post("/api/v1/kpis", "").status, 405);
}

TEST_F(RouterTest, IngestHandsOverLinesAndAnswersHowManyAreDurable) {
  const Response response = post("/api/v1/ingest/posts", "{\"a\":1}\r\n\n{\"b\":2}\n{\"c\":3}");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "{\"durable\":3}\n");
  EXPECT_EQ(ingest_.received, (std::vector<std::string>{"{\"a\":1}", "{\"b\":2}", "{\"c\":3}"}));
}

TEST_F(RouterTest, IngestNeverSaysDurableWhenItIsNot) {
  ingest_.code = IngestAnswer::Code::kUnavailable;
  const Response response = post("/api/v1/ingest/posts", "x\n");
  EXPECT_EQ(response.status, 503);
  EXPECT_NE(response.body.find("the disk is full"), std::string::npos);
  EXPECT_EQ(header(response, "Retry-After"), "1");
  ingest_.code = IngestAnswer::Code::kRefused;
  EXPECT_EQ(post("/api/v1/ingest/posts", "x\n").status, 400);
}

TEST_F(RouterTest, IngestRefusesWhatMakesNoSense) {
  EXPECT_EQ(post("/api/v1/ingest/nobody", "x\n").status, 404);
  EXPECT_EQ(post("/api/v1/ingest/", "x\n").status, 404);
  EXPECT_EQ(post("/api/v1/ingest/" + std::string(base::limits::kNameBytes + 1, 'a'), "x\n").status,
            404);
  EXPECT_EQ(post("/api/v1/ingest/posts", "").status, 400);
  EXPECT_EQ(post("/api/v1/ingest/posts", "\r\n\n\n").status, 400);
  EXPECT_EQ(get("/api/v1/ingest/posts").status, 405);
  Request large;
  large.method = "POST";
  large.path = "/api/v1/ingest/posts";
  large.body_too_large = true;
  EXPECT_EQ(router_.handle(large).status, 413);
}

TEST_F(RouterTest, EncodedBytesAreNotTakenForLines) {
  Request request;
  request.method = "POST";
  request.path = "/api/v1/ingest/posts";
  request.host = "localhost:8080";
  request.body = "\x1f\x8b\x08 not lines\n";
  for (const char* encoding : {"gzip", "zstd", "gzip, identity"}) {
    request.content_encoding = encoding;
    EXPECT_EQ(router_.handle(request).status, 415) << encoding;
  }
  EXPECT_TRUE(ingest_.received.empty());
  request.body = "{}\n";
  request.content_encoding = "identity";
  EXPECT_EQ(router_.handle(request).status, 200);
}

TEST_F(RouterTest, APageOfAnotherSiteCannotIngest) {
  EXPECT_EQ(post("/api/v1/ingest/posts", "x\n", "https://evil.example").status, 403);
  EXPECT_EQ(post("/api/v1/ingest/posts", "x\n", "null").status, 403);
  EXPECT_TRUE(ingest_.received.empty());
  EXPECT_EQ(post("/api/v1/ingest/posts", "x\n", "http://localhost:8080").status, 200);
}

TEST_F(RouterTest, AForeignHostNameIsRefusedOnTheLoopbackDevice) {
  Request request;
  request.method = "GET";
  request.path = "/api/v1/snapshot";
  request.host = "evil.example:8080";
  EXPECT_EQ(router_.handle(request).status, 403);
  request.path = "/livez";
  EXPECT_EQ(router_.handle(request).status, 200) << "probes come by any name";
  Router open({&snapshots_,
               [] { return std::string(); },
               [] {
                 return Health{true, ""};
               },
               [] {
                 return Health{true, ""};
               },
               nullptr,
               nullptr},
              false);
  request.path = "/api/v1/snapshot";
  EXPECT_EQ(open.handle(request).status, 200);
  request.path = "/api/v1/topics/x";
  EXPECT_EQ(open.handle(request).status, 404) << "no reader was wired";
}

TEST_F(RouterTest, ATopicIsReadAsLinesWithACursor) {
  const Response response = get("/api/v1/topics/kaiku.drinks-eu.kpi.v1", "limit=5");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "{\"a\":1}\n{\"a\":2}\n");
  EXPECT_EQ(response.content_type, "application/x-ndjson");
  EXPECT_EQ(topics_.asked, "kaiku.drinks-eu.kpi.v1|begin|5");
  EXPECT_EQ(header(response, "Kaiku-Next"), "0:2,1:0");
  EXPECT_EQ(get("/api/v1/topics/kaiku.drinks-eu.kpi.v1", "from=0:2,1:0").status, 200);
  EXPECT_EQ(topics_.asked, "kaiku.drinks-eu.kpi.v1|0:2,1:0|100");
}

TEST_F(RouterTest, HostileTopicRequestsAreRefused) {
  const std::string topic = "/api/v1/topics/kaiku.drinks-eu.kpi.v1";
  for (const char* query : {"limit=0",
                            "limit=1001",
                            "limit=-1",
                            "limit=1e3",
                            "limit=",
                            "limit=99999999999999999999",
                            "from=",
                            "from=a%0d%0ab",
                            "from=%00",
                            "from=0:99",
                            "from=a b",
                            "form=begin"}) {
    EXPECT_EQ(get(topic, query).status, 400) << query;
  }
  EXPECT_EQ(get(topic, "from=" + std::string(5'000, '1')).status, 400);
  for (const std::string_view name : {"", "..", "a/b", "a b", "\r\n", "unknown"}) {
    const int status = get("/api/v1/topics/" + std::string(name)).status;
    EXPECT_EQ(status, 404) << name;
  }
}

TEST_F(RouterTest, WrongMethodsAreToldWhatIsAllowed) {
  for (const char* path : {"/", "/metrics", "/livez", "/api/v1/snapshot", "/api/v1/topics/a"}) {
    const Response response = post(path, "x");
    EXPECT_EQ(response.status, 405) << path;
    EXPECT_EQ(header(response, "Allow"), "GET, HEAD") << path;
  }
}

TEST_F(RouterTest, AnExceptionOfAPortIsAnAnswerWithoutItsText) {
  const Response response = post("/api/v1/ingest/throws", "x\n");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
}

TEST_F(RouterTest, RandomRequestsAlwaysGetAnAnswer) {
  std::mt19937 random(7);
  const std::string_view parts[] = {"/",     "/api/v1/", "snapshot", "topics/", "ingest/", "..",
                                    "%00",   "\xff",     "?",        "=",       "window",  "&",
                                    "livez", "//",       "{}",       "from",    "\n",      "limit",
                                    "hour",  "posts",    "metrics",  "begin"};
  const std::string_view methods[] = {"GET", "HEAD", "POST", "PUT", "", "\xff", "OPTIONS"};
  for (int i = 0; i < 20'000; ++i) {
    std::string path;
    std::string query;
    for (auto n = random() % 6; n > 0; --n) {
      path += parts[random() % std::size(parts)];
    }
    for (auto n = random() % 6; n > 0; --n) {
      query += parts[random() % std::size(parts)];
    }
    Request request;
    request.method = methods[random() % std::size(methods)];
    request.path = path;
    request.query = query;
    request.host = query;
    if (random() % 2 == 0) {
      request.host = "localhost";
    }
    request.body = path;
    const Response response = router_.handle(request);
    ASSERT_GE(response.status, 200);
    ASSERT_LT(response.status, 600);
    for (const auto& [name, value] : response.headers) {
      ASSERT_EQ(value.find_first_of("\r\n"), std::string::npos) << path;
    }
    if (response.status >= 400 && response.content_type == "application/json") {
      ASSERT_TRUE(response.body.starts_with(R"({"error":{"code":")")) << response.body;
    }
  }
}

}  // namespace
}  // namespace kaiku::serve
