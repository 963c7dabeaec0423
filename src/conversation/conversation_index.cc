#include "conversation/conversation_index.h"

#include <algorithm>
#include <functional>

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
                            const Thread& seen) {
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
  const bool waits = is_open && seen.first_brand_at == base::kNoTime;
  const bool moved =
      row.group != nullptr &&
      (row.opened_at != seen.opened_at || std::get<0>(row.group->first) != seen.brand ||
       std::get<1>(row.group->first) != seen.channel || std::get<2>(row.group->first) != seen.type);
  if (!waits || moved) {
    leave_group(conversation, row);
  }
  if (waits && row.group == nullptr) {
    const auto group = groups_.try_emplace(GroupKey(seen.brand, seen.channel, seen.type)).first;
    group->second.emplace(seen.opened_at, conversation);
    row.group = &*group;
    row.opened_at = seen.opened_at;
    ++unanswered_;
  }
}

void ConversationIndex::leave_group(const Digest& conversation, Row& row) {
  if (row.group == nullptr) {
    return;
  }
  row.group->second.erase({row.opened_at, conversation});
  if (row.group->second.empty()) {
    groups_.erase(groups_.find(row.group->first));
  }
  row.group = nullptr;
  --unanswered_;
}

void ConversationIndex::erase(const Digest& conversation) {
  const auto row = rows_.find(conversation);
  if (row == rows_.end()) {
    return;
  }
  leave_group(conversation, row->second);
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
  for (const auto& [key, opened] : groups_) {
    visit(
        std::get<0>(key), std::get<1>(key), std::get<2>(key), opened.size(), opened.begin()->first);
  }
}

size_t ConversationIndex::memory_bytes() const {
  constexpr size_t kNodeBytes = 32 + sizeof(Opened::value_type);
  return rows_.size() * (sizeof(Digest) + sizeof(Row) + 1) * 2 + wakes_.memory_bytes() +
         purges_.memory_bytes() + unanswered_ * kNodeBytes + groups_.size() * 256;
}

}  // namespace kaiku::conversation
