// Voice: what is known of whether a source speaks, which its watermark does not tell: that moves on
// when nobody says anything.
//
// Threads: a value.
// Owns:    nothing.
// Cost:    none.
// Fails:   never.
// Format:  item i64, sign i64, beat i64, since i64; part of the header of a router's edge, and of
//          the states of routers and shards.
#pragma once

#include <algorithm>

#include "kaiku/base/bytes.h"
#include "kaiku/base/event_time.h"

namespace kaiku::exchange {

// kTimeBegin where there was none yet.
struct Voice {
  base::EventTime item = base::kTimeBegin;  // of the newest item
  // The log's time of the newest record of any kind: of an item, or of what counts for nothing.
  base::EventTime sign = base::kTimeBegin;
  // The same of what counts for nothing only: a connector that sends such records tells that it
  // lives although there is nothing to say.
  base::EventTime beat = base::kTimeBegin;
  base::EventTime since = base::kTimeBegin;  // when its first reader stood at the log's end first

  friend bool operator==(const Voice&, const Voice&) = default;

  // Of several partitions.
  void add(const Voice& other) {
    item = std::max(item, other.item);
    sign = std::max(sign, other.sign);
    beat = std::max(beat, other.beat);
    since = std::max(since, other.since);
  }
};

inline void write(base::ByteWriter& out, const Voice& voice) {
  out.i64(voice.item);
  out.i64(voice.sign);
  out.i64(voice.beat);
  out.i64(voice.since);
}

[[nodiscard]] inline Voice read_voice(base::ByteReader& in) {
  Voice voice;
  voice.item = in.time();
  voice.sign = in.time();
  voice.beat = in.time();
  voice.since = in.time();
  return voice;
}

}  // namespace kaiku::exchange
