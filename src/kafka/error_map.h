// What an error of the client library means for the engine: one table, so that no two call sites
// can read the same code differently.
//
// Threads: any.
// Owns:    nothing.
// Cost:    a short search, on error paths only.
// Fails:   never; a code that is not in the table is kUnlisted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <librdkafka/rdkafka.h>

#include "kaiku/base/status.h"

namespace kaiku::kafka {

enum class Meaning : unsigned char {
  kUnlisted,
  kTransient,       // the client tries again by itself
  kTermOver,        // the group no longer knows this member in this generation
  kIdentityTaken,   // another process uses our group.instance.id
  kProducerFenced,  // another producer uses our transactional id, or the coordinator gave us up
  kDamaged,         // bytes of the log that cannot be read: never skipped
  kOffsetGone,      // what should be read next was deleted by retention
  kMissing,         // topic or partition does not exist
  kDenied,          // authorisation or authentication
  kRefused,         // the broker will not take a record: size, time stamp, policy
  kMisconfigured,   // settings that do not fit the broker
};

[[nodiscard]] Meaning meaning_of(rd_kafka_resp_err_t code) noexcept;

// The status for a failure that means `code`. `what` says what was tried, with topic, partition
// and offset; the remedy is added.
[[nodiscard]] base::Status failure(rd_kafka_resp_err_t code, std::string_view what);

}  // namespace kaiku::kafka
