// LocalIngest and LocalTopics: what the server offers over the embedded log: lines in, topics out.
//
// Threads: called from the server's threads; the broker is safe for them, each call has a reader of
// its own. Owns:    nothing. Cost:    an append waits for the disk; a read copies what it answers.
// Fails:   by the codes of the ports.
#pragma once

#include <memory>

#include "kaiku/local/broker.h"
#include "kaiku/serve/ports.h"
#include "kaiku/shard/plan.h"

namespace kaiku::app {

class LocalIngest final : public serve::Ingest {
 public:
  LocalIngest(const shard::Plan& plan, local::Broker& broker) : plan_(plan), broker_(broker) {}

  [[nodiscard]] serve::IngestAnswer append(std::string_view source,
                                           const std::vector<std::string_view>& lines) override;

 private:
  const shard::Plan& plan_;
  local::Broker& broker_;
};

class LocalTopics final : public serve::TopicReader {
 public:
  LocalTopics(const shard::Plan& plan, local::Broker& broker) : plan_(plan), broker_(broker) {}

  // The cursor names the next offset of every partition: "12.0.7".
  [[nodiscard]] serve::TopicPage read(std::string_view topic,
                                      std::string_view from,
                                      size_t limit,
                                      size_t bytes) override;

 private:
  const shard::Plan& plan_;
  local::Broker& broker_;
};

// One line of a topic: an envelope, or the value alone where it is JSON already.
[[nodiscard]] std::string envelope_line(const log::Record& record);

}  // namespace kaiku::app
