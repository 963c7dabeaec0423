// DeadlineDesk: which alerts of deadlines are told, at the home of their brand: as many a day as
// the budget allows, one by one; of the rest the digest of the hour tells.
//
// Threads: confined to the shard's worker.
// Owns:    what was accepted since the last seal(), and the alerts that were told, are named in a
//          digest or wait, in memory and in `tables` (kAlerts); budget and tables outlive it.
// Cost:    some us a message; seal() looks at nothing that did not change, and once in an hour of
//          event time at what it keeps.
// Fails:   load() is kRestore when a row does not decode. Bounds: it keeps an alert until its
//          conversation is over, `kept_us` after its deadline at most; kNewsKept messages of one
//          that waits.
// Format:  table kAlerts, rows of kind 'D': kind u8, brand bytes, asked at i64, kind of alert u8,
//          conversation 16 bytes. Value: layout u8 (1), state u8, deadline i64, hour i64 of the
//          digest that names it, record key bytes, then messages that wait: count varint, each
//          state u8, revision u32, channel, policy, url and value as bytes.
//
// A breach is decided when everything that was asked before its deadline is known, in the order of
// deadlines: so which of them are told is a function of what was said, whatever came when. A risk
// is there to be told in time: it is decided at once, in that order within an epoch. What happened
// to an alert in the meantime is told with it. One that was not told is not resolved either, and
// has no record that could be withdrawn; the digest that names it does so no more.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "kaiku/base/event_time.h"
#include "kaiku/base/status.h"
#include "kaiku/model/deadline_alert.h"
#include "kaiku/signal/alert_budget.h"
#include "kaiku/state/tables.h"

namespace kaiku::signal {

inline constexpr size_t kNewsKept = 8;
// A conversation says when it is over. For one that did not, since it was seen otherwise before a
// straggler came, its alerts go after so many times the time in which it may be opened again.
inline constexpr int64_t kTtlsKept = 4;

struct DeadlineBounds {
  int64_t lateness_us = 10 * base::kMinute;
  int64_t kept_us = 120 * base::kDay;
};

class DeadlineDesk {
 public:
  // Views live for the call; never kEnded.
  using Sink = std::function<void(const model::DeadlineMessage&)>;

  DeadlineDesk(const DeadlineBounds& bounds, AlertBudget& budget, state::Tables& tables);
  DeadlineDesk(const DeadlineDesk&) = delete;
  DeadlineDesk& operator=(const DeadlineDesk&) = delete;
  ~DeadlineDesk();

  [[nodiscard]] base::Status load();

  // Held in memory until seal(), which has to come before the epoch is sealed.
  void accept(const model::DeadlineMessage& message);

  [[nodiscard]] bool has_work(base::EventTime effective) const;
  // The watermarks of the board.
  void seal(base::EventTime effective, base::EventTime data, const Sink& sink);

  // Alerts that are kept.
  [[nodiscard]] size_t size() const;
  [[nodiscard]] size_t memory_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kaiku::signal
