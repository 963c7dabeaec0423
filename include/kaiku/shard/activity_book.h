// ActivityBook: what a shard did since it was opened, by labels that stay bounded: the food of
// counters.
//
// Threads: confined to the shard's worker.
// Owns:    its counts, and the names of places of conversations.
// Cost:    a hash probe per changed cell; per fact of a conversation a lookup among its places; per
//          record of a campaign one among the campaigns. A commit goes through what its epoch did.
// Fails:   never. Past limits::kCellsPerWindow places of conversations a new one is `_other`.
//
// What an epoch did counts when it was committed: one that is given up and redone counts once, and
// what is read back from store or changelog does not count at all. Nothing is ever taken back.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kaiku/aggregate/aggregate.h"
#include "kaiku/base/flat_map.h"
#include "kaiku/board/board.h"
#include "kaiku/conversation/conversation_book.h"
#include "kaiku/exchange/delta_key.h"
#include "kaiku/model/wait_counts.h"

namespace kaiku::shard {

// Items of one brand, channel and type. Names live as long as those of the deltas.
struct Activity {
  model::ItemType type = model::ItemType::kMention;
  std::string_view brand;
  std::string_view channel;
  std::array<int64_t, model::kRelations> by_relation{};
};

struct ConversationCounts {
  static constexpr size_t kTypes = static_cast<size_t>(model::ItemType::kControl) + 1;

  struct Judged {
    uint64_t met = 0;
    uint64_t breached = 0;
  };

  std::array<uint64_t, aggregate::kAnsweredBy> answered{};
  std::array<Judged, kTypes> sla{};  // by type
  uint64_t deflected = 0;
  model::WaitCounts first_response_public;
  model::WaitCounts first_response_private;
  model::WaitCounts resolution;

  void count(const conversation::Fact& fact);
  void add(const ConversationCounts& other);
};

// Conversations of one brand and channel.
struct ConversationActivity {
  std::string brand;
  std::string channel;
  ConversationCounts counts;
};

class ActivityBook {
 public:
  // `campaigns` have to outlive it.
  explicit ActivityBook(std::span<const board::Campaign> campaigns = {});

  // `cell`: the same number for the same brand, channel and type.
  void count_items(uint64_t cell,
                   const exchange::DeltaKey& key,
                   const std::array<int64_t, model::kRelations>& by_relation);
  void count(const conversation::Fact& fact);
  // What one record changed of a campaign's cells, in as many parts as it likes: what it adds to a
  // step in the end is counted at settle().
  void change_steps(std::string_view cells,
                    std::string_view channel,
                    const board::MeasureCounts& before,
                    const board::MeasureCounts& after);
  void settle();
  // Of a day that closed.
  void count(const board::SavedTime& saved);

  // What was counted since the last call is what the epoch did.
  void seal();
  // The epoch that was sealed last is committed.
  void commit();

  // Of what was committed.
  [[nodiscard]] const std::vector<Activity>& items() const { return items_; }

  [[nodiscard]] const std::vector<ConversationActivity>& conversations() const {
    return conversations_;
  }

  // By campaign of the plan and its step.
  [[nodiscard]] const std::vector<std::vector<uint64_t>>& steps() const { return steps_; }

  // By brand and channel, in microseconds.
  [[nodiscard]] const std::map<std::pair<std::string, std::string>, uint64_t>& saved() const {
    return saved_;
  }

 private:
  struct ItemChange {
    uint32_t at = 0;
    std::array<int64_t, model::kRelations> by_relation{};
  };

  // Of the place `at`; the names in it are of no meaning.
  struct FactChange {
    uint32_t at = 0;
    conversation::Fact fact;
  };

  struct StepChange {
    uint32_t campaign = 0;
    uint32_t step = 0;
    int64_t by = 0;
  };

  struct Changes {
    std::vector<ItemChange> items;
    std::vector<FactChange> facts;
    std::vector<StepChange> steps;
    std::vector<board::SavedTime> saved;

    void append(Changes&& later);
    void clear();
  };

  [[nodiscard]] uint32_t place_of(std::string_view brand, std::string_view channel);

  std::span<const board::Campaign> campaigns_;
  std::map<std::string_view, uint32_t> campaign_index_;  // by its cells
  base::FlatMap<uint64_t, uint32_t> item_index_;
  std::map<std::pair<std::string, std::string>, uint32_t> place_index_;
  std::vector<Activity> items_;
  std::vector<ConversationActivity> conversations_;
  std::vector<std::vector<uint64_t>> steps_;
  std::map<std::pair<std::string, std::string>, uint64_t> saved_;
  std::vector<StepChange> unsettled_;  // of the record at hand
  Changes open_;
  Changes sealed_;
};

}  // namespace kaiku::shard
