#include <cstdio>

#include <fmt/format.h>

#include "app/commands.h"
#include "app/pipeline.h"

namespace kaiku::app {

int report(const base::Status& status) {
  std::fprintf(stderr, "kaiku: %s\n", status.message().c_str());
  return static_cast<int>(status.exit_code());
}

int replay_command(const CommonOptions& common, const ReplayOptions& options) {
  const auto plan = load_plan(common, config::Purpose::kReplay);
  if (plan == nullptr) {
    return static_cast<int>(base::Exit::kConfig);
  }
  const auto result = replay(*plan, options);
  if (!result.has_value()) {
    return report(result.error());
  }
  shard::SourceLedger sum;
  for (const shard::SourceLedger& source : result->ledger) {
    sum.add(source);
  }
  const auto outcome = [&](model::Outcome which) { return sum.outcome(which); };
  fmt::print(
      stderr,
      "replayed {} records, {} items: {} counted, {} duplicate, {} late, {} dead letters, {} "
      "ignored; balanced; {:.2f} s\n",
      result->records,
      sum.items,
      outcome(model::Outcome::kCounted),
      outcome(model::Outcome::kDuplicate),
      outcome(model::Outcome::kLate),
      outcome(model::Outcome::kDeadLetter),
      outcome(model::Outcome::kIgnored),
      static_cast<double>(result->elapsed_us) / 1e6);
  return 0;
}

}  // namespace kaiku::app
