#include "contract/log_contract.h"

#include "kaiku/state/memory_store.h"

#include "contract/local_world.h"

namespace kaiku::log {
namespace {

class MemoryWorld final : public LocalWorld {
 public:
  MemoryWorld(const TopicTable& topics, bool has_store, size_t tail_bytes)
      : LocalWorld(topics, tail_bytes), has_store_(has_store) {
    open();
  }

 private:
  std::unique_ptr<state::Store> open_store(std::unique_ptr<state::Store> old) override {
    if (old == nullptr && has_store_) {
      old = std::make_unique<state::MemoryStore>();
    }
    return old;
  }

  bool has_store_;
};

LogWorldFactory world(const std::string& name, bool has_store, size_t tail_bytes) {
  return {name, [=](const TopicTable& topics) {
            return std::make_unique<MemoryWorld>(topics, has_store, tail_bytes);
          }};
}

INSTANTIATE_TEST_SUITE_P(Local,
                         LogContract,
                         ::testing::Values(world("withoutStore", false, 0),
                                           world("memory", true, 64U << 20),
                                           // Next to nothing stays in memory.
                                           world("memoryWithoutTail", true, 0)),
                         log_name);

}  // namespace
}  // namespace kaiku::log
