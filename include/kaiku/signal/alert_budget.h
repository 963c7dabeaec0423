// AlertBudget: how many alerts of a brand are told one by one on a day, and the digest of each hour
// that tells of the rest and of hints.
//
// Threads: confined to the shard's worker.
// Owns:    per brand what was told of its days and the digests of its hours, in memory and in
//          `tables` (kAlerts), which outlive it.
// Cost:    some us an alert. tell() looks at all brands when a digest is due, at nothing else.
// Fails:   load() is kRestore when a row does not decode. Bounds: kBrandsBudgeted brands (of more
//          nothing is told, left_out() counts it), HourDigest::kNames names and kPlaces places of a
//          kind; what is beyond them is counted.
// Format:  table kAlerts, rows of kinds 'B' and 'H': kind u8, brand bytes, of 'H' the hour i64.
//          Values begin with layout u8 (1). 'B': per kind of budget and severity the day i64 and
//          how many were told varint. 'H': see hour_digest.h.
//
// Findings of signals and alerts of deadlines have budgets of their own, and so has each severity
// of both: a storm of one leaves the others what they need. Days are those of UTC. A digest is told
// once its hour can get nothing more, `final_after` its end; of what belongs to an hour that was
// told, the next one tells. It is told again when something it names is to be named no more.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "kaiku/base/event_time.h"
#include "kaiku/base/status.h"
#include "kaiku/signal/alert_kind.h"
#include "kaiku/signal/alert_sink.h"
#include "kaiku/state/tables.h"

namespace kaiku::signal {

inline constexpr size_t kBrandsBudgeted = 20'000;

// Numbers on disk: never reuse one.
enum class Budgeted : uint8_t { kFindings, kDeadlines };
inline constexpr size_t kBudgets = 2;

// An alert that a digest tells of. Views live for the call.
struct DigestEntry {
  AlertKind kind = AlertKind::kBurst;
  Severity severity = Severity::kInfo;
  std::string_view channel;     // of a deadline, with its policy
  std::string_view sla_policy;  // "" with no channel: not of a place
  std::string_view id;          // names it among those of its kind
  std::string_view shown;       // JSON object; "": it is counted and not named
  bool may_end = false;         // somebody will say when it need not be kept any more
};

class AlertBudget {
 public:
  static constexpr int64_t kNotNamed = INT64_MIN;

  AlertBudget(int64_t alerts_per_day, int64_t final_after, state::Tables& tables);
  AlertBudget(const AlertBudget&) = delete;
  AlertBudget& operator=(const AlertBudget&) = delete;
  ~AlertBudget();

  // Reads the table. Digests that were due at `told_to` were told.
  [[nodiscard]] base::Status load(base::EventTime told_to);

  // False: the day of `at` is used up.
  [[nodiscard]] bool spend(Budgeted budget,
                           std::string_view brand,
                           base::EventTime at,
                           Severity severity);
  // The digest of the hour of `at` tells of it; of what is no hint as one too many. Answers the
  // hour, kNotNamed if it is only counted there.
  int64_t add(std::string_view brand, base::EventTime at, const DigestEntry& entry);
  // What the digest of `hour` names is to be named no more: if it was told, it is told again.
  void take_back(std::string_view brand, int64_t hour, const DigestEntry& entry);
  // What it names cannot be taken back any more.
  void release(std::string_view brand, int64_t hour, const DigestEntry& entry);

  [[nodiscard]] bool has_work(base::EventTime watermark) const;
  // Tells the digests that are due, and writes what changed.
  void tell(base::EventTime watermark, const AlertSink& sink);

  // Alerts since it was made that no budget had room for.
  [[nodiscard]] uint64_t left_out() const;
  [[nodiscard]] size_t memory_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kaiku::signal
