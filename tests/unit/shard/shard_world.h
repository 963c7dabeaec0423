// World: all shards of a plan and a router per source, with the exchange and the changelog as
// lists: what a worker and a log do, without them. Steps come in whatever order a test draws.
//
// Threads: confined to its test.
// Owns:    everything.
// Cost:    of no concern.
// Fails:   a failed status fails the test.
#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"
#include "kaiku/shard/routed_source.h"
#include "kaiku/shard/shard.h"
#include "kaiku/state/memory_store.h"

namespace kaiku::shard {

inline const base::EventTime kMonday = base::days_from_civil(2026, 3, 2) * base::kDay;

// A field of a record behind others; nothing where there is nothing to say.
inline std::string field(std::string_view name, std::string_view text) {
  return text.empty() ? "" : ",\"" + std::string(name) + "\":\"" + std::string(text) + "\"";
}

// A record without some of its fields that are texts or numbers: those that timing decides.
inline std::string without(std::string body, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const size_t at = body.find("\"" + std::string(name) + "\":");
    if (at != std::string::npos) {
      body.erase(at, body.find(',', at) + 1 - at);
    }
  }
  return body;
}

inline window::WindowSpec world_window(const char* name, int64_t size, int64_t final_after) {
  auto spec = window::WindowSpec::make(name, size, 0, "", final_after, 3'650 * base::kDay);
  EXPECT_TRUE(spec.has_value());
  return std::move(spec).value();
}

// Brands and channels as the records spell them, canonical records, days and hours.
inline Plan world_plan(uint32_t shards, const std::vector<std::string>& sources, bool bounded) {
  Plan plan;
  plan.name = "world";
  plan.shards = shards;
  plan.key = base::HashKey::derived_from("world");
  plan.fingerprint = 0x5eed;
  plan.open_brands = true;
  plan.channels = std::make_shared<const match::ChannelTable>(std::vector<match::Channel>{});
  auto board = std::make_shared<board::BoardPlan>();
  board->pipeline = "world";
  board->windows.push_back(world_window("day", base::kDay, plan.time.lateness_us));
  board->kpi_windows = {"day"};
  board->rates = std::make_shared<const money::Rates>(model::Currency{{'E', 'U', 'R', 0}});
  for (const std::string& name : sources) {
    SourcePlan source;
    source.name = name;
    source.mapping = parse::shipped_mapping("canonical");
    source.bounded = bounded;
    source.topic = plan.topics.add({name, log::TopicRole::kSource, 1, {}});
    plan.sources.push_back(std::move(source));
  }
  const auto count = static_cast<int32_t>(shards);
  plan.exchange = plan.topics.add({"exchange", log::TopicRole::kExchange, count, {}});
  plan.changelog = plan.topics.add({"changelog", log::TopicRole::kChangelog, count, {}});
  plan.outputs.activity = {plan.topics.add({"activity", log::TopicRole::kOutput, 1, {}})};
  plan.outputs.kpi = plan.topics.add({"kpi", log::TopicRole::kOutput, 1, {}});
  plan.outputs.late = plan.topics.add({"late", log::TopicRole::kOutput, 1, {}});
  plan.outputs.dead_letters = plan.topics.add({"dlq", log::TopicRole::kOutput, 1, {}});
  plan.outputs.outcomes = plan.topics.add({"outcomes", log::TopicRole::kOutput, 1, {}});
  plan.outputs.alerts = plan.topics.add({"alerts", log::TopicRole::kOutput, 1, {}});
  plan.board = std::move(board);
  return plan;
}

class World {
 public:
  explicit World(Plan plan)
      : plan_(std::move(plan)), exchange_(plan_.shards), changelog_(plan_.shards) {
    topology_.partitions.assign(plan_.sources.size(), 1);
    for (size_t i = 0; i < plan_.sources.size(); ++i) {
      parsers_.push_back(std::make_unique<parse::Parser>(plan_.sources[i].mapping));
      routers_.push_back(std::make_unique<RoutedSource>(plan_, i, 0));
    }
    seats_.resize(plan_.shards);
    for (uint32_t i = 0; i < plan_.shards; ++i) {
      open(i);
    }
  }

  void feed(size_t source, std::string_view value, base::EventTime timestamp = 0) {
    log::Record record;
    record.at = {plan_.sources[source].topic, 0};
    record.offset = routers_[source]->router().next_offset();
    record.timestamp = timestamp;
    record.has_value = true;
    record.value = value;
    routers_[source]->process(record, {parsers_[source].get(), nullptr});
  }

  // The source is idle, and nothing older will come.
  void tick(size_t source, base::EventTime time) { routers_[source]->router().tick(time); }

  // Another list of prices for all shards, and for those that are opened from then on.
  void adopt(std::shared_ptr<const money::Prices> prices) {
    prices_ = std::move(prices);
    for (Seat& seat : seats_) {
      const base::Status status = seat.shard->check(*prices_);
      ASSERT_TRUE(status.is_ok()) << status.message();
      seat.shard->adopt(prices_);
    }
  }

  void end(size_t source) { routers_[source]->router().end(); }

  // Something that may happen next: a router or a shard commits, a shard reads some of its exchange
  // partition, or loses what it had not committed.
  void stir(base::Prng& prng) {
    const auto shard = static_cast<uint32_t>(prng.below(plan_.shards));
    switch (prng.below(6)) {
      case 0:
        seal_router(prng.below(routers_.size()));
        break;
      case 1:
      case 2:
        read(shard, 1 + prng.below(6));
        break;
      case 3:
      case 4:
        commit(shard);
        break;
      default:
        if (prng.chance(1, 6)) {
          if (prng.chance(1, 3)) {
            give_up(shard);
          }
          prng.chance(1, 2) ? restart(shard) : rebuild(shard);
        }
        break;
    }
  }

  // Until nobody has anything to do.
  void settle() {
    for (int round = 0; round < 10'000; ++round) {
      bool is_quiet = true;
      for (size_t i = 0; i < routers_.size(); ++i) {
        if (routers_[i]->has_work()) {
          seal_router(i);
          is_quiet = false;
        }
      }
      for (uint32_t i = 0; i < plan_.shards; ++i) {
        is_quiet = read(i, ~size_t{0}) == 0 && is_quiet;
        is_quiet = !commit(i) && is_quiet;
      }
      if (is_quiet) {
        return;
      }
    }
    FAIL() << "the shards do not come to rest";
  }

  // All shards lose their disks.
  void rebuild_all() {
    for (uint32_t i = 0; i < plan_.shards; ++i) {
      rebuild(i);
    }
  }

  // The last value of every key of a topic, but for what may differ from run to run.
  [[nodiscard]] std::map<std::string, std::string> last(log::TopicId topic) const {
    const auto found = last_.find(topic);
    return found == last_.end() ? std::map<std::string, std::string>{} : found->second;
  }

  [[nodiscard]] const Plan& plan() const { return plan_; }

  [[nodiscard]] Shard& shard(uint32_t number) { return *seats_[number].shard; }

  [[nodiscard]] const state::Tables& tables(uint32_t number) const {
    return *seats_[number].tables;
  }

  [[nodiscard]] uint64_t revisions() const { return revisions_; }

  // Called with a shard that is about to be thrown away.
  void before_it_goes(std::function<void(const Shard&)> see) { see_ = std::move(see); }

 private:
  struct Seat {
    std::unique_ptr<state::MemoryStore> store = std::make_unique<state::MemoryStore>();
    std::unique_ptr<state::Tables> tables;
    std::unique_ptr<Shard> shard;
  };

  void open(uint32_t number) {
    Seat& seat = seats_[number];
    if (see_ && seat.shard != nullptr) {
      see_(*seat.shard);
    }
    seat.shard.reset();
    seat.tables = state::open_tables(*seat.store, "world", 1 << 12).value();
    ChangelogReader reader(*seat.tables);
    log::Record record;
    for (const std::string& value : changelog_[number]) {
      record.value = value;
      record.has_value = true;
      ASSERT_TRUE(reader.on_record(record)) << reader.status().message();
      ++record.offset;
    }
    seat.shard = std::make_unique<Shard>(plan_, topology_, number, *seat.tables);
    const base::Status status = seat.shard->load(prices_);
    ASSERT_TRUE(status.is_ok()) << status.message();
    seat.shard->advance();
  }

  // The epoch was sealed, and its transaction was not committed.
  void give_up(uint32_t number) {
    Shard& shard = *seats_[number].shard;
    shard.advance();
    if (shard.has_work()) {
      EXPECT_TRUE(shard.seal(false).has_value());
    }
  }

  void restart(uint32_t number) { open(number); }

  // The disk is lost: everything comes from the changelog.
  void rebuild(uint32_t number) {
    if (see_) {
      see_(*seats_[number].shard);
    }
    seats_[number].shard.reset();
    seats_[number].tables.reset();
    seats_[number].store = std::make_unique<state::MemoryStore>();
    open(number);
  }

  size_t read(uint32_t number, size_t most) {
    Shard& shard = *seats_[number].shard;
    const std::vector<std::string>& records = exchange_[number];
    size_t count = 0;
    for (; count < most; ++count) {
      const auto offset = static_cast<size_t>(shard.exchange_next());
      if (offset >= records.size()) {
        break;
      }
      log::Record record;
      record.at = {plan_.exchange, static_cast<int32_t>(number)};
      record.offset = static_cast<int64_t>(offset);
      record.has_value = true;
      record.value = records[offset];
      const base::Status status = shard.on_exchange(record);
      EXPECT_TRUE(status.is_ok()) << status.message();
    }
    return count;
  }

  bool commit(uint32_t number) {
    Shard& shard = *seats_[number].shard;
    shard.advance();
    if (!shard.has_work()) {
      return false;
    }
    auto sealed = shard.seal(false);
    EXPECT_TRUE(sealed.has_value());
    write(std::move(sealed->appends));
    const base::Status status = shard.committed(static_cast<int64_t>(changelog_[number].size()));
    EXPECT_TRUE(status.is_ok()) << status.message();
    return true;
  }

  void seal_router(size_t source) {
    std::vector<log::Append> appends;
    (void)routers_[source]->seal(appends);
    write(std::move(appends));
  }

  void write(std::vector<log::Append> appends) {
    for (log::Append& append : appends) {
      const auto partition = static_cast<size_t>(std::max(append.to.number, 0));
      if (append.to.topic == plan_.exchange) {
        exchange_[partition].push_back(std::move(append.value));
      } else if (append.to.topic == plan_.changelog) {
        changelog_[partition].push_back(std::move(append.value));
      } else {
        revisions_ += append.value.find("\"kind\":\"revision\"") != std::string::npos ? 1 : 0;
        last_[append.to.topic][append.key] = std::move(append.value);
      }
    }
  }

  Plan plan_;
  std::shared_ptr<const money::Prices> prices_;  // null: those of the plan
  Topology topology_;
  std::vector<std::unique_ptr<parse::Parser>> parsers_;
  std::vector<std::unique_ptr<RoutedSource>> routers_;
  std::vector<std::vector<std::string>> exchange_;
  std::vector<std::vector<std::string>> changelog_;
  std::vector<Seat> seats_;
  std::map<log::TopicId, std::map<std::string, std::string>> last_;
  uint64_t revisions_ = 0;
  std::function<void(const Shard&)> see_;
};

}  // namespace kaiku::shard
