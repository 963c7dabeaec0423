// Wiring: which concrete log and stores a plan runs on.
//
// Threads: made and dropped by main; the log factory is called from there too.
// Owns:    the state directory's stores and the embedded broker, or nothing but options for Kafka.
// Cost:    opens stores and asks for topics.
// Fails:   kCantCreate, kFenced, kDiskFull for the state directory; kUnavailable for broker and
// topics;
//          kConfig for a partition count that does not fit.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "kaiku/base/clock.h"
#include "kaiku/base/status.h"
#include "kaiku/runtime/engine.h"
#include "kaiku/shard/plan.h"
#include "kaiku/shard/topology.h"

namespace kaiku::local {
class Broker;
}

namespace kaiku::app {

// kLook makes no state: kNoInput where there is none.
enum class Use : uint8_t { kRun, kLook };

class Wiring {
 public:
  [[nodiscard]] static base::Result<std::unique_ptr<Wiring>> make(
      std::shared_ptr<const shard::Plan> plan, const base::Clock& clock, Use use = Use::kRun);
  Wiring(const Wiring&) = delete;
  Wiring& operator=(const Wiring&) = delete;
  ~Wiring();

  [[nodiscard]] runtime::LogFactory logs();
  // A log that reads and is no member of the group.
  [[nodiscard]] base::Result<std::unique_ptr<log::Log>> reader();
  [[nodiscard]] runtime::StorePool& stores();
  [[nodiscard]] const shard::Topology& topology() const;
  // Whether the disk of the state directory has room for what the engine is about to write. Below
  // that it has to stop before the stores refuse, which they do at their reserve.
  [[nodiscard]] bool has_room();
  // Null on Kafka.
  [[nodiscard]] local::Broker* broker();

 private:
  struct Impl;
  explicit Wiring(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A directory of the state, made when it is missing.
[[nodiscard]] base::Status make_directory(const std::string& path);

}  // namespace kaiku::app
