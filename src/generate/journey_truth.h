// JourneyTruth: what has to come of journeys: it remembers what touched which key and, when all
// orders are known, attributes each of them.
//
// Threads: confined to its user.
// Owns:    the touches of posts: some 40 bytes each.
// Cost:    tell() sorts the touches of each key and looks at them once per order.
// Fails:   never.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "kaiku/generate/options.h"

#include "generate/fact.h"
#include "generate/kpi_rows.h"
#include "generate/silo_truth.h"

namespace kaiku::generate {

// An order in force, less its refunds.
struct OrderFact {
  Deal deal;
  int64_t net_micros = 0;
};

class JourneyTruth {
 public:
  JourneyTruth(const Attribution& terms, uint16_t other) : terms_(terms), other_(other) {}

  // The first copy of a post that was accepted.
  void take(const Post& post);

  // `visits`: visits and leads in force. Adds the key figures of journeys to `kpis`.
  void tell(const std::vector<Deal>& visits,
            const std::vector<OrderFact>& orders,
            KpiRows& kpis) const;

 private:
  struct Touch {
    base::EventTime at = 0;
    uint64_t id = 0;
    uint16_t brand = 0;
    uint8_t channel = 0;

    friend auto operator<=>(const Touch&, const Touch&) = default;
  };

  enum class KeyKind : uint8_t { kCustomer, kClick, kCoupon };
  using Keys = std::map<std::pair<KeyKind, uint32_t>, std::vector<Touch>>;
  // When each customer ordered, ascending.
  using Orders = std::map<uint32_t, std::vector<base::EventTime>>;

  [[nodiscard]] std::vector<Touch> touches_of(const Keys& keys, const Deal& order) const;
  void attribute(const OrderFact& order,
                 const std::vector<Touch>& touches,
                 bool is_new,
                 KpiRows& kpis) const;
  void tell_days(const std::vector<Touch>& touches, KpiRows& kpis) const;
  void tell_undecided(const std::vector<Touch>& touches,
                      const std::vector<base::EventTime>& orders,
                      KpiRows& kpis) const;

  const Attribution& terms_;
  uint16_t other_;
  Keys keys_;
  SiloTruth silos_;
};

}  // namespace kaiku::generate
