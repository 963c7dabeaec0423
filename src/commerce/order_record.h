// OrderRecord: the version in force of one business record, and the entry of kOrders that holds an
// order with everything that names it.
//
// Threads: values.
// Owns:    their strings.
// Cost:    a record is some 90 bytes, and 16 for each of its older versions.
// Fails:   decode() is false on anything but a well-formed entry.
// Format:  see order_book.h.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"
#include "kaiku/commerce/order_book.h"
#include "kaiku/model/item.h"
#include "kaiku/model/message.h"
#include "kaiku/money/money_sums.h"

namespace kaiku::commerce {

// What tells the versions of a record apart, and which of two is newer.
struct Version {
  int64_t number = 0;
  uint64_t tag = 0;

  friend auto operator<=>(const Version&, const Version&) = default;
};

struct OrderRecord {
  base::Digest business;
  model::BusinessKind kind = model::BusinessKind::kNone;
  bool removed = false;
  Version version;
  base::EventTime occurred_at = base::kNoTime;
  int64_t amount_micros = 0;
  model::Currency currency;
  std::string brand;
  std::string channel;
  // Where journeys are followed.
  bool has_keys = false;
  bool is_erased = false;  // its customer is somebody: a copy of this version brings nobody back
  uint8_t carried = 0;
  std::array<base::Digest, model::kKeyKinds> keys{};
  std::string touch_channel;
  std::string campaign;  // facet, "" if it has none
  model::Period period;  // of spend
  // Those that came besides, ascending; at most kVersionsKept, the newest ones.
  std::vector<Version> older;

  friend bool operator==(const OrderRecord&, const OrderRecord&) = default;
};

[[nodiscard]] OrderRecord record_of(const model::OrderMessage& message);

// What one record adds to the figures, and where.
struct Contribution {
  model::BusinessKind kind = model::BusinessKind::kNone;
  int32_t minute = 0;
  bool at_brand = false;  // else for its campaign only
  std::string_view brand;
  std::string_view campaign;
  std::string_view channel;
  bool has_money = false;
  money::Flow flow = money::Flow::kOrder;
  model::Currency currency;
  int32_t rate_day = 0;
  money::Int128 amount_micros = 0;
  model::Period period;

  friend bool operator==(const Contribution&, const Contribution&) = default;
};

class OrderEntry {
 public:
  // Position of a record, or where it belongs (sorted by business digest).
  struct Place {
    size_t index = 0;
    bool found = false;
  };

  [[nodiscard]] Place find(const base::Digest& business) const;

  // The contribution of each record, in their order; false for a record that counts nowhere.
  struct Share {
    bool counts = false;
    Contribution contribution;
  };

  [[nodiscard]] std::vector<Share> shares(const CommercePlan& plan) const;
  // What is in force of an order, a visit or a lead; of an order with what its refunds leave.
  [[nodiscard]] InForce in_force(const base::Digest& business) const;

  [[nodiscard]] std::string encode() const;
  [[nodiscard]] bool decode(std::string_view value);

  uint64_t number = 0;  // of the last question
  std::vector<OrderRecord> records;
};

}  // namespace kaiku::commerce
