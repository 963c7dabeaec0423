// OpenAlert: an alert of signals that is open and was told, as it is now: its last record may be
// older, since records are told at most every kTellEvery.
//
// Threads: confined to its user.
// Owns:    its texts.
// Cost:    a plain struct.
// Fails:   never.
#pragma once

#include <cstdint>
#include <string>

#include "kaiku/base/event_time.h"
#include "kaiku/signal/alert_kind.h"

namespace kaiku::signal {

struct OpenAlert {
  std::string id;  // that of its records
  AlertKind kind = AlertKind::kBurst;
  Severity severity = Severity::kInfo;
  std::string brand;  // "": of none, of a source
  // "": the brand as a whole. Of a confidential phrase its name only, of personal data its kind.
  std::string subject;
  base::EventTime opened_at = base::kNoTime;
  // The last window with a finding.
  std::string window;  // minute, hour, day; silence
  base::EventTime window_start = base::kNoTime;
  base::EventTime window_end = base::kNoTime;
  int64_t count = 0;     // since it opened
  bool exact = true;     // false: there were more subjects than there was room for
  std::string evidence;  // JSON object, as in its records
};

}  // namespace kaiku::signal
