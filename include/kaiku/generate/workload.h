// Workload: a believable stream of posts, support conversations and orders about made-up brands,
// and its true results. The same options give the same bytes on every machine.
//
// Threads: confined to its user.
// Owns:    the facts that are still to be told, and the figures so far.
// Cost:    some two microseconds a record.
// Fails:   make() on options out of bounds.
// Format:  values are canonical events (JSON).
//
// Facts come first: a post, a conversation, an order, with what will become of them. Each is told
// by records at their own times; the truth is kept from the facts as the records leave. Records
// come in the order of their Kafka times, so the offsets of a partition and its times grow
// together.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/status.h"
#include "kaiku/generate/options.h"
#include "kaiku/generate/record.h"
#include "kaiku/generate/truth.h"

namespace kaiku::generate {

class Workload {
 public:
  [[nodiscard]] static base::Result<Workload> make(const Options& options);

  Workload(Workload&&) noexcept;
  Workload& operator=(Workload&&) noexcept;
  ~Workload();

  // The next record; false when options.events have been given, or the span has been told.
  [[nodiscard]] bool next(Record& record);
  // Records so far.
  [[nodiscard]] uint64_t told() const;

  // Of the records given so far. Empty if options.truth is off.
  [[nodiscard]] Truth truth() const;

  // The catalogue the records are written for.
  [[nodiscard]] const std::vector<Brand>& brands() const;
  [[nodiscard]] const std::vector<std::string_view>& channels() const;
  // Words of the texts that are no terms for signals: they say nothing.
  [[nodiscard]] std::vector<std::string> filler_words() const;
  // Rates of all currencies but the base for the days of the workload, ten years at most; none on
  // Saturdays and Sundays.
  [[nodiscard]] const std::string& rates_csv() const;
  [[nodiscard]] int32_t partitions(Source source) const;

 private:
  struct Impl;
  explicit Workload(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kaiku::generate
