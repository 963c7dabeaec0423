// AlertRow: the kinds of rows in the table of alerts, and their keys.
//
// Threads: pure.
// Owns:    nothing.
// Cost:    a scan reads the table once.
// Fails:   scan_alert_rows() is kRestore when a row is of no kind, or `take` refuses it.
// Format:  table kAlerts. Key: kind u8, brand bytes, then what the kind needs. Value: layout
//          u8 (1), then what the kind says.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kaiku/base/bytes.h"
#include "kaiku/base/status.h"
#include "kaiku/state/tables.h"

namespace kaiku::signal {

enum class AlertRow : uint8_t { kBudget = 'B', kDeadline = 'D', kDigest = 'H' };

inline constexpr uint8_t kAlertLayout = 1;

inline std::string alert_row_key(AlertRow row, std::string_view brand) {
  std::string key(1, static_cast<char>(row));
  base::ByteWriter(key).bytes(brand);
  return key;
}

// take(row, brand, rest of the key, value behind the layout) is false if the row is damaged.
template <typename Take>
[[nodiscard]] base::Status scan_alert_rows(const state::Tables& tables, const Take& take) {
  bool good = true;
  base::Status status =
      tables.scan(state::TableId::kAlerts, [&](std::string_view key, std::string_view value) {
        base::ByteReader in(key);
        base::ByteReader said(value);
        const auto row = static_cast<AlertRow>(in.u8());
        const std::string_view brand = in.bytes();
        const bool is_known =
            row == AlertRow::kBudget || row == AlertRow::kDeadline || row == AlertRow::kDigest;
        good = good && is_known && !in.failed() && said.u8() == kAlertLayout &&
               take(row, brand, in, said);
      });
  if (status.is_ok() && !good) {
    status = {base::Next::kRestore, "a row of the alerts does not decode"};
  }
  return status;
}

}  // namespace kaiku::signal
