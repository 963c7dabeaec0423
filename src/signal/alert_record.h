// Records of alerts of signals: pipelines/schemas/signal.v1.schema.json is their contract.
//
// Threads: any.
// Owns:    nothing.
// Cost:    about 2 us a record.
// Fails:   never.
// Format:  JSON, fields in the order they are written here; within v1 fields are only added.
#pragma once

#include <string>
#include <string_view>

#include "kaiku/signal/signal_book.h"

#include "signal/brand_past.h"

namespace kaiku::signal {

// What a window of some size says about a subject, as the evidence of its alert.
struct Evidence {
  int64_t count = 0;
  double expected = -1;  // less than 0: not of this kind
  double p_value = -1;
  double q_value = -1;
  int64_t unique_authors = -1;
  bool more_authors = false;  // so many or more
  double net_sentiment = 2;   // more than 1: not of this kind
  double usual_sentiment = 2;
  double z = 0;
  std::string_view host_is = {};  // why a link is a risk; "": not of this kind
};

[[nodiscard]] std::string evidence_json(const Evidence& evidence);

[[nodiscard]] std::string silence_json(const SourceWatch& watch, int64_t expect_every);

[[nodiscard]] OpenAlert open_alert_of(std::string_view brand, const Alert& alert);
// As a digest shows it: a JSON object.
[[nodiscard]] std::string digest_json(const Alert& alert);
[[nodiscard]] AlertRecord record_of(std::string_view brand, const Alert& alert, RecordState state);

}  // namespace kaiku::signal
