// ConversationIndex: what is known of all conversations without reading them: when each is due
// next, when it can go, and which ones wait for an answer of the brand.
//
// Threads: confined to its user.
// Owns:    some 100 bytes per conversation.
// Cost:    put() is a few logarithms; nothing ever looks at all conversations.
// Fails:   never.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"
#include "kaiku/base/flat_map.h"
#include "kaiku/conversation/conversation_book.h"

#include "conversation/conversation_record.h"

namespace kaiku::conversation {

// Conversations by a time, the earliest first. One whose time moved stays at the old place too: who
// takes it out there asks whether it is still so.
class Schedule {
 public:
  using Entry = std::pair<base::EventTime, base::Digest>;

  void add(base::EventTime at, const base::Digest& conversation);
  [[nodiscard]] bool is_due(base::EventTime through) const;

  [[nodiscard]] const Entry& front() const { return heap_.front(); }

  void pop();

  [[nodiscard]] size_t memory_bytes() const { return heap_.capacity() * sizeof(Entry); }

 private:
  std::vector<Entry> heap_;
};

class ConversationIndex {
 public:
  // `wake`: by the effective watermark; `purge`: by that of data; kTimeEnd: never. `seen` is the
  // conversation with what waits to be applied.
  void put(const base::Digest& conversation,
           base::EventTime wake,
           base::EventTime purge,
           const Thread& seen);
  void erase(const base::Digest& conversation);

  // Takes out what is due, in no order.
  [[nodiscard]] std::vector<base::Digest> take_due(base::EventTime effective);
  [[nodiscard]] std::vector<base::Digest> take_purged(base::EventTime data);
  [[nodiscard]] bool is_due(base::EventTime effective) const;

  void visit_unanswered(const ConversationBook::VisitUnanswered& visit) const;

  [[nodiscard]] size_t open_count() const { return open_; }

  [[nodiscard]] size_t memory_bytes() const;

 private:
  using GroupKey = std::tuple<std::string, std::string, model::ItemType>;
  using Opened = std::set<std::pair<base::EventTime, base::Digest>>;
  using Groups = std::map<GroupKey, Opened>;

  struct Row {
    base::EventTime wake = base::kTimeEnd;
    base::EventTime purge = base::kTimeEnd;
    base::EventTime opened_at = base::kNoTime;
    Groups::value_type* group = nullptr;  // null: does not wait for an answer
    bool is_open = false;
  };

  [[nodiscard]] bool is_current(const Schedule::Entry& entry, base::EventTime Row::*when) const;
  [[nodiscard]] std::vector<base::Digest> take(Schedule& from,
                                               base::EventTime through,
                                               base::EventTime Row::*when);
  void leave_group(const base::Digest& conversation, Row& row);

  base::FlatMap<base::Digest, Row, base::DigestHash> rows_;
  mutable Schedule wakes_;
  Schedule purges_;
  Groups groups_;
  size_t unanswered_ = 0;
  size_t open_ = 0;
};

}  // namespace kaiku::conversation
