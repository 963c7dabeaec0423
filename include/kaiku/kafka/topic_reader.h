// TopicReader: reads a topic by name without joining a group: what `kaiku tail` and tests see.
//
// Threads: confined to its user.
// Owns:    a connection and the last record; views die with the next call.
// Cost:    as the log's poll().
// Fails:   kUnavailable when nobody answers or the topic does not exist; kStop for damage.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/event_time.h"
#include "kaiku/base/status.h"
#include "kaiku/kafka/properties.h"
#include "kaiku/log/log.h"

namespace kaiku::kafka {

struct ReadRange {
  enum class From : unsigned char { kBeginning, kEnd, kLast, kOffset };

  From from = From::kBeginning;
  int64_t value = 0;       // kLast: so many per partition; kOffset: this one
  bool follow = false;     // go on after the ends that were there when it was opened
  int32_t partition = -1;  // -1: all of them
  log::Isolation isolation = log::Isolation::kCommitted;
};

struct TopicRecord {
  int32_t partition = 0;
  int64_t offset = 0;
  base::EventTime timestamp = base::kNoTime;
  bool has_key = false;
  bool has_value = false;
  std::string_view key;
  std::string_view value;
  std::vector<log::Header> headers = {};
};

class TopicReader {
 public:
  enum class Got : unsigned char { kRecord, kNothing, kEnd };

  [[nodiscard]] static base::Result<std::unique_ptr<TopicReader>> open(const Properties& common,
                                                                       const Properties& consumer,
                                                                       const std::string& topic,
                                                                       const ReadRange& range = {},
                                                                       int64_t timeout_ms = 10'000);
  TopicReader(const TopicReader&) = delete;
  TopicReader& operator=(const TopicReader&) = delete;
  virtual ~TopicReader() = default;

  // kNothing: none came within wait_ms. kEnd: every partition is read to the end it had when the
  // reader was opened (kCommitted: to the last decided record); never when following.
  [[nodiscard]] virtual base::Result<Got> next(TopicRecord& record, int64_t wait_ms) = 0;

 protected:
  TopicReader() = default;
};

}  // namespace kaiku::kafka
