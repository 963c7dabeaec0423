// What every Store promises, as tests over a factory: run for memory here and for disk in rocks.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "kaiku/base/prng.h"
#include "kaiku/state/store.h"

namespace kaiku::state {

// The same store again when called a second time, if `reopens`; else a fresh one.
struct StoreFactory {
  std::string name;
  std::function<std::shared_ptr<void>()> make_home;  // a directory, or nothing
  std::function<std::unique_ptr<Store>(void* home)> open;
  bool reopens = false;
};

class StoreContract : public ::testing::TestWithParam<StoreFactory> {
 protected:
  void SetUp() override {
    home_ = GetParam().make_home();
    reopen();
  }

  void reopen() {
    store_.reset();
    store_ = GetParam().open(home_.get());
    ASSERT_NE(store_, nullptr);
  }

  std::string get(const std::string& key) {
    const auto found = store_->get(key);
    EXPECT_TRUE(found.has_value());
    return found->value_or("(nothing)");
  }

  std::string scan(const std::string& begin, const std::string& end) {
    std::string all;
    EXPECT_TRUE(store_
                    ->scan(begin,
                           end,
                           [&](auto key, auto value) {
                             all.append(key).append("=").append(value).append(" ");
                             return true;
                           })
                    .is_ok());
    return all;
  }

  void write(const WriteBatch& batch, bool sync = false) {
    const base::Status status = store_->write(batch, sync);
    ASSERT_TRUE(status.is_ok()) << status.message();
  }

  std::shared_ptr<void> home_;
  std::unique_ptr<Store> store_;
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StoreContract);

TEST_P(StoreContract, GetsWhatWasPutAndNothingElse) {
  WriteBatch batch;
  batch.put("a", "1");
  batch.put("", "empty key");
  batch.put(std::string("z\0z", 3), std::string("\0\xff", 2));
  write(batch);
  EXPECT_EQ(get("a"), "1");
  EXPECT_EQ(get(""), "empty key");
  EXPECT_EQ(get(std::string("z\0z", 3)), std::string("\0\xff", 2));
  EXPECT_EQ(get("b"), "(nothing)");
}

TEST_P(StoreContract, ABatchTakesEffectInItsOrder) {
  WriteBatch batch;
  batch.put("a", "1");
  batch.put("b", "1");
  batch.erase("a");
  batch.put("a", "2");
  batch.erase_range("b", "c");
  batch.put("bb", "3");
  write(batch, true);
  EXPECT_EQ(scan("", ""), "a=2 bb=3 ");
}

TEST_P(StoreContract, ScansInByteOrderWithAnExcludedEnd) {
  WriteBatch batch;
  for (const char* key : {"b", "a", "\xff", "c", "ab", "\x7f"}) {
    batch.put(key, "v");
  }
  write(batch);
  EXPECT_EQ(scan("", ""), "a=v ab=v b=v c=v \x7f=v \xff=v ");
  EXPECT_EQ(scan("ab", "c"), "ab=v b=v ");
  EXPECT_EQ(scan("c", "c"), "");
  EXPECT_EQ(scan("d", ""), "\x7f=v \xff=v ");
}

TEST_P(StoreContract, AVisitorStopsTheScan) {
  WriteBatch batch;
  batch.put("a", "1");
  batch.put("b", "2");
  write(batch);
  int visits = 0;
  EXPECT_TRUE(store_->scan("", "", [&](auto, auto) { return ++visits < 1; }).is_ok());
  EXPECT_EQ(visits, 1);
}

TEST_P(StoreContract, AnEmptyOrReversedRangeErasesNothing) {
  WriteBatch batch;
  batch.put("b", "1");
  write(batch);
  batch.clear();
  batch.erase_range("b", "b");
  batch.erase_range("c", "a");
  write(batch);
  EXPECT_EQ(scan("", ""), "b=1 ");
}

TEST_P(StoreContract, WipeLeavesAnEmptyStoreThatWorks) {
  WriteBatch batch;
  batch.put("a", "1");
  write(batch);
  ASSERT_TRUE(store_->wipe().is_ok());
  EXPECT_EQ(scan("", ""), "");
  write(batch);
  EXPECT_EQ(scan("", ""), "a=1 ");
}

TEST_P(StoreContract, AgreesWithAMapUnderRandomBatches) {
  base::Prng prng(11);
  std::map<std::string, std::string> model;
  const auto key = [&] {
    return std::string(1 + prng.below(2), static_cast<char>(prng.below(200))) +
           std::to_string(prng.below(30));
  };
  for (int round = 0; round < 200; ++round) {
    WriteBatch batch;
    for (uint64_t n = prng.below(20); n > 0; --n) {
      switch (prng.below(8)) {
        case 0: {
          const std::string begin = key();
          const std::string end = key();
          batch.erase_range(begin, end);
          if (begin < end) {
            model.erase(model.lower_bound(begin), model.lower_bound(end));
          }
          break;
        }
        case 1: {
          const std::string at = key();
          batch.erase(at);
          model.erase(at);
          break;
        }
        default: {
          const std::string at = key();
          const std::string value = std::to_string(prng.next());
          batch.put(at, value);
          model[at] = value;
        }
      }
    }
    write(batch, prng.chance(1, 20));
    if (GetParam().reopens && prng.chance(1, 50)) {
      reopen();
    }
    std::string expected;
    for (const auto& [at, value] : model) {
      expected += at + "=" + value + " ";
    }
    ASSERT_EQ(scan("", ""), expected) << round;
  }
}

}  // namespace kaiku::state
