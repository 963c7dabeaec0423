#include "kaiku/state/memory_store.h"

namespace kaiku::state {

base::Result<std::optional<std::string>> MemoryStore::get(std::string_view key) const {
  const auto found = map_.find(key);
  if (found == map_.end()) {
    return std::optional<std::string>();
  }
  return std::optional<std::string>(found->second);
}

base::Status MemoryStore::scan(std::string_view begin,
                               std::string_view end,
                               const Visit& visit) const {
  for (auto at = map_.lower_bound(begin); at != map_.end(); ++at) {
    if (!end.empty() && at->first >= end) {
      break;
    }
    if (!visit(at->first, at->second)) {
      break;
    }
  }
  return base::Status::ok();
}

base::Status MemoryStore::write(const WriteBatch& batch, bool /*sync*/) {
  using Kind = WriteBatch::Entry::Kind;
  for (const WriteBatch::Entry& entry : batch.entries()) {
    switch (entry.kind) {
      case Kind::kPut:
        map_.insert_or_assign(entry.key, entry.value);
        break;
      case Kind::kErase:
        map_.erase(entry.key);
        break;
      case Kind::kEraseRange:
        if (entry.key < entry.value) {
          map_.erase(map_.lower_bound(entry.key), map_.lower_bound(entry.value));
        }
        break;
    }
  }
  return base::Status::ok();
}

base::Status MemoryStore::wipe() {
  map_.clear();
  return base::Status::ok();
}

}  // namespace kaiku::state
