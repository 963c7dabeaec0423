#include "contract/log_contract.h"

#include <cstdlib>
#include <filesystem>

#include "kaiku/rocks/rocks_store.h"

#include "contract/local_world.h"

namespace kaiku::log {
namespace {

// The store is opened again, by what would be another process, at every restart.
class RocksWorld final : public LocalWorld {
 public:
  RocksWorld(const TopicTable& topics, size_t tail_bytes) : LocalWorld(topics, tail_bytes) {
    std::string pattern = ::testing::TempDir() + "kaiku-local-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    open();
  }

  RocksWorld(const RocksWorld&) = delete;
  RocksWorld& operator=(const RocksWorld&) = delete;

  ~RocksWorld() override {
    close();
    std::error_code error;
    std::filesystem::remove_all(directory_, error);
  }

 private:
  std::unique_ptr<state::Store> open_store(std::unique_ptr<state::Store> old) override {
    old.reset();
    rocks::RocksOptions options;
    options.memory_bytes = 32U << 20;
    options.reserve_bytes = 0;
    auto store = rocks::open_rocks_store(
        directory_ + "/log", rocks::RocksEnvironment(options), rocks::WriteLog::kOn);
    EXPECT_TRUE(store.has_value()) << store.error().message();
    return std::move(store).value();
  }

  std::string directory_;
};

INSTANTIATE_TEST_SUITE_P(LocalOverRocks,
                         LogContract,
                         ::testing::Values(LogWorldFactory{"tail",
                                                           [](const TopicTable& topics) {
                                                             return std::make_unique<RocksWorld>(
                                                                 topics, 64U << 20);
                                                           }},
                                           LogWorldFactory{"noTail",
                                                           [](const TopicTable& topics) {
                                                             return std::make_unique<RocksWorld>(
                                                                 topics, 0);
                                                           }}),
                         log_name);

}  // namespace
}  // namespace kaiku::log
