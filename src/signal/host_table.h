// HostTable: when somebody first linked to a host, as far as a brand knows.
//
// Threads: confined to the book.
// Owns:    its entries.
// Cost:    a lookup a link; 16 bytes an entry. forget_before() looks at all of them.
// Fails:   decode() is false on anything but a well-formed table.
// Format:  count varint, per host in the order of hashes: hash u64, first and last hour i32 each.
//
// Hours are numbers of event time. Of kHostsKept hosts the ones that were not linked to for longest
// are forgotten, and are new when they come again.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kaiku/base/bytes.h"
#include "kaiku/base/flat_map.h"

namespace kaiku::signal {

inline constexpr size_t kHostsKept = 2048;
// So long a host is new.
inline constexpr int64_t kNewHostHours = 24;
// One that nobody linked to for so long is forgotten.
inline constexpr int64_t kHostDays = 90;

class HostTable {
 public:
  // A link to a host, by its keyed hash. True if it is new: first linked to less than kNewHostHours
  // before.
  bool see(uint64_t host, int64_t hour);

  void forget_before(int64_t hour);

  [[nodiscard]] size_t size() const { return hosts_.size(); }

  void encode(base::ByteWriter& out) const;
  [[nodiscard]] bool decode(base::ByteReader& in);

 private:
  struct Seen {
    int32_t first = 0;
    int32_t last = 0;
  };

  void forget_one();

  base::FlatMap<uint64_t, Seen> hosts_;
};

}  // namespace kaiku::signal
