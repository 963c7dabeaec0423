#include "kaiku/state/memory_store.h"

#include "contract/store_contract.h"

namespace kaiku::state {
namespace {

INSTANTIATE_TEST_SUITE_P(Memory,
                         StoreContract,
                         ::testing::Values(StoreFactory{
                             "memory",
                             [] { return std::shared_ptr<void>(); },
                             [](void*) { return std::make_unique<MemoryStore>(); }}),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace kaiku::state
