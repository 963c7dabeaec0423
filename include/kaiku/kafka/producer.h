// Producer: writes records to topics by name, idempotently but without transactions: for the
// generator, tools and tests.
//
// Threads: confined to its user.
// Owns:    a connection and the records that are not confirmed yet.
// Cost:    a copy of the record; send() waits only when the client's buffer is full.
// Fails:   kUnavailable, kConfig; what could not be delivered is known after flush().
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

struct OutgoingRecord {
  int32_t partition = -1;  // -1: by murmur2 of the key, as a Java producer does; no key: in turn
  bool has_key = true;
  bool has_value = true;
  std::string_view key;
  std::string_view value;
  base::EventTime timestamp = base::kNoTime;  // kNoTime: now
  std::vector<log::Header> headers = {};
};

class Producer {
 public:
  [[nodiscard]] static base::Result<std::unique_ptr<Producer>> open(const Properties& common,
                                                                    const Properties& producer);
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;
  virtual ~Producer() = default;

  [[nodiscard]] virtual base::Status send(const std::string& topic,
                                          const OutgoingRecord& record) = 0;
  // Waits until everything is confirmed; the first refusal since the last flush() otherwise.
  [[nodiscard]] virtual base::Status flush(int64_t timeout_ms = 30'000) = 0;
  [[nodiscard]] virtual uint64_t delivered() const = 0;

 protected:
  Producer() = default;
};

}  // namespace kaiku::kafka
