#include "sim/sim_store.h"

namespace kaiku::sim {

using base::Exit;
using base::Status;

void SimDisk::apply(const state::WriteBatch& batch, Content& content) {
  using Kind = state::WriteBatch::Entry::Kind;
  for (const state::WriteBatch::Entry& entry : batch.entries()) {
    switch (entry.kind) {
      case Kind::kPut:
        content[entry.key] = entry.value;
        break;
      case Kind::kErase:
        content.erase(entry.key);
        break;
      case Kind::kEraseRange:
        if (entry.key < entry.value) {
          content.erase(content.lower_bound(entry.key), content.lower_bound(entry.value));
        }
        break;
    }
  }
}

void SimDisk::write(const state::WriteBatch& batch, bool sync) {
  apply(batch, content_);
  unsynced_.push_back(batch);
  if (!sync) {
    return;
  }
  for (const state::WriteBatch& one : unsynced_) {  // the log is synced as a whole
    apply(one, synced_);
  }
  unsynced_.clear();
}

void SimDisk::wipe() {
  content_.clear();
  synced_.clear();
  unsynced_.clear();
}

void SimDisk::crash(Crash kind, base::Prng& prng) {
  switch (kind) {
    case Crash::kProcess:
      break;
    case Crash::kPower:
      unsynced_.resize(prng.below(unsynced_.size() + 1));
      for (const state::WriteBatch& one : unsynced_) {
        apply(one, synced_);
      }
      unsynced_.clear();
      content_ = synced_;
      break;
    case Crash::kDisk:
      wipe();
      break;
  }
}

SimDisk::Crash SimDisk::crash(base::Prng& prng) {
  const uint64_t draw = prng.below(10);
  const Crash kind = draw < 3 ? Crash::kProcess : draw < 9 ? Crash::kPower : Crash::kDisk;
  crash(kind, prng);
  return kind;
}

Status SimStore::call() const {
  return process_.touch() ? Status::ok()
                          : Status::stop(Exit::kUnavailable, "the process of this store is gone");
}

base::Result<std::optional<std::string>> SimStore::get(std::string_view key) const {
  if (Status status = call(); !status.is_ok()) {
    return status;
  }
  const auto found = disk_.content().find(key);
  if (found == disk_.content().end()) {
    return std::optional<std::string>();
  }
  return std::optional(found->second);
}

Status SimStore::scan(std::string_view begin, std::string_view end, const Visit& visit) const {
  if (Status status = call(); !status.is_ok()) {
    return status;
  }
  // By key, so that a visitor that writes does not pull the ground away.
  std::string at(begin);
  for (auto entry = disk_.content().lower_bound(at); entry != disk_.content().end();
       entry = disk_.content().upper_bound(at)) {
    at = entry->first;
    if (!end.empty() && at >= end) {
      break;
    }
    const std::string value = entry->second;
    if (!visit(at, value)) {
      break;
    }
  }
  return Status::ok();
}

Status SimStore::write(const state::WriteBatch& batch, bool sync) {
  if (Status status = call(); !status.is_ok()) {
    return status;
  }
  if (disk_.take_failure()) {
    return Status::stop(Exit::kDiskFull, "no space left on the simulated disk");
  }
  disk_.write(batch, sync);
  return Status::ok();
}

Status SimStore::wipe() {
  if (Status status = call(); !status.is_ok()) {
    return status;
  }
  disk_.wipe();
  return Status::ok();
}

}  // namespace kaiku::sim
