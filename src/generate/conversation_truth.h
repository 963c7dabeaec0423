// ConversationTruth: what has to come of conversations. It remembers what was said and, when all is
// known, goes through each thread once, in the order of time.
//
// Threads: confined to its user.
// Owns:    what was said: some 100 bytes a message.
// Cost:    take() is an append; tell() sorts each thread.
// Fails:   never.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "kaiku/generate/options.h"
#include "kaiku/generate/truth.h"

#include "generate/fact.h"
#include "generate/kpi_rows.h"

namespace kaiku::generate {

// Monday to Friday, the same hours each day, UTC.
class WorkingHours {
 public:
  explicit WorkingHours(const Care& care) : opens_(care.opens_us), closes_(care.closes_us) {}

  // When so much open time has passed since `from`.
  [[nodiscard]] base::EventTime add(base::EventTime from, int64_t duration) const;
  // Open time between the two.
  [[nodiscard]] int64_t between(base::EventTime from, base::EventTime to) const;

 private:
  int64_t opens_;
  int64_t closes_;
};

// One message, or one change, as it was accepted.
struct Said {
  base::EventTime at = 0;
  uint64_t number = 0;  // of the message
  Delivery::Kind kind = Delivery::Kind::kCreate;
  StateChange change;
  model::ItemType type = model::ItemType::kMention;
  model::AuthorRole role = model::AuthorRole::kUnknown;
  model::Visibility visibility = model::Visibility::kPublic;
  model::Severity severity = model::Severity::kNone;
  bool automatic = false;
  uint32_t author = kNobody;
  uint32_t customer = kNobody;
  uint16_t brand = kNoBrand;
};

class ConversationTruth {
 public:
  // Brands are numbers; that of no brand is `other`.
  ConversationTruth(const Care& care, uint16_t other) : care_(care), other_(other) {}

  // Creates, updates and removals, each once.
  void take(const Post& post, const Delivery& delivery);

  struct Told {
    std::vector<ConversationOutcome> outcomes;
    std::vector<Breach> breaches;
  };

  // Adds the key figures of conversations to `kpis`.
  [[nodiscard]] Told tell(const std::vector<std::string>& brand_ids, KpiRows& kpis) const;

 private:
  // Channel and root.
  using ThreadKey = std::pair<uint8_t, uint64_t>;

  const Care& care_;
  uint16_t other_;
  std::map<ThreadKey, std::vector<Said>> threads_;
};

}  // namespace kaiku::generate
