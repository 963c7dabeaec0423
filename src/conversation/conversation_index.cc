#include "conversation/conversation_index.h"

#include <algorithm>
#include <functional>
#include <iterator>

namespace kaiku::conversation {

using base::Digest;
using base::EventTime;

void Schedule::add(EventTime at, const Digest& conversation) {
  if (at < base::kTimeEnd) {
    heap_.emplace_back(at, conversation);
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
  }
}

bool Schedule::is_due(EventTime through) const {
  return !heap_.empty() && heap_.front().first <= through;
}

void Schedule::pop() {
  std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
  heap_.pop_back();
}

void ConversationIndex::put(const Digest& conversation,
                            EventTime wake,
                            EventTime purge,
                            const Thread& seen,
                            std::optional<AlertKind> alert) {
  Row& row = rows_[conversation];
  if (wake != row.wake) {
    row.wake = wake;
    wakes_.add(wake, conversation);
  }
  if (purge != row.purge) {
    row.purge = purge;
    purges_.add(purge, conversation);
  }
  const bool is_open = seen.phase == Phase::kOpen;
  open_ += is_open && !row.is_open ? 1 : 0;
  open_ -= !is_open && row.is_open ? 1 : 0;
  row.is_open = is_open;
  if (is_open && seen.first_brand_at == base::kNoTime) {
    unanswered_.put(
        conversation, row.unanswered, {{seen.brand, seen.channel, seen.type}}, seen.opened_at);
  } else {
    unanswered_.put(conversation, row.unanswered, {}, base::kNoTime);
  }
  if (alert) {
    alerts_.put(conversation, row.alert, {{seen.brand, seen.channel, *alert}}, seen.deadline);
  } else {
    alerts_.put(conversation, row.alert, {}, base::kNoTime);
  }
}

void ConversationIndex::erase(const Digest& conversation) {
  const auto row = rows_.find(conversation);
  if (row == rows_.end()) {
    return;
  }
  unanswered_.put(conversation, row->second.unanswered, {}, base::kNoTime);
  alerts_.put(conversation, row->second.alert, {}, base::kNoTime);
  open_ -= row->second.is_open ? 1 : 0;
  rows_.erase(row);
}

bool ConversationIndex::is_current(const Schedule::Entry& entry, EventTime Row::*when) const {
  const auto row = rows_.find(entry.second);
  return row != rows_.end() && row->second.*when == entry.first;
}

std::vector<Digest> ConversationIndex::take(Schedule& from,
                                            EventTime through,
                                            EventTime Row::*when) {
  std::vector<Digest> taken;
  while (from.is_due(through)) {
    const Schedule::Entry entry = from.front();
    from.pop();
    if (is_current(entry, when)) {
      // Without a time until it is put again.
      rows_[entry.second].*when = base::kTimeEnd;
      taken.push_back(entry.second);
    }
  }
  return taken;
}

std::vector<Digest> ConversationIndex::take_due(EventTime effective) {
  return take(wakes_, effective, &Row::wake);
}

std::vector<Digest> ConversationIndex::take_purged(EventTime data) {
  return take(purges_, data, &Row::purge);
}

bool ConversationIndex::is_due(EventTime effective) const {
  while (wakes_.is_due(effective)) {
    if (is_current(wakes_.front(), &Row::wake)) {
      return true;
    }
    wakes_.pop();
  }
  return false;
}

void ConversationIndex::visit_unanswered(const ConversationBook::VisitUnanswered& visit) const {
  for (const auto& [key, opened] : unanswered_.groups()) {
    visit(
        std::get<0>(key), std::get<1>(key), std::get<2>(key), opened.size(), opened.begin()->first);
  }
}

void ConversationIndex::visit_alerts(const ConversationBook::VisitAlerts& visit) const {
  for (const auto& [key, open] : alerts_.groups()) {
    visit(std::get<0>(key), std::get<1>(key), std::get<2>(key), open.size());
  }
}

std::vector<Digest> ConversationIndex::newest_alerts(size_t limit) const {
  // The latest of each group compete; who leaves lets the next one of its group in.
  std::vector<std::pair<Schedule::Entry, const Alerts::Members*>> heads;
  for (const auto& [key, open] : alerts_.groups()) {
    heads.emplace_back(*open.rbegin(), &open);
  }
  std::make_heap(heads.begin(), heads.end());
  std::vector<Digest> newest;
  while (!heads.empty() && newest.size() < limit) {
    std::pop_heap(heads.begin(), heads.end());
    const auto [entry, members] = heads.back();
    heads.pop_back();
    newest.push_back(entry.second);
    if (const auto at = members->find(entry); at != members->begin()) {
      heads.emplace_back(*std::prev(at), members);
      std::push_heap(heads.begin(), heads.end());
    }
  }
  return newest;
}

size_t ConversationIndex::memory_bytes() const {
  return rows_.size() * (sizeof(Digest) + sizeof(Row) + 1) * 2 + wakes_.memory_bytes() +
         purges_.memory_bytes() + unanswered_.memory_bytes() + alerts_.memory_bytes();
}

}  // namespace kaiku::conversation
