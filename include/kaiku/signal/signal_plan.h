// SignalPlan: what the plan says of signals: what is looked for in texts, and when an alert opens.
//
// Threads: immutable after the plan is built.
// Owns:    its lists.
// Cost:    none.
// Fails:   never.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"
#include "kaiku/signal/baseline.h"

namespace kaiku::signal {

// An account that is the brand's own.
struct OfficialHandle {
  std::string handle;  // folded, without '@'
  std::string brand;
};

struct SignalPlan {
  // Hours of the season: what an hour is compared with lies one season before it.
  int64_t season_hours = 24;
  int64_t discount = kDiscount;
  int64_t final_after = 10 * base::kMinute;  // after the end of a window it is looked at, once
  // Windows that have to have passed before anything in them can be more than usual.
  int64_t hours_least = 72;
  int64_t days_least = 5;
  int64_t seasons_least = 3;
  int64_t authors_least = 5;
  int64_t labels_least = 30;                    // for the sentiment of an hour
  std::set<std::string, std::less<>> no_terms;  // folded words that are no terms
  std::vector<OfficialHandle> handles;
  std::set<std::string, std::less<>> known_handles;  // folded: look like official ones, and may
  std::vector<std::string> hosts;                    // folded: the brands' own
  std::set<std::string, std::less<>> shorteners;
  // Digest of a phrase of one to three folded words -> its name in alerts.
  std::map<base::Digest, std::string> confidential;
  bool personal_data = false;  // whether public texts are searched for it, see personal_data.h
  bool new_hosts = false;      // whether a reply with a link to a host that is new is a risk
  // How long a source may say nothing, by its name.
  std::map<std::string, int64_t, std::less<>> expect_every;
};

}  // namespace kaiku::signal
