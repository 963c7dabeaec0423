#include <cstdlib>
#include <iostream>
#include <string_view>

#include <gtest/gtest.h>

#include "kaiku/base/logger.h"

#include "broker.h"

namespace {

bool is_set(const char* name, std::string_view to) {
  const char* value = std::getenv(name);
  return value != nullptr && to == value;
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  kaiku::base::log_setup(std::getenv("KAIKU_TEST_LOG") != nullptr ? kaiku::base::LogLevel::kInfo
                                                                  : kaiku::base::LogLevel::kError,
                         kaiku::base::LogFormat::kText);
  auto& broker = kaiku::kafka::test::Broker::instance();
  if (!testing::GTEST_FLAG(list_tests) && !broker.start_fresh()) {
    if (is_set("KAIKU_REQUIRE_KAFKA", "1") || is_set("CI", "true")) {
      std::cerr << "A broker is required here and could not be started.\n";
      return 1;
    }
    std::cerr
        << "\n*** No broker could be started: EVERY TEST OF THE KAFKA LOG IS SKIPPED. ***\n\n";
  }
  const int result = RUN_ALL_TESTS();
  if (broker.running()) {
    broker.stop();
  }
  return result;
}
