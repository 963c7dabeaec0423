// SimDisk and SimStore: the store port over a disk that outlives the process and may lose what was
// not synced.
//
// Threads: one.
// Owns:    SimDisk the content; a SimStore borrows it, one at a time.
// Cost:    two balanced trees.
// Fails:   as it is told to; a process that is dead gets kStop and writes nothing.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kaiku/base/prng.h"
#include "kaiku/state/store.h"

#include "sim/sim_process.h"

namespace kaiku::sim {

class SimDisk {
 public:
  using Content = std::map<std::string, std::string, std::less<>>;

  enum class Crash : uint8_t {
    kProcess,  // everything written stays
    kPower,  // a suffix of the batches since the last sync is gone, by the seed: so does a kill -9
             // where the store has no write-ahead log
    kDisk,   // everything is gone
  };

  void write(const state::WriteBatch& batch, bool sync);
  void wipe();
  void crash(Crash kind, base::Prng& prng);
  // One of the three, the last seldom.
  Crash crash(base::Prng& prng);

  // The next `count` writes fail: a full disk.
  void fail_writes(uint64_t count) { failing_writes_ = count; }

  [[nodiscard]] bool take_failure() { return failing_writes_ > 0 && failing_writes_-- > 0; }

  [[nodiscard]] const Content& content() const { return content_; }

  [[nodiscard]] size_t unsynced() const { return unsynced_.size(); }

 private:
  static void apply(const state::WriteBatch& batch, Content& content);

  Content content_;
  Content synced_;
  std::vector<state::WriteBatch> unsynced_;
  uint64_t failing_writes_ = 0;
};

class SimStore final : public state::Store {
 public:
  SimStore(SimDisk& disk, SimProcess& process) : disk_(disk), process_(process) {}

  [[nodiscard]] base::Result<std::optional<std::string>> get(std::string_view key) const override;
  [[nodiscard]] base::Status scan(std::string_view begin,
                                  std::string_view end,
                                  const Visit& visit) const override;
  [[nodiscard]] base::Status write(const state::WriteBatch& batch, bool sync) override;
  [[nodiscard]] base::Status wipe() override;

 private:
  [[nodiscard]] base::Status call() const;

  SimDisk& disk_;
  SimProcess& process_;
};

}  // namespace kaiku::sim
