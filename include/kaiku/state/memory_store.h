// MemoryStore: the Store of tests, simulation and replay; the reference for the contract.
//
// Threads: confined to its user.
// Owns:    its map.
// Cost:    a balanced tree.
// Fails:   never.
#pragma once

#include <map>

#include "kaiku/state/store.h"

namespace kaiku::state {

class MemoryStore final : public Store {
 public:
  [[nodiscard]] base::Result<std::optional<std::string>> get(std::string_view key) const override;
  [[nodiscard]] base::Status scan(std::string_view begin,
                                  std::string_view end,
                                  const Visit& visit) const override;
  [[nodiscard]] base::Status write(const WriteBatch& batch, bool sync) override;
  [[nodiscard]] base::Status wipe() override;

 private:
  std::map<std::string, std::string, std::less<>> map_;
};

}  // namespace kaiku::state
