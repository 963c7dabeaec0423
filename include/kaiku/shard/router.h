// Router: the step through which one source partition enters. It parses, judges time, matches
// brands and hands each item to the shard of its identity. Position, watermark and ledger are its
// whole state.
//
// Threads: confined to its worker.
// Owns:    its state; plan, parser and scratch are borrowed.
// Cost:    parse + match + one digest: about 1 us for an 800-byte record.
// Fails:   never: what cannot be used becomes a dead letter.
// Format:  encode(): layout u8 (3; 2 had no voice, and is read still), next offset i64, largest
//          operation time i64, tick i64, ended u8, voice, the source's ledger. Part of an offset's
//          metadata (routed) or of a shard's header (direct).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "kaiku/base/bytes.h"
#include "kaiku/exchange/edge.h"
#include "kaiku/exchange/voice.h"
#include "kaiku/log/log.h"
#include "kaiku/model/erasure.h"
#include "kaiku/model/message.h"
#include "kaiku/parse/parser.h"
#include "kaiku/shard/content_fingerprint.h"
#include "kaiku/shard/ledger.h"
#include "kaiku/shard/output.h"
#include "kaiku/shard/plan.h"
#include "kaiku/shard/text_sketch.h"
#include "kaiku/signal/extractor.h"

namespace kaiku::shard {

// The shard of an item, an order, a key of journeys or a brand. One function per key.
[[nodiscard]] uint32_t shard_of(const base::Digest& digest, uint32_t shards);
[[nodiscard]] uint32_t shard_of_brand(const base::HashKey& key,
                                      std::string_view brand,
                                      uint32_t shards);

// A customer, click id, coupon (in whatever case) or campaign as journeys know it.
[[nodiscard]] base::Digest journey_key(const base::HashKey& key,
                                       model::KeyKind kind,
                                       std::string_view text);

class RouterSink {
 public:
  RouterSink() = default;
  RouterSink(const RouterSink&) = delete;
  RouterSink& operator=(const RouterSink&) = delete;
  virtual ~RouterSink() = default;
  // An accepted item; views live for the call.
  virtual void on_message(uint32_t shard, const model::ItemMessage& message) = 0;
  virtual void on_output(log::Append record) = 0;
  // To every shard.
  virtual void on_erasure_request(const model::ErasureMessage& request) = 0;
};

class Router final : private parse::ItemSink {
 public:
  Router(const Plan& plan, size_t source, int32_t partition);

  // What a worker lends its routers: one of each per worker.
  struct Tools {
    parse::Parser* parser = nullptr;  // of this router's source
    match::BrandMatcher::Scratch* scratch = nullptr;
    match::BrandMatcher::Scratch* topic_scratch = nullptr;  // where the plan has topics
  };

  void process(const log::Record& record, const Tools& tools, RouterSink& sink);
  // The partition is idle and nothing older than `time` is to be expected.
  void tick(base::EventTime time);

  // A bounded source was read to its end: nothing follows.
  void end() { state_.ended = true; }

  [[nodiscard]] exchange::Progress progress() const;

  [[nodiscard]] const exchange::Voice& voice() const { return state_.voice; }

  // Whatever became of them; records that count for nothing hold none.
  [[nodiscard]] uint64_t items_heard() const { return items_heard_; }

  [[nodiscard]] int64_t next_offset() const { return state_.next_offset; }

  void start_at(int64_t offset) { state_.next_offset = offset; }

  [[nodiscard]] const SourceLedger& ledger() const { return state_.ledger; }

  [[nodiscard]] size_t source() const { return source_; }

  [[nodiscard]] int32_t partition() const { return partition_; }

  // Of the newest record: for lag in seconds. kNoTime before the first one.
  [[nodiscard]] base::EventTime last_timestamp() const { return last_timestamp_; }

  void encode(base::ByteWriter& out) const;
  [[nodiscard]] bool decode(base::ByteReader& in);

 private:
  struct State {
    int64_t next_offset = 0;
    base::EventTime operation_max = base::kTimeBegin;
    base::EventTime tick = base::kTimeBegin;
    bool ended = false;
    exchange::Voice voice;
    SourceLedger ledger;
  };

  void on_item(const model::Item& item) override;
  void on_reject(const parse::Reject& reject) override;
  void on_ignored() override;
  // Neither a record nor an item that counts.
  void note_beat();

  void dead_letter(model::ErrorClass error,
                   std::string_view code,
                   std::string_view field,
                   std::string_view message);
  // Sets operation time; false if the item was refused (and counted).
  [[nodiscard]] bool judge_time(const model::Item& item, model::ItemMessage& message);
  [[nodiscard]] base::EventTime operation_time(const model::Item& item) const;
  [[nodiscard]] base::EventTime watermark() const;
  // False if the item was refused or ignored (and counted).
  [[nodiscard]] bool match_brands(const model::Item& item, model::ItemMessage& message);
  void identify(const model::Item& item, model::ItemMessage& message) const;
  void find_thread(const model::Item& item, model::ItemMessage& message) const;
  void find_keys(const model::Item& item, model::ItemMessage& message);
  void find_opening(const model::Item& item, model::ItemMessage& message);
  // What the item counts for beside its brands.
  void find_facets(const model::Item& item, model::ItemMessage& message);
  void add_facet(std::string_view facet, model::ItemMessage& message) const;
  // The next of the names that live until the next item.
  [[nodiscard]] std::string& new_name();
  void find_topics(const model::Item& item, size_t brands, model::ItemMessage& message);
  void find_feedback(const model::Item& item, size_t brands, model::ItemMessage& message);
  void find_content(const model::Item& item, model::ItemMessage& message);
  void request_erasure(const model::Item& item);
  void find_signals(const model::Item& item, model::ItemMessage& message);
  void identify_business(const model::Item& item, model::ItemMessage& message) const;
  [[nodiscard]] Coordinates coordinates() const;

  const Plan& plan_;
  const SourcePlan& source_plan_;
  size_t source_;
  int32_t partition_;
  State state_;
  base::EventTime last_timestamp_ = base::kNoTime;
  uint64_t items_heard_ = 0;

  // Of the record in hand.
  const log::Record* record_ = nullptr;
  base::EventTime kafka_time_ = base::kNoTime;
  Tools tools_;
  RouterSink* sink_ = nullptr;
  int item_number_ = 0;
  bool letter_written_ = false;
  size_t letter_bytes_ = 0;  // dead-letter bytes in `letter_minute_`
  int64_t letter_minute_ = 0;
  std::string folded_channel_;
  std::string folded_touch_;
  model::KeyPart keys_;
  model::OpeningPart opening_;
  TextSketcher sketcher_;
  // Facets that are put together of several names.
  std::array<std::string, base::limits::kFacetsPerItem> names_;
  size_t names_used_ = 0;
  ContentFingerprint fingerprint_;
  std::unique_ptr<signal::Extractor> extractor_;  // null: no signals are looked for
  model::SignalPart signals_;
};

}  // namespace kaiku::shard
