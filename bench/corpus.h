// Corpus: what the benchmarks read: posts about 500 made-up brands with three aliases each, in
// kaiku's own JSON, filled up to 800 bytes on average, and the pipeline that reads them.
//
// Threads: made once at start, immutable after; any.
// Owns:    the records.
// Cost:    some three microseconds a record to make; 900 bytes each.
// Fails:   ends the program with a message: a benchmark without its input measures nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/generate/workload.h"
#include "kaiku/shard/plan.h"

namespace kaiku::bench {

inline constexpr uint32_t kBrands = 500;
inline constexpr size_t kRecordBytes = 800;

// Posts as they come to one partition: originals, reposts, replies, edits, deletions, counters,
// some delivered twice. `rate` is of event time: so many records are one simulated second.
class Posts {
 public:
  Posts(uint64_t events, uint32_t rate);

  // False when all have been given.
  [[nodiscard]] bool next(generate::Record& record);

  [[nodiscard]] const std::vector<generate::Brand>& brands() const { return workload_.brands(); }

  [[nodiscard]] const std::vector<std::string_view>& channels() const {
    return workload_.channels();
  }

 private:
  generate::Workload workload_;
};

// So many records of a benchmark run: 200,000, or what KAIKU_BENCH_EVENTS says.
[[nodiscard]] size_t corpus_size();

// The records of one rate, made at the first call.
[[nodiscard]] const std::vector<generate::Record>& corpus(uint32_t rate);

struct PipelineOptions {
  std::string name = "bench";
  std::string topic = "bench.posts.v1";
  std::string routing = "direct";
  uint32_t shards = 1;
  uint32_t workers = 1;
  bool is_kafka = false;
};

// The pipeline file: deduplication on, minute, hour and day windows, a commit each second.
[[nodiscard]] std::string pipeline_text(const PipelineOptions& options);
[[nodiscard]] std::shared_ptr<const shard::Plan> load_plan(const PipelineOptions& options);

[[noreturn]] void fail(std::string_view message);

}  // namespace kaiku::bench
