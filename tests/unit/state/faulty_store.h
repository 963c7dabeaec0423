// FaultyStore: a store that refuses to be written while it is told to.
//
// Threads: as the store below.
// Owns:    the store below; `failure` must outlive it.
// Cost:    that of the store below.
// Fails:   write() with `failure`, unless that is ok.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "kaiku/state/store.h"

namespace kaiku::state {

class FaultyStore final : public Store {
 public:
  FaultyStore(std::unique_ptr<Store> below, const base::Status& failure)
      : below_(std::move(below)), failure_(failure) {}

  [[nodiscard]] base::Result<std::optional<std::string>> get(std::string_view key) const override {
    return below_->get(key);
  }

  [[nodiscard]] base::Status scan(std::string_view begin,
                                  std::string_view end,
                                  const Visit& visit) const override {
    return below_->scan(begin, end, visit);
  }

  [[nodiscard]] base::Status write(const WriteBatch& batch, bool sync) override {
    if (!failure_.is_ok()) {
      return failure_;
    }
    synced_ = sync;
    return below_->write(batch, sync);
  }

  [[nodiscard]] base::Status wipe() override { return below_->wipe(); }

  // The last write that was taken was to be synced.
  [[nodiscard]] bool was_synced() const { return synced_; }

 private:
  std::unique_ptr<Store> below_;
  const base::Status& failure_;
  bool synced_ = false;
};

}  // namespace kaiku::state
