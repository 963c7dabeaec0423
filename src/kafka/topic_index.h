// TopicIndex: from the client library's topics to the indices of the plan and back.
//
// Threads: confined to its user.
// Owns:    a map from name to index; borrows the table.
// Cost:    one hash of the name; not used per record (see GroupConsumer).
// Fails:   find() answers nothing for a topic outside the plan.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kaiku/base/flat_map.h"
#include "kaiku/log/topic_table.h"

#include "kafka/handles.h"

namespace kaiku::kafka {

class TopicIndex {
 public:
  explicit TopicIndex(const log::TopicTable& table) : table_(table) {
    for (size_t i = 0; i < table.size(); ++i) {
      const auto id = static_cast<log::TopicId>(i);
      ids_.emplace(table.at(id).name, id);
    }
  }

  [[nodiscard]] std::optional<log::TopicId> find(const std::string& name) const {
    const auto it = ids_.find(name);
    return it == ids_.end() ? std::nullopt : std::optional(it->second);
  }

  [[nodiscard]] const std::string& name(log::TopicId id) const { return table_.at(id).name; }

  [[nodiscard]] size_t size() const { return table_.size(); }

  [[nodiscard]] std::string text(log::Partition at) const {
    return name(at.topic) + "/" + std::to_string(at.number);
  }

  [[nodiscard]] ListPtr list_of(log::Partition at) const {
    ListPtr list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), name(at.topic).c_str(), at.number);
    return list;
  }

 private:
  const log::TopicTable& table_;
  base::FlatMap<std::string, log::TopicId> ids_;
};

}  // namespace kaiku::kafka
