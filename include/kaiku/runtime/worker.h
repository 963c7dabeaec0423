// Worker: one member of the group with the shards and routers the group gave it, driven turn by
// turn. It carries out what the commit cycle says and holds no rules of its own.
//
// Threads: confined to one thread; request_stop() may be called from any.
// Owns:    its log, routers and shards; plan, clock and pool are borrowed.
// Cost:    one poll and one pass over its records a turn.
// Fails:   turn() answers kStop when an operator has to act. A shard that cannot go on is left out
// and
//          named in the view; its neighbours go on.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kaiku/base/clock.h"
#include "kaiku/base/flat_map.h"
#include "kaiku/journey/key_book.h"
#include "kaiku/log/log.h"
#include "kaiku/metrics/worker_counters.h"
#include "kaiku/money/prices.h"
#include "kaiku/money/rates.h"
#include "kaiku/runtime/router_states.h"
#include "kaiku/runtime/store_pool.h"
#include "kaiku/runtime/worker_view.h"
#include "kaiku/shard/commit_cycle.h"
#include "kaiku/shard/plan.h"
#include "kaiku/shard/routed_source.h"
#include "kaiku/shard/shard.h"

namespace kaiku::runtime {

struct WorkerOptions {
  uint32_t number = 0;
  // Unbounded sources end where the log ends (replay): their watermark becomes infinite there.
  bool sources_end = false;
  // Commit as soon as nothing more is there to read, instead of at the next interval.
  bool commit_when_idle = false;
  // Publish open cells before they are closed.
  bool publish_early = true;
  size_t poll_records = 10'000;
  // A store is behind its changelog by this much at most.
  size_t fold_bytes = state::kFoldBytes;
  shard::Mutations mutations;
  // Converts local times of mappings; null: UTC only.
  std::shared_ptr<const parse::ZoneResolver> zones;
  metrics::WorkerCounters* counters = nullptr;
  // Is there room for more state? As long as there is not, nothing is read and nothing is
  // committed. Null: there always is.
  std::function<bool()> has_room;
  // The table of exchange rates as it is now; shards adopt another one between two epochs. Null, or
  // an answer of null: that of the plan.
  std::function<std::shared_ptr<const money::Rates>()> rates;
  // Likewise of prices. A list that changes what held already is refused with a warning.
  std::function<std::shared_ptr<const money::Prices>()> prices;
};

class Worker {
 public:
  Worker(std::shared_ptr<const shard::Plan> plan,
         shard::Topology topology,
         std::unique_ptr<log::Log> log,
         StorePool& stores,
         const base::Clock& clock,
         WorkerOptions options);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  // Drops what is open, as a crash would.
  ~Worker();

  // Waits for events at most `wait_us`, processes them, commits when due.
  [[nodiscard]] base::Status turn(int64_t wait_us);

  // From now on nothing new is read; turn() commits what is open, leaves the group and is_stopped()
  // holds.
  void request_stop() { stop_requested_.store(true, std::memory_order_relaxed); }

  [[nodiscard]] bool is_stopped() const { return stopped_; }

  // Everything assigned was read to its end, nothing is open. Asks the log, so not every turn.
  [[nodiscard]] bool is_quiet();

  [[nodiscard]] bool has_assignment() const { return term_ != 0; }

  // How many partitions it reads now, those of the exchange included.
  [[nodiscard]] size_t partitions() const { return readers_.size(); }

  [[nodiscard]] WorkerView view() const;

  // Turns that did something: the watchdog's and the idle check's food.
  [[nodiscard]] uint64_t progress() const { return progress_; }

  [[nodiscard]] shard::CommitCycle::State state() const { return cycle_.state(); }

 private:
  using Cycle = shard::CommitCycle;

  // Who gets the records of a partition.
  struct Reader {
    shard::Shard* shard = nullptr;  // exchange or direct
    shard::RoutedSource* routed = nullptr;
    size_t source = 0;
    bool is_exchange = false;
    int64_t end = -1;         // the reader stood at the log's end here
    int64_t idle_since = -1;  // monotonic, while it stands there
    // Since when there was no item, and how many there had been: a sign of life is none.
    int64_t quiet_since = -1;
    uint64_t items_heard = 0;
  };

  struct Held {
    std::unique_ptr<state::Tables> tables;
    std::unique_ptr<shard::Shard> shard;
    base::EventTime committed_at = base::kNoTime;
    std::vector<base::EventTime> closed_through;  // per window, as of its last commit
    conversation::ThreadCounts counted_threads;
    journey::KeyCounts counted_keys;  // what the counters have of the shard's
    journey::OpeningCounts counted_openings;
    board::BoardCounts counted_board;     // likewise
    signal::BoundCounts counted_signals;  // likewise
    uint64_t counted_left_out = 0;        // likewise
    uint64_t counted_retroactive = 0;     // likewise
  };

  struct Sealed {
    uint32_t shard = 0;
    size_t changelog_append = 0;  // index of its header in the transaction
    uint64_t epoch = 0;
    std::vector<std::array<uint64_t, board::kKinds>> results;
    std::array<uint64_t, board::kDatasets> datasets{};
    uint64_t outcomes = 0;
    uint64_t alerts = 0;
    std::array<uint64_t, 3> erasures{};
  };

  [[nodiscard]] base::Status handle(log::Event& event);
  // Stops reading when the disk is about to be full, goes on when there is room again.
  [[nodiscard]] base::Status watch_room();
  [[nodiscard]] base::Status act(Cycle::Action action);
  void process(const log::Records& records);
  void on_end(const log::End& end);
  [[nodiscard]] int64_t expected_offset(const Reader& reader) const;
  void tick_idle(int64_t now_us);
  [[nodiscard]] base::Status maybe_commit();
  void adopt_rates();
  void adopt_prices();
  // That it values with now: those of the plan, or those it adopted since.
  [[nodiscard]] const std::shared_ptr<const money::Prices>& prices() const;
  [[nodiscard]] bool has_work();
  [[nodiscard]] bool has_uncommitted();
  [[nodiscard]] bool is_early_due() const;
  [[nodiscard]] size_t pending_bytes() const;
  void seal_router(std::pair<size_t, int32_t> at,
                   shard::RoutedSource& routed,
                   log::Transaction& transaction);
  void seal_idle_routers(log::Transaction& transaction);
  [[nodiscard]] base::Status submit();
  [[nodiscard]] base::Status apply(const std::vector<int64_t>& first_offsets);
  [[nodiscard]] base::Status resolve();
  [[nodiscard]] base::Status restore();
  [[nodiscard]] base::Status follow_growth();
  [[nodiscard]] base::Status open_shard(uint32_t number);
  [[nodiscard]] bool is_waiting_for_room(const base::Status& status) const;
  [[nodiscard]] base::Status open_waiting();
  [[nodiscard]] base::Status open_routed(size_t source, int32_t partition);
  // What the changelog says of a router whose offset the group does not know; nothing: it is new.
  [[nodiscard]] base::Result<std::optional<std::string>> recorded_router(size_t source,
                                                                         int32_t partition);
  [[nodiscard]] base::Status start_reading();
  [[nodiscard]] bool owns_all_of(uint32_t shard) const;
  void fail_shard(uint32_t number, const base::Status& status);
  // Nothing of it is held any more, its store is opened anew by who takes it next.
  void put_away(uint32_t number);
  // The log has what its store had no room for: it is opened again until it has.
  void reopen_later(uint32_t number, const base::Status& status);
  // Brings the stores up to what is committed, as far as they can be written.
  void flush_stores();
  // What it did goes on to be shown; with min_cell nothing of it is.
  void keep_activity(const shard::Shard& shard, ActivityCounts& counts) const;
  void drop();
  void note_commit(const char* step) const;
  [[nodiscard]] shard::Router::Tools tools(size_t source);
  [[nodiscard]] static uint64_t key_of(log::Partition at);
  // What the ledgers of the open routers and shards gained since the last call.
  void count_progress();
  // What a shard's epoch published, now that it is committed.
  void count_results(const Sealed& sealed, Held& held);
  // How old the newest events are that were just committed.
  void count_event_time_lag();
  // The time since the last call went into `activity`.
  void spent(metrics::Activity activity);
  [[nodiscard]] shard::Ledger ledger() const;

  std::shared_ptr<const shard::Plan> plan_;
  shard::Topology topology_;
  std::unique_ptr<log::Log> log_;
  StorePool& stores_;
  const base::Clock& clock_;
  WorkerOptions options_;

  std::vector<std::unique_ptr<parse::Parser>> parsers_;  // per source
  std::unique_ptr<match::BrandMatcher::Scratch> scratch_;
  std::shared_ptr<const money::Rates> rates_;    // adopted last; null: those of the plan
  std::shared_ptr<const money::Prices> prices_;  // likewise
  std::shared_ptr<const money::Prices> refused_prices_;
  std::unique_ptr<match::BrandMatcher::Scratch> topic_scratch_;  // null: the plan has no topics

  Cycle cycle_;
  uint64_t term_ = 0;
  std::vector<log::Partition> assignment_;
  std::vector<uint32_t> to_open_;  // shards that wait for their store or for the changelog
  std::vector<std::pair<size_t, int32_t>>
      to_route_;                // routers whose offsets could not be asked yet
  bool start_pending_ = false;  // reading could not be started yet
  bool has_opened_ = false;     // some shard: a full disk is not one at the start
  bool is_full_ = false;        // no room: nothing is read
  int64_t room_asked_us_ = 0;
  std::map<uint32_t, Held> shards_;
  ActivityCounts gone_;  // of shards that are not held any more
  std::map<uint32_t, std::string> failed_;
  std::map<std::pair<size_t, int32_t>, std::unique_ptr<shard::RoutedSource>> routed_;
  std::map<std::pair<size_t, int32_t>, int64_t> recorded_us_;  // when their state was written last
  std::map<int32_t, std::unique_ptr<RouterStates>> router_states_;  // read while restoring
  base::FlatMap<uint64_t, Reader> readers_;

  std::optional<log::Ticket> ticket_;
  log::OffsetCommit probe_;
  std::vector<Sealed> sealed_;
  int64_t last_commit_us_ = 0;
  int64_t last_early_us_ = 0;
  int64_t last_flush_us_ = 0;
  int64_t sealed_at_us_ = 0;
  bool sealed_early_ = false;
  bool got_records_ = false;
  std::atomic<bool> stop_requested_{false};
  bool stopped_ = false;
  std::optional<WorkerView> last_view_;  // of a clean stop: what was committed
  uint64_t progress_ = 0;
  uint64_t readings_ = 0;  // how often the reading set was replaced
  WorkerCounts counts_;
  WorkerCounts counted_;  // what the counters have of counts_
  shard::Ledger counted_ledger_;
  std::map<std::pair<size_t, int32_t>, int64_t> counted_offsets_;  // per source partition
  int64_t spent_until_us_ = 0;
};

}  // namespace kaiku::runtime
