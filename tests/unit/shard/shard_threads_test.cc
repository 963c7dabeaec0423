// Threads of which records name the parent only, through whole shards: what is published is what it
// would be if every record had named its conversation, whatever the order, the commits and the
// shards.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "unit/shard/shard_world.h"

namespace kaiku::shard {
namespace {

using base::EventTime;
using base::kDay;
using base::kHour;
using base::kMinute;
using base::kSecond;

struct Said {
  std::string id;
  EventTime at = 0;
  std::string author;
  std::string role = "customer";
  std::string parent;
  std::string root;  // of its thread
  std::string op = "create";
  EventTime changed_at = 0;

  // Naming the conversation, or nothing but the parent.
  [[nodiscard]] std::string json(bool names_root) const {
    std::string out = "{\"event_id\":\"" + id + op + "\"";
    out += field("type", "support_message") + field("op", op) + field("brand_id", "kirkas");
    out += field("channel", "mastodon") + field("native_id", id);
    out += field("occurred_at", base::format_micros(at));
    if (op != "create") {
      out += field("observed_at", base::format_micros(changed_at));
      out += field("native_version", op);
    }
    out += ",\"author\":{\"id\":\"" + author + "\",\"role\":\"" + role + "\"}";
    out += names_root ? field("conversation_id", root) : field("in_reply_to", parent);
    return out + "}";
  }
};

Said said(std::string id, EventTime at, std::string author, std::string parent, std::string root) {
  Said one;
  one.id = std::move(id);
  one.at = at;
  one.author = std::move(author);
  one.role = one.author == "brand" ? "brand" : "customer";
  one.parent = std::move(parent);
  one.root = std::move(root);
  return one;
}

Plan plan_of(uint32_t shards, bool bounded = true) {
  Plan plan = world_plan(shards, {"people"}, bounded);
  auto conversations = std::make_shared<conversation::ConversationPlan>();
  conversations->targets = {{"all", "", model::Severity::kNone, "", kHour, false}};
  conversations->inactivity_us = kDay;
  conversations->lateness_us = plan.time.lateness_us;
  conversations->buffer_max = 2'000;
  plan.conversations = std::move(conversations);
  return plan;
}

using Records = std::map<std::string, std::string>;

struct Result {
  Records outcomes;
  Records kpis;
  Records activity;
  conversation::ThreadCounts counts;
};

Result result_of(World& world) {
  Result result{world.last(world.plan().outputs.outcomes),
                world.last(world.plan().outputs.kpi),
                world.last(world.plan().outputs.activity[0]),
                {}};
  for (uint32_t i = 0; i < world.plan().shards; ++i) {
    const conversation::ThreadCounts counts = world.shard(i).thread_counts();
    result.counts.found += counts.found;
    result.counts.unknown += counts.unknown;
    result.counts.cut += counts.cut;
  }
  return result;
}

// `seed` 0: everything at once, in the order that is given.
Result run(const std::vector<Said>& all, uint32_t shards, bool names_root, uint64_t seed) {
  World world(plan_of(shards));
  base::Prng prng(seed);
  for (const Said& one : all) {
    world.feed(0, one.json(names_root));
    for (uint64_t i = prng.below(4); seed != 0 && i > 0; --i) {
      world.stir(prng);
    }
  }
  world.end(0);
  world.settle();
  return result_of(world);
}

// Within the time in which the pipeline takes what is out of order.
std::vector<Said> shuffled(std::vector<Said> all, base::Prng& prng) {
  std::vector<std::pair<EventTime, Said>> arrivals;
  for (Said& one : all) {
    const EventTime at = std::max(one.at, one.changed_at);
    arrivals.emplace_back(at + static_cast<EventTime>(prng.below(20)) * kSecond, std::move(one));
  }
  std::stable_sort(arrivals.begin(), arrivals.end(), [](const auto& a, const auto& b) {
    return a.first < b.first;
  });
  std::vector<Said> result;
  for (auto& [at, one] : arrivals) {
    result.push_back(std::move(one));
  }
  return result;
}

TEST(ShardThreads, AReplyToAReplyBelongsToTheQuestion) {
  const std::vector<Said> all{said("q", kMonday, "anna", "", "q"),
                              said("p", kMonday + 5 * kMinute, "ben", "q", "q"),
                              said("a", kMonday + 10 * kMinute, "brand", "p", "q"),
                              said("t", kMonday + 20 * kMinute, "anna", "a", "q")};
  for (const uint32_t shards : {1U, 2U, 5U}) {
    const Result expected = run(all, shards, true, 0);
    const Result result = run(all, shards, false, 0);
    EXPECT_EQ(result.outcomes.size(), 1U);
    EXPECT_EQ(result.outcomes, expected.outcomes);
    EXPECT_EQ(result.kpis, expected.kpis);
    EXPECT_EQ(result.counts.found, 3U);
    EXPECT_EQ(result.counts.unknown, 0U);
  }
}

// Many threads of random shape, in random order, with commits, restarts and lost disks in between.
TEST(ShardThreads, WhatIsPublishedIsAsIfRecordsNamedTheConversation) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    base::Prng prng(seed);
    std::vector<Said> all;
    for (int thread = 0; thread < 12; ++thread) {
      const std::string root = "q" + std::to_string(thread);
      std::vector<std::string> ids{root};
      EventTime at = kMonday + static_cast<EventTime>(prng.below(6'000)) * kSecond;
      all.push_back(said(root, at, "asker" + std::to_string(thread), "", root));
      for (uint64_t i = 1 + prng.below(12); i > 0; --i) {
        at += 1 + static_cast<EventTime>(prng.below(300)) * kSecond;
        const std::string id = root + "-" + std::to_string(i);
        const std::string author = prng.chance(1, 3)   ? "brand"
                                   : prng.chance(1, 2) ? "asker" + std::to_string(thread)
                                                       : "peer" + std::to_string(prng.below(5));
        // Mostly the one before: deep threads.
        const std::string parent = prng.chance(3, 4) ? ids.back() : ids[prng.below(ids.size())];
        all.push_back(said(id, at, author, parent, root));
        ids.push_back(id);
      }
    }
    const std::vector<Said> arrived = shuffled(all, prng);
    const auto shards = static_cast<uint32_t>(1 + prng.below(4));
    const Result expected = run(arrived, 1, true, 0);
    const Result result = run(arrived, shards, false, seed);
    EXPECT_EQ(result.outcomes, expected.outcomes) << "seed " << seed;
    EXPECT_EQ(result.kpis, expected.kpis) << "seed " << seed;
    EXPECT_EQ(result.activity, expected.activity) << "seed " << seed;
  }
}

// What nobody knows stands for the root of all that follows from it, and the parts of a thread keep
// together.
TEST(ShardThreads, WhatFollowsFromAnUnknownPostKeepsTogether) {
  const std::vector<Said> all{said("b", kMonday + 5 * kMinute, "anna", "x", "x"),
                              said("c", kMonday + 10 * kMinute, "brand", "b", "x"),
                              said("d", kMonday + 11 * kMinute, "anna", "c", "x"),
                              said("e", kMonday + 12 * kMinute, "dora", "x", "x")};
  const Result expected = run(all, 1, true, 0);
  for (uint64_t seed = 0; seed < 6; ++seed) {
    const Result result = run(all, 3, false, seed);
    EXPECT_EQ(result.outcomes, expected.outcomes);
    EXPECT_EQ(result.kpis, expected.kpis);
    EXPECT_EQ(result.counts.found + result.counts.unknown, 4U);
    EXPECT_GE(result.counts.unknown, 4U);
  }
}

// Posts that name each other, or themselves: nothing waits for ever.
TEST(ShardThreads, PostsThatNameEachOtherDoNotRunInACircle) {
  const std::vector<Said> all{said("a", kMonday, "anna", "c", ""),
                              said("b", kMonday + kMinute, "ben", "a", ""),
                              said("c", kMonday + 2 * kMinute, "cleo", "b", ""),
                              said("s", kMonday + 3 * kMinute, "dora", "s", ""),
                              said("t", kMonday + 4 * kMinute, "brand", "s", ""),
                              said("u", kMonday, "emil", "v", ""),
                              said("v", kMonday, "fia", "u", "")};
  const Result first = run(all, 1, false, 0);
  EXPECT_FALSE(first.outcomes.empty());
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    base::Prng prng(seed);
    const Result result = run(shuffled(all, prng), 3, false, seed);
    EXPECT_EQ(result.outcomes, first.outcomes) << "seed " << seed;
    EXPECT_EQ(result.kpis, first.kpis) << "seed " << seed;
  }
}

// A deletion and an edit of a reply go where the reply went.
TEST(ShardThreads, ChangesFollowTheirReply) {
  std::vector<Said> all{said("q", kMonday, "anna", "", "q"),
                        said("a", kMonday + 5 * kMinute, "brand", "q", "q"),
                        said("t", kMonday + 10 * kMinute, "anna", "a", "q")};
  Said gone = all[2];
  gone.op = "delete";
  gone.changed_at = kMonday + 12 * kMinute;
  all.push_back(gone);
  const Result expected = run(all, 2, true, 0);
  for (uint64_t seed = 0; seed < 6; ++seed) {
    const Result result = run(all, 3, false, seed);
    EXPECT_EQ(result.outcomes, expected.outcomes);
    EXPECT_EQ(result.kpis, expected.kpis);
  }
}

// Everything is read before anything was found, and the last record is of another month: what is
// older than a thread may last is asked for all the same.
TEST(ShardThreads, AJumpOfTimeForgetsNothingThatIsLookedFor) {
  std::vector<Said> all;
  for (int thread = 0; thread < 20; ++thread) {
    const std::string root = "q" + std::to_string(thread);
    std::string before;
    for (int i = 0; i < 6; ++i) {
      const std::string id = i == 0 ? root : root + "-" + std::to_string(i);
      const EventTime at = kMonday + thread * kHour + i * kMinute;
      all.push_back(said(id, at, i % 2 == 0 ? "anna" : "brand", before, root));
      before = id;
    }
  }
  all.push_back(said("later", kMonday + 60 * kDay, "zoe", "", "later"));
  const auto result = [&all](uint32_t shards, bool names_root) {
    World world(plan_of(shards, false));
    for (const Said& one : all) {
      world.feed(0, one.json(names_root), one.at);
    }
    world.settle();
    return result_of(world);
  };
  const Records expected = result(1, true).outcomes;
  EXPECT_EQ(expected.size(), 20U);
  for (const uint32_t shards : {1U, 2U, 5U}) {
    const Result got = result(shards, false);
    EXPECT_EQ(got.outcomes, expected);
    EXPECT_EQ(got.counts.found, 100U);
    EXPECT_EQ(got.counts.unknown, 0U);
  }
}

// A thousand replies, each to the one before, read at once: the steps double.
TEST(ShardThreads, ALongChainIsFoundInAFewRounds) {
  std::vector<Said> all{said("r0", kMonday, "anna", "", "r0")};
  for (int i = 1; i <= 1'000; ++i) {
    all.push_back(said("r" + std::to_string(i),
                       kMonday + i * kSecond / 2,
                       i % 7 == 0 ? "brand" : "anna",
                       "r" + std::to_string(i - 1),
                       "r0"));
  }
  World world(plan_of(4));
  for (auto one = all.rbegin(); one != all.rend(); ++one) {
    world.feed(0, one->json(false));
  }
  world.end(0);
  world.settle();
  const Result result = result_of(world);
  EXPECT_EQ(result.outcomes, run(all, 1, true, 0).outcomes);
  EXPECT_EQ(result.counts.found, 1'000U);
  uint64_t epochs = 0;
  for (uint32_t i = 0; i < 4; ++i) {
    epochs = std::max(epochs, world.shard(i).epoch());
  }
  EXPECT_LE(epochs, 60U) << "a question and an answer for each doubling, and what comes after";
}

}  // namespace
}  // namespace kaiku::shard
