// ThreadBook: which conversation a reply belongs to of which only the parent is known, at H(item).
//
// Threads: confined to the shard's worker.
// Owns:    an index in memory of some 40 bytes per item and 150 per question that waits; the state
//          is in `tables` (kThreads).
// Cost:    one look into the index per message, one put per item; a reply costs two messages for
//          each step of its way. load() scans the table once.
// Fails:   kRestore when an entry does not decode.
// Format:  table kThreads. Key of an item: its digest, 16 bytes; value: see thread_row.h. Key of a
//          question that waits: digests of the item it is about and of who asks, 32 bytes; value:
//          before i64.
//
// The root of a thread is an item that begins its own conversation. A reply whose parent is all
// that is known is held at H(reply), which asks H(parent). That one answers with the root, where
// it is one or knows it, else with the ancestor it has come to itself: so the steps of a chain that
// is read at once double, and a thread of a thousand replies takes ten. A parent is older than its
// reply, and not by more than `ttl`; what is not is no parent, so nothing runs in a circle. If
// nobody knows the parent when nothing older can come any more (C of the level, see
// exchange::decided_by), the parent stands for the root and the message says root_unknown.
//
// What changes a reply may be read before the reply itself, from another partition: it is held
// until that comes, or cannot come any more; then it stands for the reply.
//
// Where a reply leads is a function of the accepted items. It is told as soon as it is known, and
// hold() keeps the level behind what is still looked for. Items are kept for lateness and `ttl`
// before the newest of them: a clock that goes on alone forgets nobody. Bounds (ThreadBounds):
// items_max items are kept, the oldest are forgotten; held_max replies and questions wait, and
// messages_max messages of one reply; what is more is sent on as if its parent were unknown, as a
// straggler.
#pragma once

#include <cstdint>
#include <memory>

#include "kaiku/base/event_time.h"
#include "kaiku/base/status.h"
#include "kaiku/model/conversation.h"
#include "kaiku/model/parent_message.h"
#include "kaiku/state/tables.h"

namespace kaiku::conversation {

struct ThreadBounds {
  int64_t ttl_us = 30 * base::kDay;
  int64_t lateness_us = 10 * base::kMinute;
  size_t items_max = 1'000'000;
  size_t held_max = 100'000;
  size_t messages_max = 256;  // of one reply that waits
};

class ThreadSink {
 public:
  ThreadSink() = default;
  ThreadSink(const ThreadSink&) = delete;
  ThreadSink& operator=(const ThreadSink&) = delete;
  virtual ~ThreadSink() = default;
  // Views live for the call. A message that is where it belongs.
  virtual void on_said(const model::ConversationMessage& message) = 0;
  // Its conversation was found; goes to H(message.conversation).
  virtual void on_found(const model::ConversationMessage& message) = 0;
  virtual void on_question(const model::ParentQuestionMessage& question) = 0;
  virtual void on_answer(const model::ParentAnswerMessage& answer) = 0;
};

// Since the book was made.
struct ThreadCounts {
  uint64_t found = 0;      // replies whose root is known
  uint64_t unknown = 0;    // replies to items that nobody knows
  uint64_t cut = 0;        // that were not looked for, since a bound was reached
  uint64_t forgotten = 0;  // items dropped before their time
};

class ThreadBook {
 public:
  ThreadBook(const ThreadBounds& bounds, state::Tables& tables);
  ThreadBook(const ThreadBook&) = delete;
  ThreadBook& operator=(const ThreadBook&) = delete;
  ~ThreadBook();

  // Reads the table; call before anything else.
  [[nodiscard]] base::Status load();

  // Any message of a conversation that came here.
  [[nodiscard]] base::Status accept(const model::ConversationMessage& message, ThreadSink& sink);
  [[nodiscard]] base::Status ask(const model::ParentQuestionMessage& question, ThreadSink& sink);
  // Answers to somebody who has gone on are answers to nobody.
  [[nodiscard]] base::Status answer(const model::ParentAnswerMessage& answer, ThreadSink& sink);
  // The watermark of the level below, and the data-driven one of this level, of all shards: who is
  // older is asked for by nobody. Lower ones than before change nothing.
  [[nodiscard]] base::Status advance(base::EventTime effective,
                                     base::EventTime data,
                                     ThreadSink& sink);

  // Questions can be answered that wait for `effective`.
  [[nodiscard]] bool has_work(base::EventTime effective) const;
  // Nothing later than this may be reported as finished; kTimeEnd if nothing is looked for.
  [[nodiscard]] base::EventTime hold() const;

  [[nodiscard]] const ThreadCounts& counts() const;
  [[nodiscard]] size_t memory_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kaiku::conversation
