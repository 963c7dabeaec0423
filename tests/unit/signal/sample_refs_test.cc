// Public posts that alerts point to, until they are gone.
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "unit/signal/book_fixture.h"

namespace kaiku::signal {
namespace {

TEST_F(SignalBookTest, AnAlertPointsToThePostsThatMadeItUntilTheyAreGone) {
  const int link = static_cast<int>(model::Risk::kPhishingLookalike);
  for (uint64_t i = 1; i <= 5; ++i) {
    say({2, 10, "kirkas-tuki.com", 10 + i, "kirkas", link, 0, i});
  }
  say({2, 10, "k1rkas", 99, "kirkas", static_cast<int>(model::Risk::kImpersonation), 0, 9});
  commit(kMonday + 2 * base::kHour + 11 * base::kMinute);
  std::map<std::string, std::string> refs;
  for (const AlertRecord& record : std::vector<AlertRecord>(told_)) {
    told_ = {record};
    refs[text_of(record.value, "kind")] = samples();
  }
  EXPECT_EQ(refs["impersonation"], R"(["https://x.example/9"])");
  EXPECT_EQ(refs["phishing_link"],
            R"(["https://x.example/1","https://x.example/2","https://x.example/3"])");
  take_away(1, 2, 10);
  book_->forget(12);
  commit(kMonday + 2 * base::kHour + 12 * base::kMinute);
  open();
  say({2, 40, "kirkas-tuki.com", 3, "kirkas", link, 0, 6});
  take_away(6, 2, 40);
  commit(kMonday + 2 * base::kHour + 41 * base::kMinute);
  EXPECT_EQ(samples(), R"(["https://x.example/3"])");
  // When its hour was looked at.
  close(2);
  told_.clear();
  take_away(3, 2, 10);
  say({4, 0, "kirkas-tuki.com", 3, "kirkas", link});
  close(4);
  EXPECT_EQ(told_.size(), 1U);
  EXPECT_EQ(samples(), "");
}

TEST_F(SignalBookTest, ABurstPointsToPostsWithItsTerm) {
  for (int64_t hour = 0; hour < 80; ++hour) {
    say_often(hour, "usual", 2);
  }
  for (uint64_t i = 1; i <= 9; ++i) {
    say({80, static_cast<int64_t>(i), "#lasi", i, "kirkas", -1, 0, i});
    say({80, static_cast<int64_t>(i), "usual", i, "kirkas", -1, 0, 20 + i});
  }
  take_away(2, 80, 2);
  told_.clear();
  close(80);
  std::vector<AlertRecord> all = told_;
  std::erase_if(
      all, [](const AlertRecord& record) { return text_of(record.value, "subject") != "#lasi"; });
  ASSERT_EQ(all.size(), 1U);
  told_ = all;
  EXPECT_EQ(samples(), R"(["https://x.example/1","https://x.example/3","https://x.example/4"])");
}

}  // namespace
}  // namespace kaiku::signal
