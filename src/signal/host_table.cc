#include "signal/host_table.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace kaiku::signal {
namespace {

// Hours of a minute that is a number of 32 bits.
constexpr int32_t kHourMost = int32_t{1} << 26;
constexpr size_t kEntryBytes = sizeof(uint64_t) + 2 * sizeof(int32_t);

}  // namespace

bool HostTable::see(uint64_t host, int64_t hour) {
  const auto now = static_cast<int32_t>(std::clamp<int64_t>(hour, -kHourMost, kHourMost));
  const auto known = hosts_.find(host);
  if (known != hosts_.end()) {
    known->second.last = std::max(known->second.last, now);
    return now - known->second.first < kNewHostHours;
  }
  if (hosts_.size() >= kHostsKept) {
    forget_one();
  }
  hosts_.emplace(host, Seen{now, now});
  return true;
}

void HostTable::forget_before(int64_t hour) {
  boost::unordered::erase_if(hosts_,
                             [hour](const auto& entry) { return entry.second.last < hour; });
}

// Whatever the order of the table.
void HostTable::forget_one() {
  const auto oldest =
      std::min_element(hosts_.begin(), hosts_.end(), [](const auto& a, const auto& b) {
        return std::pair(a.second.last, a.first) < std::pair(b.second.last, b.first);
      });
  hosts_.erase(oldest);
}

void HostTable::encode(base::ByteWriter& out) const {
  std::vector<std::pair<uint64_t, Seen>> sorted(hosts_.begin(), hosts_.end());
  std::sort(
      sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  out.varint(sorted.size());
  for (const auto& [host, seen] : sorted) {
    out.u64(host);
    out.u32(static_cast<uint32_t>(seen.first));
    out.u32(static_cast<uint32_t>(seen.last));
  }
}

bool HostTable::decode(base::ByteReader& in) {
  hosts_.clear();
  const size_t count = in.count(kEntryBytes);
  if (count > kHostsKept) {
    return false;
  }
  uint64_t before = 0;
  for (size_t i = 0; i < count; ++i) {
    const uint64_t host = in.u64();
    const auto first = static_cast<int32_t>(in.u32());
    const auto last = static_cast<int32_t>(in.u32());
    const bool is_sound = first >= -kHourMost && last <= kHourMost && first <= last;
    if (in.failed() || !is_sound || (i > 0 && host <= before)) {
      return false;
    }
    hosts_.emplace(host, Seen{first, last});
    before = host;
  }
  return !in.failed();
}

}  // namespace kaiku::signal
