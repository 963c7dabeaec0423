// Shard: one shard as a pure step. Records of its exchange partition and items of its direct
// sources go in; at the end of an epoch a delta of its state, records for the exchange and outputs
// come out.
//
// Threads: confined to its worker.
// Owns:    its stages; plan and tables are borrowed and must outlive it.
// Cost:    the sum of its stages; seal() is per changed cell.
// Fails:   kStop `torn edge` when a sender's sequence has a gap, kRestore when state does not
// decode. After
//          an epoch that was not committed the shard is thrown away and loaded again: it has no
//          undo.
// Format:  changelog record: layout u8 (1), kind u8 (0 changes, 1 header), epoch u64, part u32,
// payload
//          bytes, CRC32C u32. Header payload: see encode_header() in shard.cc; it closes an epoch
//          and names everything that influenced it. The same bytes are kept in table kMeta under
//          "header".
//
// Levels and watermarks: progress of level L of shard i means that everything i will ever send from
// L has a later time. The items level waits for all routers (and all shards, when direct sources
// may forward), every other level for all those below it of all shards: threads for items, orders
// and conversations for both, keys for these, verdicts for keys, the board for all of them. Threads
// are a level of plans that follow conversations only, keys and verdicts of those that follow
// journeys. Within the level of threads questions and answers go to and fro: the shard that holds a
// reply is the one that reports no progress past it until its thread is found. A conversation that
// goes on after its customer's key has answered may send what is below the progress of its level:
// keys take it as they take every late entry, and what they told is revised.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kaiku/board/board.h"
#include "kaiku/commerce/order_book.h"
#include "kaiku/conversation/conversation_book.h"
#include "kaiku/conversation/thread_book.h"
#include "kaiku/exchange/edge.h"
#include "kaiku/journey/key_book.h"
#include "kaiku/journey/opening_book.h"
#include "kaiku/shard/delta_table.h"
#include "kaiku/shard/item_stage.h"
#include "kaiku/shard/ledger.h"
#include "kaiku/shard/output.h"
#include "kaiku/shard/plan.h"
#include "kaiku/shard/router.h"
#include "kaiku/shard/schedule.h"
#include "kaiku/shard/topology.h"
#include "kaiku/signal/alert_budget.h"
#include "kaiku/signal/deadline_desk.h"
#include "kaiku/signal/signal_book.h"

namespace kaiku::shard {

// What an epoch of one shard adds to the worker's transaction.
struct SealedEpoch {
  uint64_t epoch = 0;
  std::vector<log::Append> appends;  // exchange, changelog (header last), outputs
  int64_t exchange_next = 0;         // offset to commit for its exchange partition
  std::string metadata;              // of that offset: names the epoch
  size_t cells = 0;                  // deltas sent: the price of the commit
  size_t published = 0;
  // What was published: activity by window of the plan and kind, the rest by dataset.
  std::vector<std::array<uint64_t, board::kKinds>> results;
  std::array<uint64_t, board::kDatasets> datasets{};
  uint64_t outcomes = 0;
  uint64_t alerts = 0;
  // Requests to forget somebody: with something found, with nothing, not taken.
  std::array<uint64_t, 3> erasures{};
};

// Switches that mutants of the simulation turn: what happens when a rule is taken away.
struct Mutations {
  bool no_edge_headers = false;  // progress never crosses an edge: boards trust their own watermark
  bool own_watermark_only = false;  // the board's watermark is not the minimum over all senders
  bool ignore_sequence = false;     // edge records are taken whatever their sequence
  bool eager_headers = false;       // progress that is only exchange offsets is committed at once
  bool start_incomplete = false;    // a shard starts though one of its partitions is elsewhere
  bool late_after_route = false;    // lateness is judged again at the shard
};

class ErasureStage;
class JourneyStage;

class Shard final : private exchange::EdgeSink, private RouterSink {
 public:
  Shard(const Plan& plan,
        const Topology& topology,
        uint32_t number,
        state::Tables& tables,
        const Mutations& mutations = {});
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;
  ~Shard() override;

  // Reads what the last epoch left in the tables, and takes the catalogues of the plan, with
  // `prices` if they are others by now. Stops if what held already has changed (schedule.h).
  [[nodiscard]] base::Status load(std::shared_ptr<const money::Prices> prices = nullptr);

  // A record of this shard's exchange partition.
  [[nodiscard]] base::Status on_exchange(const log::Record& record);
  // A record of a direct source's partition with this shard's number.
  void on_direct(const log::Record& record, size_t source, const Router::Tools& tools);

  [[nodiscard]] Router* direct_router(size_t source);

  // Another table of exchange rates, between two epochs.
  void adopt(std::shared_ptr<const money::Rates> rates) { board_.adopt(std::move(rates)); }

  // Another list of prices, between two epochs: adopt() what check() has found no fault with.
  [[nodiscard]] base::Status check(const money::Prices& prices) const;
  void adopt(std::shared_ptr<const money::Prices> prices);

  // Entries of catalogues that were taken since the shard was made, and hold since a time that was
  // counted already.
  [[nodiscard]] uint64_t retroactive() const { return retroactive_; }

  // Recomputes the watermarks; call before has_work() and seal().
  void advance();
  // Something besides exchange offsets is to be committed.
  [[nodiscard]] bool has_work() const;

  // Open cells changed since they were last published: an early record is due when its time comes.
  [[nodiscard]] bool has_early() const { return board_.has_early(); }

  [[nodiscard]] bool has_progress() const { return exchange_next_ != committed_exchange_next_; }

  // Bytes the epoch would write now, roughly.
  [[nodiscard]] size_t pending_bytes() const;
  [[nodiscard]] base::Result<SealedEpoch> seal(bool with_early);
  // The epoch sealed last was committed; its changelog header ends at `changelog_position`.
  [[nodiscard]] base::Status committed(int64_t changelog_position);

  [[nodiscard]] uint32_t number() const { return number_; }

  [[nodiscard]] uint64_t epoch() const { return epoch_; }

  [[nodiscard]] int64_t exchange_next() const { return exchange_next_; }

  // Of the direct source's partition, to start reading at.
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }

  // Ledger with those of its direct routers.
  [[nodiscard]] Ledger full_ledger() const;

  [[nodiscard]] const board::Board& board() const { return board_; }

  // What it knows of single brands and channels at this moment may not be shown.
  [[nodiscard]] bool is_private() const { return plan_.privacy.min_cell > 0; }

  [[nodiscard]] const dedup::ItemTable& items() const { return stage_.items(); }

  // Null if conversations are not followed.
  [[nodiscard]] const conversation::ConversationBook* conversations() const {
    return conversations_.get();
  }

  // Calls fn(source, what is known of it) for the sources that this shard watches.
  template <typename Fn>
  void visit_watched(Fn&& fn) const {
    for (const size_t source : watched_) {
      fn(source, watch_of(source));
    }
  }

  // Null if no signals are looked for.
  [[nodiscard]] const signal::SignalBook* signals() const { return signals_.get(); }

  // Alerts since the shard was made that no budget had room for.
  [[nodiscard]] uint64_t alerts_left_out() const {
    return alert_budget_ != nullptr ? alert_budget_->left_out() : 0;
  }

  [[nodiscard]] exchange::Progress level(model::Level level) const;
  // Who holds the items level back: "posts/3" or "shard 2"; "" if nobody does.
  [[nodiscard]] std::string holder() const;

  // Sum of the sequences sent and received, per edge, for quiescence and verify.
  [[nodiscard]] const std::vector<uint64_t>& sent_sequences() const { return out_sequences_; }

  [[nodiscard]] uint64_t received_sequence_of_shard(uint32_t from) const;
  // Last sequence and offset received from a router; for recovery of group offsets.
  [[nodiscard]] std::pair<uint64_t, uint64_t> received_of_router(size_t source,
                                                                 int32_t partition) const;

  [[nodiscard]] size_t memory_bytes() const;

  // Replies whose thread was looked for since the shard was made; none without conversations.
  [[nodiscard]] conversation::ThreadCounts thread_counts() const;
  // Bounds of keys that were reached since the shard was made; none where no journeys are followed.
  [[nodiscard]] journey::KeyCounts key_counts() const;
  [[nodiscard]] journey::OpeningCounts opening_counts() const;

  // What it did since it was made, as far as it was committed.
  [[nodiscard]] const ActivityBook& activity() const { return deltas_.activity(); }

 private:
  class ThreadOutlet;

  struct Sender {
    uint64_t sequence = 0;
    uint64_t offset = 0;  // of a router: the source offset its last record reached
    std::array<exchange::Progress, model::kLevels> progress{};
    exchange::Voice voice;  // of a router
  };

  static constexpr size_t index(model::Level level) { return static_cast<size_t>(level); }

  void on_item(const model::ItemMessage& message) override;
  void on_order(const model::OrderMessage& message) override;
  void on_conversation(const model::ConversationMessage& message) override;
  void on_parent_question(const model::ParentQuestionMessage& message) override;
  void on_parent_answer(const model::ParentAnswerMessage& message) override;
  void on_entry(const model::KeyEntryMessage& message) override;
  void on_question(const model::KeyQuestionMessage& message) override;
  void on_answer(const model::KeyAnswerMessage& message) override;
  void on_opening(const model::OpeningMessage& message) override;
  void on_erasure(const model::ErasureMessage& message) override;
  void on_erased(const model::ErasureDoneMessage& message) override;
  void on_deadline(const model::DeadlineMessage& message) override;
  void on_erasure_request(const model::ErasureMessage& request) override;
  bool on_delta(const exchange::DeltaKey& key, std::string_view aggregate) override;
  void on_message(uint32_t shard, const model::ItemMessage& message) override;
  void on_output(log::Append record) override;

  void process_item(const model::ItemMessage& message);
  [[nodiscard]] base::Status find_threads();
  [[nodiscard]] base::Status take_schedule(std::shared_ptr<const money::Prices> prices);
  [[nodiscard]] base::Status apply_conversations(SealedEpoch& sealed);
  [[nodiscard]] base::Status apply_keys();
  [[nodiscard]] base::Status forget_at_keys();
  [[nodiscard]] base::Status forget_at_orders();
  // Of the key or verdict level.
  [[nodiscard]] const exchange::Progress& journey_progress(model::Level level) const;
  [[nodiscard]] base::EventTime decided(const exchange::Progress& progress) const;
  void finish_erasures(SealedEpoch& sealed);
  // What an edge brought could not be taken in.
  [[nodiscard]] base::Status edge_status() const;
  [[nodiscard]] size_t source_index(std::string_view name) const;
  [[nodiscard]] Sender* sender_of(const exchange::EdgeHeader& header);
  [[nodiscard]] base::Status check_sequence(const exchange::EdgeHeader& header,
                                            const Sender& sender,
                                            const log::Record& record,
                                            bool& repeated) const;
  // Of all senders, over the levels below `level`.
  [[nodiscard]] exchange::Progress minimum(model::Level level) const;
  [[nodiscard]] bool crossed_boundary() const;
  [[nodiscard]] bool has_due_erasure() const;
  void write_edges(SealedEpoch& sealed);
  void send_delta(const exchange::DeltaKey& key, const aggregate::Aggregate& delta);
  void take_signals(const exchange::DeltaKey& key, aggregate::Aggregate& delta);
  void look_for_signals(SealedEpoch& sealed);
  void tell_alerts(SealedEpoch& sealed);
  void send_terms(const exchange::DeltaKey& key, aggregate::Aggregate& delta);
  [[nodiscard]] bool has_signals_due() const;
  [[nodiscard]] bool has_alerts_due() const;
  void watch_sources();
  // What its routers told of it.
  [[nodiscard]] signal::SourceWatch watch_of(size_t source) const;
  void tell_market(const exchange::DeltaKey& key, const aggregate::Aggregate& delta);
  void tell_comparisons(const exchange::DeltaKey& key, const aggregate::Aggregate& delta);
  // The change of a facet, to the cells it names.
  void send_facet(const exchange::DeltaKey& key, aggregate::Aggregate& delta);
  void write_changelog(SealedEpoch& sealed, std::string header);
  [[nodiscard]] std::string encode_header() const;
  [[nodiscard]] bool decode_header(std::string_view bytes);

  const Plan& plan_;
  const Topology& topology_;
  uint32_t number_;
  state::Tables& tables_;
  Mutations mutations_;
  ItemStage stage_;
  commerce::OrderBook orders_;
  TakenSchedule schedule_;
  uint64_t retroactive_ = 0;
  std::unique_ptr<conversation::ThreadBook> threads_;  // null, with the next: none is followed
  std::unique_ptr<conversation::ConversationBook> conversations_;
  std::unique_ptr<signal::AlertBudget> alert_budget_;  // null: no alerts are made
  std::unique_ptr<signal::DeadlineDesk> deadlines_;    // null: no conversations are followed
  std::unique_ptr<signal::SignalBook> signals_;
  std::vector<size_t> watched_;  // sources this shard tells of when they are silent
  board::Board board_;
  DeltaTable deltas_;
  std::vector<exchange::EdgeWriter> writers_;  // per destination
  std::unique_ptr<JourneyStage> journeys_;     // null: none is followed
  std::unique_ptr<ErasureStage> erasures_;     // null: nobody is forgotten
  ItemStage::TouchSink touches_;               // empty, with the next, without journeys
  ItemStage::OpeningSink openings_;
  std::vector<log::Append> outputs_;              // of direct routers
  std::vector<std::unique_ptr<Router>> routers_;  // per source; null for routed ones
  std::vector<size_t> first_routed_;
  // The levels this shard reports, low ones first: what it forwards for a direct source, what its
  // items stage sends, with conversations the replies whose thread was found, what its orders and
  // conversations send, and with journeys what its keys and verdicts do.
  std::vector<model::Level> reported_;
  std::vector<Sender> shards_;           // senders by shard
  std::vector<Sender> routed_;           // senders by routed partition
  std::vector<uint64_t> out_sequences_;  // per destination
  std::array<exchange::Progress, model::kLevels>
      progress_{};  // what this shard has finished per level
  std::array<exchange::Progress, model::kLevels> announced_{};  // what its edges were last told
  exchange::Progress board_input_;
  Ledger ledger_;
  uint64_t epoch_ = 0;
  int64_t exchange_next_ = 0;
  int64_t committed_exchange_next_ = 0;
  bool dirty_ = false;  // state changed in this epoch
  std::string aggregate_bytes_;
  aggregate::Aggregate scratch_;
  base::Status board_status_;
  base::Status order_status_;
  base::Status conversation_status_;
};

// Reading back the changelog of a shard into its tables.
class ChangelogReader final : public log::RecordSink {
 public:
  explicit ChangelogReader(state::Tables& tables) : tables_(tables) {}

  bool on_record(const log::Record& record) override;

  // Anything but ok: torn, damaged or out of order.
  [[nodiscard]] const base::Status& status() const { return status_; }

  [[nodiscard]] uint64_t epochs() const { return epochs_; }

 private:
  bool fail(const log::Record& record, std::string_view why);

  state::Tables& tables_;
  std::vector<state::Change> changes_;
  uint64_t open_epoch_ = 0;
  uint32_t parts_ = 0;
  uint32_t crc_ = 0;
  uint64_t epochs_ = 0;
  base::Status status_;
};

}  // namespace kaiku::shard
