// Broker::Core: what the broker and its clients share, behind one mutex.
//
// Threads: every member but the clock is used with `mutex` held.
// Owns:    journal and group.
// Cost:    none.
// Fails:   never.
#pragma once

#include <condition_variable>
#include <mutex>

#include "kaiku/base/clock.h"
#include "kaiku/local/broker.h"

#include "group.h"
#include "journal.h"

namespace kaiku::local {

// A record above this is refused: four of the largest a source may hold and room for framing.
inline constexpr size_t kRecordBytesMax = 4U << 20;
// What a reader takes from the store or from memory at a time.
inline constexpr size_t kFetchBytes = 1U << 20;

class Broker::Core {
 public:
  Core(state::Store* store, const base::Clock& time, const BrokerOptions& options)
      : clock(time), journal(store, options) {}

  const base::Clock& clock;
  std::mutex mutex;
  std::condition_variable changed;  // records became visible, or the group moved
  Journal journal;
  Group group{0};

  // Appends of several threads wait here for the one of them that writes.
  struct Appending {
    TopicLog* topic = nullptr;
    std::span<const NewRecord> records;
    base::Status status;
    bool done = false;
  };

  std::mutex queue_mutex;
  std::condition_variable written;
  std::vector<Appending*> queue;
  bool is_writing = false;

  void write(const std::vector<Appending*>& appends);
};

// The partition of a record that names none.
[[nodiscard]] int32_t choose_partition(std::optional<std::string_view> key,
                                       std::optional<std::string_view> value,
                                       int32_t partitions);

}  // namespace kaiku::local
