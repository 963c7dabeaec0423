// ConversationIndex: what is known of all conversations without reading them: when each is due
// next, when it can go, which ones wait for an answer of the brand, and of which an alert is open.
//
// Threads: confined to its user.
// Owns:    some 120 bytes per conversation.
// Cost:    put() is a few logarithms; nothing ever looks at all conversations.
// Fails:   never.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"
#include "kaiku/base/flat_map.h"
#include "kaiku/conversation/conversation_book.h"

#include "conversation/conversation_record.h"
#include "conversation/time_groups.h"

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
  // conversation with what waits to be applied; `alert`: the one that is open.
  void put(const base::Digest& conversation,
           base::EventTime wake,
           base::EventTime purge,
           const Thread& seen,
           std::optional<AlertKind> alert);
  void erase(const base::Digest& conversation);

  // Takes out what is due, in no order.
  [[nodiscard]] std::vector<base::Digest> take_due(base::EventTime effective);
  [[nodiscard]] std::vector<base::Digest> take_purged(base::EventTime data);
  [[nodiscard]] bool is_due(base::EventTime effective) const;

  void visit_unanswered(const ConversationBook::VisitUnanswered& visit) const;
  void visit_alerts(const ConversationBook::VisitAlerts& visit) const;
  // Those with an open alert whose deadlines passed last, the latest first.
  [[nodiscard]] std::vector<base::Digest> newest_alerts(size_t limit) const;

  [[nodiscard]] size_t open_count() const { return open_; }

  [[nodiscard]] size_t memory_bytes() const;

 private:
  using Unanswered = TimeGroups<std::tuple<std::string, std::string, model::ItemType>>;
  using Alerts = TimeGroups<std::tuple<std::string, std::string, AlertKind>>;

  struct Row {
    base::EventTime wake = base::kTimeEnd;
    base::EventTime purge = base::kTimeEnd;
    Unanswered::Place unanswered;
    Alerts::Place alert;
    bool is_open = false;
  };

  [[nodiscard]] bool is_current(const Schedule::Entry& entry, base::EventTime Row::*when) const;
  [[nodiscard]] std::vector<base::Digest> take(Schedule& from,
                                               base::EventTime through,
                                               base::EventTime Row::*when);

  base::FlatMap<base::Digest, Row, base::DigestHash> rows_;
  mutable Schedule wakes_;
  Schedule purges_;
  Unanswered unanswered_;  // by opening
  Alerts alerts_;          // by deadline
  size_t open_ = 0;
};

}  // namespace kaiku::conversation
