#include "kaiku/signal/source_watch.h"

#include <algorithm>
#include <array>

namespace kaiku::signal {
namespace {

constexpr std::array<std::string_view, kSourceStates> kNames = {
    "behind", "caught_up", "idle", "silent"};

}  // namespace

base::EventTime SourceWatch::last_item() const {
  return voice.item == base::kTimeBegin ? voice.since : voice.item;
}

base::EventTime SourceWatch::last_sign() const {
  return std::max(last_item(), voice.sign);
}

bool SourceWatch::used_to_beat(int64_t expect_every) const {
  return voice.beat > base::kTimeBegin && voice.sign - voice.beat <= expect_every;
}

bool SourceWatch::is_silent(int64_t expect_every) const {
  return known_to > base::kTimeBegin && known_to < base::kTimeEnd &&
         last_sign() > base::kTimeBegin && known_to - last_sign() > expect_every;
}

SourceState SourceWatch::state(int64_t expect_every, base::EventTime now, int64_t delay) const {
  if (known_to >= base::kTimeEnd) {
    return SourceState::kCaughtUp;
  }
  if (known_to == base::kTimeBegin || last_sign() == base::kTimeBegin || now - known_to > delay) {
    return SourceState::kBehind;
  }
  if (is_silent(expect_every)) {
    return SourceState::kSilent;
  }
  return known_to - last_item() > expect_every ? SourceState::kIdle : SourceState::kCaughtUp;
}

std::string_view name_of(SourceState state) {
  return kNames[static_cast<size_t>(state)];
}

}  // namespace kaiku::signal
