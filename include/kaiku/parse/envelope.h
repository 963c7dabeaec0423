// Envelope: one line of `framing: envelope`: a record with its place and time in a topic, as `tail`
// and `generate` write it, so that a topic can be replayed with its own times and partitions.
//
// Threads: confined to its user.
// Owns:    its strings.
// Cost:    about a microsecond a line.
// Fails:   read() answers kSkipRecord with the reason.
// Format:  {"partition":0,"offset":12,"timestamp":"2026-03-02T10:00:00.000000Z","key":"..."|null,
//          "value":"..."|null}; bytes that are not UTF-8 stand as "value_base64" (or "key_base64").
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "kaiku/base/event_time.h"
#include "kaiku/base/status.h"

namespace kaiku::parse {

struct Envelope {
  int32_t partition = 0;
  int64_t offset = 0;
  base::EventTime timestamp = base::kNoTime;
  bool has_key = false;
  bool has_value = false;
  std::string key;
  std::string value;
};

class EnvelopeReader {
 public:
  EnvelopeReader();
  EnvelopeReader(const EnvelopeReader&) = delete;
  EnvelopeReader& operator=(const EnvelopeReader&) = delete;
  ~EnvelopeReader();

  [[nodiscard]] base::Status read(std::string_view line, Envelope& envelope);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The line of an envelope, without a line end.
[[nodiscard]] std::string write_envelope(const Envelope& envelope);

}  // namespace kaiku::parse
