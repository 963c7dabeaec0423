// TruthBook keeps the true figures of a workload: it is told the fact behind each record as the
// record leaves, and decides by the rules alone.
//
// Threads: confined to its user.
// Owns:    its cells and the state of every fact that may still be told of.
// Cost:    some 100 ns a record.
// Fails:   never.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "kaiku/base/flat_map.h"
#include "kaiku/generate/options.h"
#include "kaiku/generate/truth.h"
#include "kaiku/generate/workload.h"
#include "kaiku/model/outcome.h"

#include "generate/burst_truth.h"
#include "generate/conversation_truth.h"
#include "generate/fact.h"
#include "generate/journey_truth.h"

namespace kaiku::generate {

class TruthBook {
 public:
  TruthBook(const Options& options, const std::vector<Brand>& brands);

  // A new fact takes over the slot of one that nothing is left to be told of.
  void open_slot(uint32_t slot);

  void take_post(const Post& post, const Delivery& delivery);
  void take_deal(const Deal& deal, const Delivery& delivery);
  void take_broken(const Delivery& delivery);
  // Counters of a post that was never told of.
  void take_unknown(const Delivery& delivery);

  [[nodiscard]] Truth truth(const std::string& rates_csv) const;

 private:
  // One at the counters of a post.
  struct Look {
    base::EventTime at = base::kTimeBegin;
    uint8_t revision = 0;
  };

  // What is known of a post from the records so far.
  struct PostState {
    bool created = false;
    bool deleted = false;
    uint8_t connectors = 0;  // a bit per connector whose create was taken
    uint32_t versions = 0;   // a bit per edit that was taken
    model::Sentiment label = model::Sentiment::kNone;
    base::EventTime label_at = base::kTimeBegin;
    std::vector<Look> looks;  // by time
  };

  struct DealState {
    Deal deal;                       // in force
    std::vector<uint32_t> versions;  // that came

    [[nodiscard]] bool is_known() const { return !versions.empty(); }
  };

  struct MinuteCell {
    Figures figures;
    std::vector<uint32_t> authors;  // with repetitions
  };

  enum class Timing : uint8_t { kGood, kLate, kTooOld, kFuture };

  struct Times {
    base::EventTime occurred_at = 0;
    base::EventTime operation_at = 0;
    bool is_create = false;
    bool never_late = false;
  };

  // Judges by the partition's watermark before the record, then moves it.
  [[nodiscard]] Timing judge(const Delivery& delivery, const Times& times);
  [[nodiscard]] bool refuse(const Delivery& delivery, const Times& times);
  [[nodiscard]] Outcomes& outcomes(const Delivery& delivery);
  void count_duplicate(const Delivery& delivery, model::DuplicateKind kind);

  void create(const Post& post, const Delivery& delivery, PostState& state);
  void update(const Post& post, const Delivery& delivery, PostState& state);
  void remove(const Post& post, const Delivery& delivery, PostState& state);
  void observe(const Post& post, const Delivery& delivery, PostState& state);
  // What the looks at a post's counters gained, and that they were looks, `sign` times.
  void book_looks(const Post& post, const PostState& state, int64_t sign);
  void suppress(const Post& post, base::EventTime at, const Delivery& d, model::DuplicateKind kind);

  [[nodiscard]] MinuteCell& cell(base::EventTime at,
                                 uint16_t brand,
                                 uint8_t channel,
                                 model::ItemType type);
  template <typename Change>
  void in_cells(const Post& post, base::EventTime at, const Change& change);

  using CellMap = base::FlatMap<uint64_t, MinuteCell>;

  // Orders that are cancelled, by their business.
  [[nodiscard]] std::vector<bool> cancelled() const;
  void book_deals(CellMap& cells) const;
  void tell_journeys(KpiRows& kpis) const;
  [[nodiscard]] std::vector<Cell> roll_up(const CellMap& minutes) const;
  [[nodiscard]] std::vector<Booked> book(const std::vector<Cell>& cells,
                                         const std::string& rates_csv) const;
  [[nodiscard]] const std::string& brand_name(uint16_t brand) const;

  const Options& options_;
  std::vector<std::string> brand_ids_;  // the last is `_other`
  std::array<Outcomes, kSources> sources_;
  std::array<std::vector<base::EventTime>, kSources> newest_;  // per partition
  std::vector<PostState> posts_;
  std::vector<DealState> deals_;
  CellMap cells_;
  ConversationTruth conversations_;
  JourneyTruth journeys_;
  BurstTruth bursts_;
};

}  // namespace kaiku::generate
