// The kinds of alerts, and how grave they are.
//
// Threads: any.
// Owns:    nothing.
// Cost:    none.
// Fails:   never.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kaiku::signal {

// Numbers on disk: never reuse one.
enum class AlertKind : uint8_t {
  kBurst,               // a term is used far more than its past lets expect
  kWeakSignal,          // a term rose on three of five days
  kVolumeSpike,         // more is said than at this time of the season
  kSentimentDrop,       // it is said with less good will than at this time of the season
  kImpersonation,       // an account looks like an official one
  kPhishingLink,        // a reply holds a link that poses as the brand's, or hides where it goes
  kConfidentialTerm,    // a confidential phrase was said
  kSourceSilent,        // a source that should speak does not
  kPublicPersonalData,  // a number that names one person or account was put into public
  kSlaRisk,             // of a conversation: its deadline has passed and no answer is to be seen
  kSlaBreach            // likewise: and none was in time
};
inline constexpr AlertKind kLastAlertKind = AlertKind::kSlaBreach;
inline constexpr size_t kAlertKinds = 11;

enum class Severity : uint8_t { kInfo, kWarning, kCritical };
inline constexpr size_t kSeverities = 3;

// "burst", "weak_signal", ...
[[nodiscard]] std::string_view name_of(AlertKind kind);
// "info", "warning", "critical". Of kInfo only digests tell.
[[nodiscard]] std::string_view name_of(Severity severity);

}  // namespace kaiku::signal
