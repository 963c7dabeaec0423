// SourceWatch: what is known of a source that should speak, and what to call it. Nothing said, with
// everything read, is quiet for as long as it is expected to be; for longer it is idle while its
// connector still gives signs of life, and silent when it gives none. Of a source that is not read
// to its end nobody can say.
//
// Threads: a value.
// Owns:    nothing.
// Cost:    none.
// Fails:   never.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "kaiku/base/event_time.h"
#include "kaiku/exchange/voice.h"

namespace kaiku::signal {

enum class SourceState : uint8_t { kBehind, kCaughtUp, kIdle, kSilent };
inline constexpr size_t kSourceStates = 4;

struct SourceWatch {
  exchange::Voice voice;
  // Nothing older will come, whichever partition it is in. kTimeBegin while nothing is known.
  base::EventTime known_to = base::kTimeBegin;

  // The newest item; before any, when the source was first read to its end.
  [[nodiscard]] base::EventTime last_item() const;
  // The newest of that and of all signs of life. kTimeBegin while nothing is known.
  [[nodiscard]] base::EventTime last_sign() const;
  // The connector used to give signs of life between items: without any it is dead.
  [[nodiscard]] bool used_to_beat(int64_t expect_every) const;
  // By what is known, whenever that was.
  [[nodiscard]] bool is_silent(int64_t expect_every) const;
  // At `now` of the wall clock; what is known is that of `delay` ago at most if it is up to date.
  [[nodiscard]] SourceState state(int64_t expect_every, base::EventTime now, int64_t delay) const;
};

// "behind", "caught_up", "idle", "silent".
[[nodiscard]] std::string_view name_of(SourceState state);

}  // namespace kaiku::signal
