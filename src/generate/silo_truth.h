// SiloTruth: which questions of known customers go on with what the customer had asked on another
// channel. It knows which problem each question is about; whoever reads the records has to see it
// in their texts.
//
// Threads: confined to its user.
// Owns:    the questions: some 40 bytes each.
// Cost:    tell() looks at the pairs of questions of each customer.
// Fails:   never.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "kaiku/base/event_time.h"

#include "generate/fact.h"
#include "generate/kpi_rows.h"

namespace kaiku::generate {

class SiloTruth {
 public:
  // The first copy of a post that was accepted; `brand` is whose it is.
  void take(const Post& post, uint16_t brand);

  void tell(KpiRows& kpis) const;

 private:
  struct Question {
    base::EventTime at = 0;
    uint16_t brand = 0;
    uint8_t channel = 0;
    uint32_t problem = 0;
  };

  std::map<uint32_t, std::vector<Question>> questions_;  // by customer
};

}  // namespace kaiku::generate
