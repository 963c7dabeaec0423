// Log: the port behind which records come and go. It deals in values, so that a second protocol
// cannot grow in an adapter: poll, start, submit, resolve, and reads for restore and tools.
//
// Threads: one worker, one Log; confined to that worker's thread. A Log may run threads of its own.
// Owns:    its membership and its connection. Views in an event live until the next poll().
// Cost:    poll() waits at most its budget; submit() may block for the length of one commit.
// Fails:   by events and by Status; it never throws. A record that cannot be read (checksum,
//          decompression) is Failed{kStop}: it is never skipped.
// Format:  none of its own: bytes go through unchanged.
//
// What every implementation promises (tests/contract/log_contract.h runs these against all of
// them):
//  - records of one partition come in offset order, from the position given to start();
//  - a reader sees records of committed transactions only, in full, and never past an undecided
//  one;
//  - appends and offsets of one Transaction become visible together or not at all;
//  - submit() of a Transaction whose term is over answers kFenced and changes nothing;
//  - after Unknown, resolve() fences everything submitted before and says what became of it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "kaiku/base/event_time.h"
#include "kaiku/base/status.h"

namespace kaiku::log {

// A topic of the plan by its index in TopicTable; names stay outside the path of a record.
using TopicId = uint16_t;

struct Partition {
  TopicId topic = 0;
  int32_t number = 0;

  friend auto operator<=>(const Partition&, const Partition&) = default;
};

struct Position {
  Partition at;
  int64_t offset = 0;  // the next one to read
};

struct Header {
  std::string name;
  std::string value;
};

struct Record {
  Partition at;
  int64_t offset = 0;
  base::EventTime timestamp = base::kNoTime;  // the log's own time of the record, microseconds
  bool has_key = false;
  bool has_value = false;  // false: a tombstone
  std::string_view key;
  std::string_view value;
  // Filled by read() only: the path of a record does not look at headers.
  const std::vector<Header>* headers = nullptr;
};

// Asks the processor for the bytes of a record that is to be processed soon: they were written by
// another core, or long ago. A hint without effect on anything but time.
inline void prefetch(const Record& record) {
  constexpr size_t kLine = 64;
  constexpr size_t kMost = 2'048;
  const size_t size = record.value.size() < kMost ? record.value.size() : kMost;
  for (size_t at = 0; at < size; at += kLine) {
    __builtin_prefetch(record.value.data() + at);
  }
}

struct Append {
  Partition to;  // number -1: by murmur2 of the key, as a Java producer does
  std::string key;
  std::string value;
  bool has_value = true;
  base::EventTime timestamp = base::kNoTime;  // kNoTime: the log's clock
  std::vector<Header> headers;
};

struct OffsetCommit {
  Partition at;
  int64_t next_offset = 0;
  std::string metadata;  // ASCII, below limits::kOffsetMetadataBytes
};

struct Transaction {
  uint64_t term = 0;
  std::vector<Append> appends;
  std::vector<OffsetCommit> offsets;  // never empty: they are the fence
};

using Ticket = uint64_t;

enum class CommitResult : uint8_t { kCommitted, kNotCommitted, kUnknown, kFenced };

struct Records {
  std::vector<Record> records;
};

struct Assigned {
  uint64_t term = 0;
  std::vector<Partition> partitions;  // the whole new assignment, nothing is started yet
};

// Everything will be taken away when poll() is called next: commit now or lose the open epoch.
struct Revoking {};

// Everything is gone already: drop the open epoch.
struct Lost {};

// The reader stands at the end of what is visible; `at_log_end`: and nothing undecided follows.
struct End {
  Partition at;
  int64_t offset = 0;
  bool at_log_end = false;
};

struct Answer {
  Ticket ticket = 0;
  CommitResult result = CommitResult::kUnknown;
  std::vector<int64_t> first_offsets;  // per append, when committed and known; else empty
};

struct Failed {
  base::Status status;
};

using Event = std::variant<Records, Assigned, Revoking, Lost, End, Answer, Failed>;

struct PollBudget {
  int64_t wait_us = 0;
  size_t records = 10'000;
};

enum class Isolation : uint8_t { kCommitted, kUncommitted };

struct Committed {
  int64_t next_offset = -1;  // -1: nothing committed
  std::string metadata;
};

struct Ends {
  int64_t low = 0;
  int64_t high = 0;  // one past the last record
};

// Receives the records of read(); false stops the read.
class RecordSink {
 public:
  RecordSink() = default;
  RecordSink(const RecordSink&) = delete;
  RecordSink& operator=(const RecordSink&) = delete;
  virtual ~RecordSink() = default;
  virtual bool on_record(const Record& record) = 0;
};

class Log {
 public:
  Log() = default;
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  virtual ~Log() = default;

  // The next events, oldest first; empty when the budget ran out.
  virtual std::vector<Event> poll(const PollBudget& budget) = 0;
  // Replaces the reading set: assign, seek and pause in one. Empty: read nothing, stay a member.
  [[nodiscard]] virtual base::Status start(const std::vector<Position>& positions) = 0;
  // The answer comes as an Answer event of a later poll(). One ticket at a time.
  virtual Ticket submit(Transaction transaction) = 0;
  // After kUnknown: fences, reads back. Answers kCommitted, kNotCommitted or kFenced by the
  // committed offset of `probe` (the first OffsetCommit of the transaction); kRetry as an error.
  [[nodiscard]] virtual base::Result<CommitResult> resolve(Ticket ticket,
                                                           const OffsetCommit& probe) = 0;

  [[nodiscard]] virtual base::Result<Committed> committed(Partition at) = 0;
  [[nodiscard]] virtual base::Result<Ends> ends(Partition at, Isolation isolation) = 0;
  // Committed records of `at` from `from` up to the end at the time of the call.
  [[nodiscard]] virtual base::Status read(Partition at, int64_t from, RecordSink& sink) = 0;
  [[nodiscard]] virtual base::Result<int32_t> partition_count(TopicId topic) = 0;
  // Leaves the group. What was not committed is gone.
  virtual void close() = 0;
};

}  // namespace kaiku::log
