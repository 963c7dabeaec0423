// ActivityCounts: what the shards of a worker did since the process started, as labelled numbers.
// It outlives the shards, so that a counter never goes back when one is given away or opened anew.
//
// Threads: a value.
// Owns:    its labels.
// Cost:    a copy of every label; merge_equal() sorts.
// Fails:   never.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "kaiku/board/board.h"
#include "kaiku/model/item.h"
#include "kaiku/shard/activity_book.h"

namespace kaiku::runtime {

struct ActivityCounts {
  struct Items {
    std::string brand;
    std::string channel;
    model::ItemType type = model::ItemType::kMention;
    model::Relation relation = model::Relation::kOriginal;
    uint64_t count = 0;

    [[nodiscard]] auto labels() const { return std::tie(brand, channel, type, relation); }

    void add(const Items& other) { count += other.count; }
  };

  struct Conversations {
    std::string brand;
    std::string channel;
    shard::ConversationCounts counts;

    [[nodiscard]] auto labels() const { return std::tie(brand, channel); }

    void add(const Conversations& other) { counts.add(other.counts); }
  };

  struct Step {
    std::string brand;
    std::string campaign;
    std::string step;
    uint64_t count = 0;

    [[nodiscard]] auto labels() const { return std::tie(brand, campaign, step); }

    void add(const Step& other) { count += other.count; }
  };

  // Interruptions that were avoided.
  struct Saved {
    std::string brand;
    std::string channel;
    uint64_t us = 0;

    [[nodiscard]] auto labels() const { return std::tie(brand, channel); }

    void add(const Saved& other) { us += other.us; }
  };

  std::vector<Items> items;
  std::vector<Conversations> conversations;
  std::vector<Step> steps;  // of all campaigns, those included that nobody has done
  std::vector<Saved> saved;

  // What comes twice is there twice until merge_equal().
  void add(const shard::ActivityBook& book, std::span<const board::Campaign> campaigns);
  void add(const ActivityCounts& other);
  // One number per label, sorted by it.
  void merge_equal();
};

}  // namespace kaiku::runtime
