// Edge: what one sender writes into one partition of the exchange, as records that begin with a
// header: who, to whom, sequence, counts, progress. Sequence and CRC make a torn or repeated edge
// visible; the progress tells the receiver that everything older has been read.
//
// Threads: confined to their worker.
// Owns:    EdgeWriter its buffers; decode_edge borrows the record, and so do the messages it hands
// out. Cost:    about 100 ns per item message, 30 ns per delta besides its aggregate. Fails:
// decode_edge is false on anything but a well-formed record of this layout. Format:  layout u8 (4);
// sender kind u8 (0 shard, 1 router); shard u16, or source bytes and partition
//          varint; to u16; sequence u64; epoch u64 (shard) or next offset u64 (router); plan
//          fingerprint u64; messages varint; items varint; level mask u8, then per level effective
//          i64 and data i64; if the mask has bit 7, a voice (voice.h); dictionary: count varint,
//          strings bytes; items, orders, conversations, messages of keys (in the order they were
//          added), deltas: count varint and the messages, strings as dictionary index varint, of an
//          item the author's role with bit 7 set if a machine wrote it; CRC32C u32 of everything
//          before it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/event_time.h"
#include "kaiku/base/flat_map.h"
#include "kaiku/exchange/delta_key.h"
#include "kaiku/exchange/voice.h"
#include "kaiku/model/deadline_alert.h"
#include "kaiku/model/erasure.h"
#include "kaiku/model/key_message.h"
#include "kaiku/model/message.h"
#include "kaiku/model/opening_message.h"
#include "kaiku/model/parent_message.h"

namespace kaiku::exchange {

// How far a level has come. `effective` may have been moved by an idle partition and closes
// windows; `data` moves by records only and purges state.
struct Progress {
  base::EventTime effective = base::kTimeBegin;
  base::EventTime data = base::kTimeBegin;

  friend bool operator==(const Progress&, const Progress&) = default;

  void lower_to(const Progress& other) {
    effective = other.effective < effective ? other.effective : effective;
    data = other.data < data ? other.data : data;
  }

  void raise_to(const Progress& other) {
    effective = other.effective > effective ? other.effective : effective;
    data = other.data > data ? other.data : data;
  }
};

// C: nothing older can be accepted any more where a level's watermark is `effective`. kTimeEnd when
// everything was read, kTimeBegin while nothing is known.
[[nodiscard]] constexpr base::EventTime decided_by(base::EventTime effective, int64_t lateness) {
  if (effective >= base::kTimeEnd) {
    return base::kTimeEnd;
  }
  return effective <= base::kTimeBegin + lateness ? base::kTimeBegin : effective - lateness;
}

// Everything has been read.
inline constexpr Progress kEnded{base::kTimeEnd, base::kTimeEnd};

struct EdgeHeader {
  bool from_router = false;
  uint16_t shard = 0;  // sender, if it is a shard
  std::string source;  // sender, if it is a router
  uint32_t partition = 0;
  uint16_t to = 0;
  uint64_t sequence = 0;     // 1, 2, 3 ... per edge
  uint64_t epoch = 0;        // of the shard; of a router the next source offset
  uint64_t fingerprint = 0;  // of the plan
  uint64_t messages = 0;
  uint64_t items = 0;  // item messages, for the ledger
  // Present only in the last record of an epoch.
  std::array<std::optional<Progress>, model::kLevels> progress;
  std::optional<Voice> voice;  // with the progress of a router whose source is watched
};

class EdgeSink {
 public:
  EdgeSink() = default;
  EdgeSink(const EdgeSink&) = delete;
  EdgeSink& operator=(const EdgeSink&) = delete;
  virtual ~EdgeSink() = default;
  virtual void on_item(const model::ItemMessage& message) = 0;
  virtual void on_order(const model::OrderMessage& message) = 0;
  virtual void on_conversation(const model::ConversationMessage& message) = 0;
  virtual void on_parent_question(const model::ParentQuestionMessage& message) = 0;
  virtual void on_parent_answer(const model::ParentAnswerMessage& message) = 0;
  virtual void on_entry(const model::KeyEntryMessage& message) = 0;
  virtual void on_question(const model::KeyQuestionMessage& message) = 0;
  virtual void on_answer(const model::KeyAnswerMessage& message) = 0;
  virtual void on_opening(const model::OpeningMessage& message) = 0;
  virtual void on_erasure(const model::ErasureMessage& message) = 0;
  virtual void on_erased(const model::ErasureDoneMessage& message) = 0;
  virtual void on_deadline(const model::DeadlineMessage& message) = 0;
  // False: the aggregate does not decode, the record is refused.
  virtual bool on_delta(const DeltaKey& key, std::string_view aggregate) = 0;
};

// Reads header and checksum only; false if the record is not one of ours or damaged.
[[nodiscard]] bool decode_edge_header(std::string_view record, EdgeHeader& header);
// Header and messages. The sink may have seen some messages when the answer is false: the receiver
// stops.
[[nodiscard]] bool decode_edge(std::string_view record, EdgeHeader& header, EdgeSink& sink);

class EdgeWriter {
 public:
  void add_item(const model::ItemMessage& message);
  void add_order(const model::OrderMessage& message);
  void add_conversation(const model::ConversationMessage& message);
  void add_parent_question(const model::ParentQuestionMessage& message);
  void add_parent_answer(const model::ParentAnswerMessage& message);
  void add_entry(const model::KeyEntryMessage& message);
  void add_question(const model::KeyQuestionMessage& message);
  void add_answer(const model::KeyAnswerMessage& message);
  void add_opening(const model::OpeningMessage& message);
  void add_erasure(const model::ErasureMessage& message);
  void add_erased(const model::ErasureDoneMessage& message);
  void add_deadline(const model::DeadlineMessage& message);
  void add_delta(const DeltaKey& key, std::string_view aggregate);

  [[nodiscard]] bool has_messages() const { return messages_ != 0 || !full_.empty(); }

  [[nodiscard]] size_t bytes() const { return bytes_; }

  // Item messages since the last finish().
  [[nodiscard]] uint64_t items() const { return items_total_; }

  // Appends the records of this epoch to `out`: those that were full, then the last one with
  // `progress`. header.sequence is that of the last record before; it is left at the last one
  // written.
  void finish(EdgeHeader& header, std::vector<std::string>& out);

 private:
  struct Chunk {
    std::string body;
    uint64_t messages = 0;
    uint64_t items = 0;
  };

  struct TextHash {
    using is_transparent = void;

    size_t operator()(std::string_view text) const { return boost::hash<std::string_view>()(text); }
  };

  uint64_t index_of(std::string_view text);
  void added();
  [[nodiscard]] Chunk take_chunk();
  static void write(const EdgeHeader& header, const Chunk& chunk, std::string& out);

  // Dictionary indexes in the order of first use, so equal messages give equal bytes. Its keys are
  // brands, channels and sources of the plan, or bounded by the plan's open brands.
  boost::unordered_flat_map<std::string, uint64_t, TextHash, std::equal_to<>> index_;
  std::string dictionary_;
  std::string items_;
  std::string orders_;
  std::string conversations_;
  std::string keys_;
  std::string deltas_;
  uint64_t item_count_ = 0;
  uint64_t order_count_ = 0;
  uint64_t conversation_count_ = 0;
  uint64_t key_count_ = 0;
  uint64_t delta_count_ = 0;
  uint64_t messages_ = 0;
  uint64_t items_total_ = 0;
  size_t bytes_ = 0;
  std::vector<Chunk> full_;
};

}  // namespace kaiku::exchange
