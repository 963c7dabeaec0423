// Public items that alerts may point to: bounded, the same whatever came first, and gone when they
// are deleted.
#include "kaiku/aggregate/example_table.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kaiku::aggregate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Example example_of(uint64_t item, bool has_risk = false) {
  Example example;
  example.item = item;
  example.author = item * 7;
  example.has_risk = has_risk;
  example.url = "https://forum.example/" + std::to_string(item);
  example.add(0x100000001 + item);
  return example;
}

std::vector<uint64_t> items_of(const ExampleTable& table) {
  std::vector<uint64_t> items;
  for (const Example& example : table.examples()) {
    items.push_back(example.item);
  }
  return items;
}

TEST(ExampleTable, KeepsWhatHoldsARiskAndThenTheSmallestHashesWhateverCameFirst) {
  ExampleTable forth;
  ExampleTable back;
  for (uint64_t i = 0; i < 40; ++i) {
    forth.add(example_of(i, i == 39));
    back.add(example_of(39 - i, i == 0));
  }
  EXPECT_EQ(forth, back);
  EXPECT_EQ(forth.examples().size(), kExamplesPerTable);
  EXPECT_EQ(forth.examples().front().item, 39U);
  EXPECT_EQ(forth.examples().back().item, kExamplesPerTable - 2);
  ExampleTable odd;
  ExampleTable even;
  for (uint64_t i = 0; i < 40; ++i) {
    (i % 2 == 0 ? even : odd).add(example_of(i, i == 39));
  }
  even.merge(odd);
  EXPECT_EQ(even, forth);
  EXPECT_TRUE(forth.examples().back().is_about(0x100000001 + 14));
  EXPECT_FALSE(forth.examples().back().is_about(0x100000001 + 15));
}

TEST(ExampleTable, WhatIsDeletedIsGoneBeforeAndAfter) {
  ExampleTable before;
  before.take_away(2);
  ExampleTable after;
  for (uint64_t i = 1; i < 4; ++i) {
    before.add(example_of(i));
    after.add(example_of(i));
  }
  after.take_away(2);
  EXPECT_EQ(before, after);
  EXPECT_THAT(items_of(after), ElementsAre(1, 3));
  ExampleTable again;
  again.add(example_of(2));
  after.merge(again);
  EXPECT_THAT(items_of(after), ElementsAre(1, 3));
  EXPECT_TRUE(after.remove_if([](const Example& example) { return example.author == 21; }));
  EXPECT_FALSE(after.remove_if([](const Example& example) { return example.author == 21; }));
  EXPECT_THAT(items_of(after), ElementsAre(1));
  for (uint64_t i = 0; i < 2 * kGonePerTable; ++i) {
    after.take_away(1'000 + i);
  }
  EXPECT_EQ(after.gone().size(), kGonePerTable);
}

TEST(ExampleTable, AnAddressThatIsTooLongOrNoneIsNoExample) {
  Example example = example_of(1);
  example.url.assign(kExampleUrlBytes + 1, 'x');
  ExampleTable table;
  table.add(example);
  example.url.clear();
  table.add(example);
  EXPECT_THAT(table.examples(), IsEmpty());
}

TEST(ExampleTable, GoesThereAndBack) {
  ExampleTable table;
  for (uint64_t i = 0; i < 20; ++i) {
    table.add(example_of(i, i % 3 == 0));
  }
  table.take_away(99);
  std::string bytes;
  base::ByteWriter out(bytes);
  table.encode(out);
  ExampleTable read;
  base::ByteReader in(bytes);
  ASSERT_TRUE(read.decode(in) && in.at_end());
  EXPECT_EQ(read, table);
  for (size_t size = 0; size < bytes.size(); ++size) {
    base::ByteReader cut(std::string_view(bytes).substr(0, size));
    EXPECT_FALSE(read.decode(cut) && !cut.failed()) << size;
  }
}

}  // namespace
}  // namespace kaiku::aggregate
