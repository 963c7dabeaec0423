#include "kaiku/runtime/activity_counts.h"

#include <algorithm>

namespace kaiku::runtime {
namespace {

template <typename T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

template <typename T>
void merge_list(std::vector<T>& list) {
  std::sort(
      list.begin(), list.end(), [](const T& a, const T& b) { return a.labels() < b.labels(); });
  std::vector<T> merged;
  merged.reserve(list.size());
  for (T& one : list) {
    if (!merged.empty() && merged.back().labels() == one.labels()) {
      merged.back().add(one);
    } else {
      merged.push_back(std::move(one));
    }
  }
  list = std::move(merged);
}

}  // namespace

void ActivityCounts::add(const shard::ActivityBook& book,
                         std::span<const board::Campaign> campaigns) {
  for (const shard::Activity& activity : book.items()) {
    for (size_t i = 0; i < model::kRelations; ++i) {
      if (activity.by_relation[i] > 0) {
        items.push_back({std::string(activity.brand),
                         std::string(activity.channel),
                         activity.type,
                         static_cast<model::Relation>(i),
                         static_cast<uint64_t>(activity.by_relation[i])});
      }
    }
  }
  for (const shard::ConversationActivity& activity : book.conversations()) {
    conversations.push_back({activity.brand, activity.channel, activity.counts});
  }
  for (size_t i = 0; i < book.steps().size(); ++i) {
    for (size_t step = 0; step < book.steps()[i].size(); ++step) {
      steps.push_back({campaigns[i].brand,
                       std::string(campaigns[i].id()),
                       campaigns[i].steps[step].name,
                       book.steps()[i][step]});
    }
  }
  for (const auto& [place, us] : book.saved()) {
    saved.push_back({place.first, place.second, us});
  }
}

void ActivityCounts::add(const ActivityCounts& other) {
  append(items, other.items);
  append(conversations, other.conversations);
  append(steps, other.steps);
  append(saved, other.saved);
}

void ActivityCounts::merge_equal() {
  merge_list(items);
  merge_list(conversations);
  merge_list(steps);
  merge_list(saved);
}

}  // namespace kaiku::runtime
