// SignalPart: what an item says to the signals of its brands: the terms of its text, and what in it
// is a risk. Text never leaves the router; these few words do, where the plan asks for signals.
//
// Threads: confined to its user.
// Owns:    nothing: views point into the router's buffers, or the edge record they came from.
// Cost:    a plain struct of about 1 KB that its maker reuses.
// Fails:   add_term() and add_risk() are false when there is no room.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kaiku::model {

// Numbers on disk and wire: never reuse one. A kind of alert may have two of them, which differ in
// severity.
enum class Risk : uint8_t {
  kImpersonation,        // a handle that looks like an official one
  kPhishingLookalike,    // a reply with a link to a host that looks like one of the brand's
  kPhishingShortener,    // a reply with a link that hides where it goes
  kConfidential,         // a confidential phrase
  kConfidentialByStaff,  // the same, said by somebody who may know it
  kPersonalData,         // a number in public that names one person or account
  kOtherHost             // a reply with a link to any other host: a risk if it is new
};
inline constexpr size_t kRisks = 7;

inline constexpr size_t kTermsPerItem = 24;
inline constexpr size_t kRisksPerItem = 8;
// The longest term or subject, in bytes.
inline constexpr size_t kTermBytes = 32;
inline constexpr size_t kSubjectBytes = 64;

struct SignalTerm {
  uint64_t hash = 0;  // keyed, of the text
  std::string_view text;
};

struct SignalRisk {
  Risk risk = Risk::kImpersonation;
  uint64_t hash = 0;         // keyed, of the subject
  std::string_view subject;  // the handle, the host, the name of the phrase or number
  std::string_view brand;    // whom it concerns; "": the brands of the item
};

struct SignalPart {
  std::array<SignalTerm, kTermsPerItem> terms;
  std::array<SignalRisk, kRisksPerItem> risks;
  uint8_t term_count = 0;
  uint8_t risk_count = 0;
  bool cut = false;      // there were more
  std::string_view url;  // of a public item, of http or https; "" if there is none

  [[nodiscard]] bool is_empty() const { return term_count == 0 && risk_count == 0; }

  void clear() {
    term_count = 0;
    risk_count = 0;
    cut = false;
    url = {};
  }

  // True if it is there now, or was before.
  bool add_term(const SignalTerm& term) {
    for (size_t i = 0; i < term_count; ++i) {
      if (terms[i].hash == term.hash) {
        return true;
      }
    }
    if (term_count == kTermsPerItem) {
      cut = true;
      return false;
    }
    terms[term_count++] = term;
    return true;
  }

  bool add_risk(const SignalRisk& risk) {
    for (size_t i = 0; i < risk_count; ++i) {
      if (risks[i].risk == risk.risk && risks[i].hash == risk.hash &&
          risks[i].brand == risk.brand) {
        return true;
      }
    }
    if (risk_count == kRisksPerItem) {
      cut = true;
      return false;
    }
    risks[risk_count++] = risk;
    return true;
  }
};

}  // namespace kaiku::model
