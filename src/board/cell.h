// Cell: the figures of one brand, channel and type in one pane, and how the window that begins with
// that pane has been published. A tumbling window is its own only pane.
//
// Threads: confined to the board.
// Owns:    its figures.
// Cost:    about 500 bytes and what the sketches need.
// Fails:   never.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "kaiku/aggregate/aggregate.h"
#include "kaiku/base/event_time.h"
#include "kaiku/model/item.h"

#include "board/names.h"

namespace kaiku::board {

struct CellKey {
  base::EventTime start = 0;
  NameId brand = 0;
  NameId channel = 0;
  uint16_t window = 0;  // index in the plan
  model::ItemType type = model::ItemType::kMention;

  friend bool operator==(const CellKey&, const CellKey&) = default;
};

// All parts are small numbers of our own making or bounded times, so the hash needs no key.
struct CellKeyHash {
  using is_avalanching = void;

  size_t operator()(const CellKey& key) const noexcept {
    __extension__ using Wide = unsigned __int128;
    const uint64_t names = static_cast<uint64_t>(key.brand) << 32 | key.channel;
    const uint64_t kind = static_cast<uint64_t>(key.window) << 8 | static_cast<uint64_t>(key.type);
    const uint64_t place = static_cast<uint64_t>(key.start) ^ kind << 40 ^ 0x9e3779b97f4a7c15ULL;
    const Wide product =
        static_cast<Wide>(place) * (names * 0xbf58476d1ce4e5b9ULL + 0x94d049bb133111ebULL);
    return static_cast<size_t>(static_cast<uint64_t>(product) ^
                               static_cast<uint64_t>(product >> 64));
  }
};

// Numbers on disk: never reuse one.
enum class Stage : uint8_t { kNone = 0, kEarly = 1, kFinal = 2, kRevision = 3 };

struct Bucket;

struct Cell {
  CellKey key;
  Bucket* bucket = nullptr;
  aggregate::Aggregate figures;  // of the pane
  size_t bytes = 0;              // as last accounted
  uint64_t touched = 0;          // the seal that last wrote it
  uint64_t corrected_by = 0;     // the seal that last corrected the sum of its panes
  uint32_t revision = 0;
  uint32_t told_people = 0;  // at least so many were in the figures that were told last
  Stage stage = Stage::kNone;
  bool is_withheld = false;  // with min_cell: see small_cells.h
  bool is_row_withheld = false;
  bool is_table_withheld = false;
  bool is_held = false;  // closed and changed, but not told: too few people
  bool dirty = false;    // changed since the last seal
  bool pending = false;  // changed since it was last published
};

// The cells of one window name that begin at one time.
struct Bucket {
  base::EventTime start = 0;
  base::EventTime end = 0;   // of the window
  uint64_t closed_by = 0;    // the seal that closed it; 0: open
  size_t keys = 0;           // cells, those in the tables only included
  bool has_pane = false;     // the windows its pane belongs to have their buckets
  std::vector<Cell*> cells;  // in memory

  [[nodiscard]] bool is_closed() const { return closed_by != 0; }

  // Keys of its cells, wherever they are: where records are made of several of them.
  void add_key(const CellKey& key) {
    by_brand_.push_back(key);
    is_sorted_ = false;
  }

  [[nodiscard]] std::span<const CellKey> keys_of(NameId brand) {
    const auto before = [](const CellKey& a, const CellKey& b) {
      return std::tie(a.brand, a.channel, a.type) < std::tie(b.brand, b.channel, b.type);
    };
    if (!is_sorted_) {
      std::sort(by_brand_.begin(), by_brand_.end(), before);
      is_sorted_ = true;
    }
    const auto range =
        std::equal_range(by_brand_.begin(),
                         by_brand_.end(),
                         CellKey{0, brand, 0, 0, {}},
                         [](const auto& a, const auto& b) { return a.brand < b.brand; });
    return {range.first, range.second};
  }

 private:
  std::vector<CellKey> by_brand_;
  bool is_sorted_ = true;
};

}  // namespace kaiku::board
