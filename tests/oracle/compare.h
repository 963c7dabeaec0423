// Compare holds what the engine published against what the oracle expects and says in words what
// differs.
//
// Threads: pure functions.
// Owns:    nothing.
// Cost:    a JSON document per record.
// Fails:   never: a record that cannot be read is a difference.
// Format:  the engine's activity and KPI records (JSON); the last record of a key counts.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "oracle/oracle.h"

namespace kaiku::oracle {

struct CompareOptions {
  // Only these windows; empty: all of the plan's.
  std::vector<std::string> windows;
  // Cells whose window was purged or left out on purpose.
  bool allow_missing = false;
  size_t differences_max = 20;
  // How far distinct authors may be off whatever their number: hundreds of runs meet what happens
  // once in ten thousand cells.
  int64_t authors_off = 0;
};

// The last record of each (window, window_start, brand, channel, type) in `published`, in the order
// of their publication, against the cells. Distinct authors may be off by max(2, 3 %): two of 25
// hashes fall into one of 4,096 registers once in some hundred cells.
[[nodiscard]] std::vector<std::string> compare_activity(const Expected& expected,
                                                        const std::vector<std::string>& published,
                                                        const CompareOptions& options = {});

// What publication itself promises: after a final no early record and no second final, revisions of
// a key only grow, and (if asked) every key has its final.
[[nodiscard]] std::vector<std::string> check_publication(const std::vector<std::string>& published,
                                                         bool all_final);

[[nodiscard]] std::vector<std::string> compare_outcomes(
    const std::map<std::string, Outcomes>& expected, const std::map<std::string, Outcomes>& actual);

struct KpiKey {
  std::string kpi;
  std::string window;
  Micros start = 0;
  std::string brand;
  std::string channel;

  friend auto operator<=>(const KpiKey&, const KpiKey&) = default;
};

// How the engine calls the money of a brand; "": not looked at.
struct KpiNames {
  std::string orders = "booked_revenue";
  std::string refunds = "refunds";
  std::string net = "booked_net_revenue";
  std::string spend = "ad_spend";
  std::string all_channels = "_all";
};

// The money of every (window, brand, channel), and of all channels together, in the base currency
// as decimal text. `windows`: those that have KPI records.
[[nodiscard]] std::map<KpiKey, std::string> money_kpis(const OraclePlan& plan,
                                                       const Expected& expected,
                                                       const std::vector<std::string>& windows,
                                                       const KpiNames& names = {});

// Only the kpis that occur in `expected` are looked at. Values are equal as decimals; what was not
// published is 0.
[[nodiscard]] std::vector<std::string> compare_kpis(const std::map<KpiKey, std::string>& expected,
                                                    const std::vector<std::string>& published);

// One difference per line.
[[nodiscard]] std::string joined(const std::vector<std::string>& differences);

}  // namespace kaiku::oracle
