// Ports: what the server needs from the process it shows. The program wires them; serve knows no
// engine.
//
// Threads: called from the server's threads, several at a time.
// Owns:    nothing; implementations must outlive the server.
// Cost:    a request waits for the port it asks.
// Fails:   by the codes below. An exception becomes a 500 without its text.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kaiku::serve {

struct IngestAnswer {
  enum class Code : uint8_t {
    kDurable,        // all lines are in the log and survive kill -9
    kUnknownSource,  // no such source, or it takes no lines
    kRefused,        // lines this source can never take
    kUnavailable,    // not now: starting, draining, disk full, commit failed. Nothing or all was
                     // taken.
  };
  Code code = Code::kUnavailable;
  uint64_t lines = 0;
  std::string message;
};

class Ingest {
 public:
  Ingest() = default;
  Ingest(const Ingest&) = delete;
  Ingest& operator=(const Ingest&) = delete;
  virtual ~Ingest() = default;

  // Returns when the lines are durable, or not. Lines are without their end, none is empty.
  [[nodiscard]] virtual IngestAnswer append(std::string_view source,
                                            const std::vector<std::string_view>& lines) = 0;
};

struct TopicPage {
  enum class Code : uint8_t { kOk, kUnknownTopic, kBadCursor, kUnavailable };
  Code code = Code::kUnavailable;
  std::vector<std::string> lines;  // one JSON object each, without line end
  std::string next;                // the cursor to go on with
  std::string message;
};

class TopicReader {
 public:
  TopicReader() = default;
  TopicReader(const TopicReader&) = delete;
  TopicReader& operator=(const TopicReader&) = delete;
  virtual ~TopicReader() = default;

  // `from`: "begin", "end", or the `next` of an earlier page: at most 4,096 of [A-Za-z0-9,.:_-].
  // Returns what is there without waiting for more; at most `limit` lines and about `bytes` bytes.
  [[nodiscard]] virtual TopicPage read(std::string_view topic,
                                       std::string_view from,
                                       size_t limit,
                                       size_t bytes) = 0;
};

struct Health {
  bool ok = false;
  std::string text;  // one line: why not, or "ok"
};

using Probe = std::function<Health()>;

// The whole scrape, in the Prometheus text format.
using MetricsText = std::function<std::string()>;

}  // namespace kaiku::serve
