// Router: from a request to its answer, without a socket in sight.
//
// Threads: any, several at a time.
// Owns:    the JSON of the latest snapshot, one text per path and window that were asked for.
// Cost:    a comparison per route; a snapshot is written once and then copied.
// Fails:   never throws; see ServerPorts for what ports may do.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "kaiku/serve/server.h"

#include "message.h"

namespace kaiku::serve {

class Router {
 public:
  // `local_only`: the server listens on the loopback device, so a request for another host name was
  // sent here by a page that made a browser believe so.
  Router(ServerPorts ports, bool local_only) : ports_(std::move(ports)), local_only_(local_only) {}

  [[nodiscard]] Response handle(const Request& request);

  // True if a body of this request will be looked at.
  [[nodiscard]] static bool takes_body(std::string_view method, std::string_view path);

 private:
  struct Cached {
    std::shared_ptr<const Snapshot> of;
    std::string body;
    std::string etag;
  };

  [[nodiscard]] Response route(const Request& request);
  [[nodiscard]] Response api(const Request& request);
  [[nodiscard]] Response metrics() const;
  [[nodiscard]] Response snapshot(const Request& request, std::string_view path);
  [[nodiscard]] Response aggregates(const Request& request) const;
  [[nodiscard]] Response kpis(const Request& request) const;
  [[nodiscard]] Response ingest(const Request& request) const;
  [[nodiscard]] Response topic(const Request& request) const;

  ServerPorts ports_;
  bool local_only_;
  std::mutex mutex_;
  std::map<std::pair<std::string_view, std::string>, Cached> cache_;  // by path and window
};

}  // namespace kaiku::serve
