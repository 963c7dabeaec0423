// Server: the one port of a running pipeline: metrics, probes, the API and the page.
//
// Threads: start() and stop() from one thread; requests run on a few threads of its own.
// Owns:    the listening socket and its threads.
// Cost:    idle until asked. The JSON of a snapshot is made once per snapshot and window.
// Fails:   start() stops with Exit::kUnavailable when the address cannot be bound, Exit::kConfig
// when it
//          makes no sense. A request never ends the process: errors are answered as
//          {"error":{"code":...,"message":...}}.
// Format:  HTTP/1.1, one request per connection.
//            GET  /metrics                        Prometheus text format
//            GET  /livez, /readyz                 200 or 503 with one line of text
//            GET  /api/v1/snapshot?window=        what the page shows of operations; ETag. With
//            cells=none without cells and KPIs
//            GET  /api/v1/business?window=        and for business: answers, values, alerts; ETag
//            GET  /api/v1/aggregates?window=&brand=   cells of the open and last closed windows
//            POST /api/v1/ingest/<source>         lines as they are (415 for a Content-Encoding);
//            200 {"durable":n} only when they are durable
//            GET  /api/v1/topics/<topic>?from=&limit= JSON lines; header Kaiku-Next goes on
//            from there GET  /                               the page
//          HEAD works wherever GET does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "kaiku/base/status.h"
#include "kaiku/serve/ports.h"
#include "kaiku/serve/snapshot.h"

namespace kaiku::serve {

struct ServerOptions {
  std::string listen = "127.0.0.1:8080";  // address:port, [v6]:port; port 0 takes a free one
  unsigned threads = 8;
  size_t body_bytes = size_t{8} << 20;
  unsigned request_timeout_ms = 10'000;
};

struct ServerPorts {
  const SnapshotSource* snapshots = nullptr;  // needed
  MetricsText metrics;                        // needed
  Probe live;                     // needed; progress within 60 s, never a look at brokers
  Probe ready;                    // needed
  Ingest* ingest = nullptr;       // nullptr: 404
  TopicReader* topics = nullptr;  // nullptr: 404
};

class Server {
 public:
  [[nodiscard]] static base::Result<std::unique_ptr<Server>> start(ServerOptions options,
                                                                   ServerPorts ports);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();  // stops

  [[nodiscard]] uint16_t port() const;
  // "http://127.0.0.1:8080"
  [[nodiscard]] std::string url() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kaiku::serve
