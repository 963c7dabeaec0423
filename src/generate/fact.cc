#include "generate/fact.h"

#include <algorithm>

#include "generate/pick.h"

namespace kaiku::generate {
namespace {

// Which counters a platform publishes, in the order of kCounters.
constexpr std::array<std::array<bool, kCounters>, kChannels> kPublished = {{
    {true, true, true, true, true, false, false, true},        // x
    {true, true, true, false, false, true, false, true},       // facebook
    {true, true, false, false, true, false, true, false},      // instagram
    {true, true, false, false, false, false, false, false},    // reddit
    {true, true, false, true, false, false, true, false},      // forum
    {true, true, true, false, true, false, false, false},      // mastodon
    {true, true, false, false, false, false, true, false},     // youtube
    {true, true, false, false, false, false, false, false},    // github
    {true, false, false, false, false, false, false, false},   // google_play
    {false, false, true, false, false, true, true, false},     // news
    {false, false, false, false, false, false, false, false},  // email
    {false, false, false, false, false, false, false, false},  // chat
    {false, false, false, false, false, false, false, false},  // web
}};

}  // namespace

model::Visibility visibility_of(const Post& post) {
  if (post.note) {
    return model::Visibility::kInternalNote;
  }
  const bool hidden = post.channel == kEmail || post.channel == kChat || post.channel == kWeb;
  return hidden ? model::Visibility::kPrivate : model::Visibility::kPublic;
}

model::Severity severity_of(const Post& post) {
  return post.type == model::ItemType::kBugReport
             ? static_cast<model::Severity>(1 + post.number % 4)
             : model::Severity::kNone;
}

uint16_t first_brand_of(const Post& post) {
  return post.brand_count == 0   ? kNoBrand
         : post.brand_count == 1 ? post.brands[0]
                                 : std::min(post.brands[0], post.brands[1]);
}

model::Sentiment label_of(const Post& post, uint32_t version) {
  if (version == 0 || post.changes_state || post.label == model::Sentiment::kNone) {
    return post.label;
  }
  // An edit makes a post milder or harsher, never the same.
  const auto now = static_cast<uint32_t>(post.label) - 1;
  return static_cast<model::Sentiment>((now + version) % 3 + 1);
}

std::array<int64_t, kCounters> counters_of(const Post& post, uint32_t poll) {
  std::array<int64_t, kCounters> counters{};
  const uint64_t fame = mixed(post.number);
  // One post in eight has an audience.
  const int64_t reach = (fame & 7) == 0 ? 40 : 3;
  for (size_t i = 0; i < kCounters; ++i) {
    const uint64_t draw = mixed(fame + i);
    // A platform leaves a counter out now and then: not known is not zero.
    if (!kPublished[post.channel][i] || mixed(fame + i * 64 + poll) % 16 == 0) {
      counters[i] = model::kAbsent;
      continue;
    }
    const auto base = static_cast<int64_t>(draw % 4 == 0 ? draw % 5 : 0);
    const auto growth = static_cast<int64_t>((draw >> 8) % static_cast<uint64_t>(reach));
    const int64_t wide = i >= kEngagementCounters ? 25 : 1;
    counters[i] = (base + growth * poll * (poll + 1) / 2) * wide;
    // Some take their like back.
    if (poll > 1 && (draw >> 20) % 5 == 0) {
      counters[i] -= counters[i] / 10;
    }
  }
  return counters;
}

int64_t followers_of(uint32_t author) {
  const uint64_t draw = mixed(author + 77);
  return static_cast<int64_t>(draw % 100 == 0 ? draw % 2'000'000 : draw % 1'500);
}

model::ErrorClass error_of(Broken broken) {
  switch (broken) {
    case Broken::kTruncated:
    case Broken::kNotJson:
    case Broken::kNotUtf8:
      return model::ErrorClass::kParse;
    case Broken::kOversized:
      return model::ErrorClass::kTooLarge;
    case Broken::kBadCurrency:
      return model::ErrorClass::kCurrency;
    case Broken::kNoTime:
    case Broken::kNoEventId:
    case Broken::kBadTime:
    case Broken::kUnknownType:
    case Broken::kBadAmount:
      break;
  }
  return model::ErrorClass::kSchema;
}

}  // namespace kaiku::generate
