#include "kaiku/shard/delta_table.h"

#include <map>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"

namespace kaiku::shard {
namespace {

using Place = std::tuple<int32_t, model::ItemType, std::string, std::string>;

// Names come from buffers that are written over all the time: what a key says counts, not where it
// lies.
TEST(DeltaTable, FindsTheCellOfAKeyWhereverItsNamesLie) {
  base::Prng random(7);
  DeltaTable table;
  std::map<Place, int64_t> expected;
  std::string brand;
  std::string channel;
  for (int epoch = 0; epoch < 20; ++epoch) {
    for (int i = 0; i < 2'000; ++i) {
      brand = "brand" + std::to_string(random.below(9));
      channel = "c" + std::to_string(random.below(3));
      const auto minute = static_cast<int32_t>(random.below(4));
      const auto type = static_cast<model::ItemType>(random.below(3));
      ++table.at({minute, type, brand, channel}).edits;
      ++expected[{minute, type, brand, channel}];
    }
    EXPECT_EQ(table.size(), expected.size());
    table.drain([&](const exchange::DeltaKey& key, aggregate::Aggregate& delta) {
      const Place place{key.minute, key.type, std::string(key.brand), std::string(key.channel)};
      EXPECT_EQ(delta.edits, expected[place]);
      expected.erase(place);
    });
    EXPECT_TRUE(expected.empty());
    EXPECT_TRUE(table.empty());
    expected.clear();
  }
}

}  // namespace
}  // namespace kaiku::shard
