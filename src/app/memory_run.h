// MemoryRun: one pass of a pipeline over records in memory: the engine of `run` over the embedded
// log without a disk, from the first record to the end of every source.
//
// Threads: confined to its user; run() blocks and has one worker.
// Owns:    broker, stores and what was published, until it goes.
// Cost:    all records are held in memory until they are read; some 0.1 s to come to rest.
// Fails:   kConfig when topics do not fit, kBadData when a worker met a problem; a ledger that does
//          not balance is no failure of run().
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/clock.h"
#include "kaiku/base/status.h"
#include "kaiku/local/broker.h"
#include "kaiku/log/log.h"
#include "kaiku/shard/ledger.h"
#include "kaiku/shard/plan.h"
#include "kaiku/state/store.h"

namespace kaiku::app {

struct SourceShape {
  int32_t partitions = 1;  // a direct source has as many as the plan has shards
  bool has_times = false;  // of the records in their topic: judged as unbounded
};

// What stands between the engine and its log and stores: tests put faults there. Null: nothing.
struct RunPorts {
  std::function<std::unique_ptr<log::Log>(std::unique_ptr<log::Log>)> log;
  std::function<std::unique_ptr<state::Store>(std::unique_ptr<state::Store>)> store;
};

class MemoryRun {
 public:
  // `shapes` by source of the plan.
  [[nodiscard]] static base::Result<std::unique_ptr<MemoryRun>> make(
      const shard::Plan& plan,
      std::vector<SourceShape> shapes,
      const base::Clock& clock,
      RunPorts ports = {});
  MemoryRun(const MemoryRun&) = delete;
  MemoryRun& operator=(const MemoryRun&) = delete;
  ~MemoryRun();

  [[nodiscard]] int32_t partitions(size_t source) const;
  [[nodiscard]] base::Status append(size_t source, std::span<const local::NewRecord> records);
  // Once, after the last append().
  [[nodiscard]] base::Status run();
  // Of what was published, after run().
  [[nodiscard]] base::Result<std::unique_ptr<log::Log>> reader();

  // The sources as they were judged.
  [[nodiscard]] const shard::Plan& plan() const;
  [[nodiscard]] const shard::Ledger& ledger() const;
  [[nodiscard]] std::string ledger_json() const;
  // One scrape of what the run counted and shows in the end, after run().
  [[nodiscard]] std::string metrics() const;

 private:
  struct Impl;
  explicit MemoryRun(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The partition of a record that names none: by its key, else by the identity of its first item.
class RecordPlace {
 public:
  RecordPlace(const shard::SourcePlan& source, int32_t partitions);
  RecordPlace(const RecordPlace&) = delete;
  RecordPlace& operator=(const RecordPlace&) = delete;
  ~RecordPlace();

  [[nodiscard]] int32_t of(std::optional<std::string_view> key, std::string_view value);

 private:
  class FirstIdentity;
  std::unique_ptr<FirstIdentity> identity_;
  int32_t partitions_;
};

}  // namespace kaiku::app
