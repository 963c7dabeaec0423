// TopicTable: the topics of a plan by index: their names, partition counts and settings.
//
// Threads: immutable after the plan is built.
// Owns:    the names.
// Cost:    a vector.
// Fails:   find() answers nothing for an unknown name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kaiku/log/log.h"

namespace kaiku::log {

enum class TopicRole : uint8_t { kSource, kExchange, kChangelog, kOutput };

struct Topic {
  std::string name;
  TopicRole role = TopicRole::kOutput;
  int32_t partitions = 0;  // 0: as the broker has it (sources)
  // Settings in Kafka's own names, for `topics plan|apply` ("cleanup.policy": "compact,delete").
  std::vector<std::pair<std::string, std::string>> settings;
};

class TopicTable {
 public:
  TopicId add(Topic topic) {
    topics_.push_back(std::move(topic));
    return static_cast<TopicId>(topics_.size() - 1);
  }

  [[nodiscard]] const Topic& at(TopicId id) const { return topics_.at(id); }

  [[nodiscard]] Topic& at(TopicId id) { return topics_.at(id); }

  [[nodiscard]] size_t size() const { return topics_.size(); }

  [[nodiscard]] std::optional<TopicId> find(std::string_view name) const {
    for (size_t i = 0; i < topics_.size(); ++i) {
      if (topics_[i].name == name) {
        return static_cast<TopicId>(i);
      }
    }
    return std::nullopt;
  }

 private:
  std::vector<Topic> topics_;
};

}  // namespace kaiku::log
