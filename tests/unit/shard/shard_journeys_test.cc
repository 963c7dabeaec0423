// Journeys through whole shards: touches, orders and contacts meet at keys, and what is published
// of them is a function of what was accepted, whatever the order, the commits and the shards.
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

// One canonical record.
struct Said {
  size_t source = 0;  // 0 people, 1 the shop
  EventTime at = 0;
  std::string type = "mention";
  std::string op = "create";
  std::string id;
  std::string channel = "forum";
  std::string customer;
  std::string campaign;
  std::string coupon;
  std::string author;
  std::string role = "customer";
  std::string thread;
  std::string text;
  bool accepted = false;
  // of the shop
  std::string kind;
  std::string amount;
  std::string version;
  std::string order;
  std::string touch;
  std::string click;

  [[nodiscard]] std::string json() const {
    std::string out = "{\"event_id\":\"" + id + version + op + "\"";
    out += field("type", type) + field("op", op) + field("occurred_at", base::format_micros(at));
    out += field("brand_id", "kirkas") + field("channel", channel) + field("native_id", id);
    out += field("native_version", version) + field("customer_key", customer);
    out += field("campaign_id", campaign) + field("kind", kind) + field("relates_to", order);
    out += field("conversation_id", thread) + field("text", text);
    if (!author.empty()) {
      out += ",\"author\":{\"id\":\"" + author + "\",\"role\":\"" + role + "\"}";
    }
    if (accepted) {
      out += ",\"accepted_answer\":true";
    }
    if (!kind.empty()) {
      out += field("business_id", id);
      out += amount.empty() ? "" : field("amount", amount) + field("currency", "EUR");
    }
    const std::string touches =
        field("channel", touch) + field("click_id", click) + field("coupon", coupon);
    if (!touches.empty()) {
      out += ",\"touch\":{" + touches.substr(1) + "}";
    }
    return out + "}";
  }
};

Said touch(std::string id, EventTime at, std::string channel, std::string customer) {
  Said said;
  said.id = std::move(id);
  said.at = at;
  said.channel = std::move(channel);
  said.customer = std::move(customer);
  return said;
}

Said business(std::string kind, std::string id, EventTime at, std::string customer) {
  Said said;
  said.source = 1;
  said.type = "business_event";
  said.kind = std::move(kind);
  said.id = std::move(id);
  said.at = at;
  said.channel = "web";
  said.customer = std::move(customer);
  return said;
}

Said order(std::string id, EventTime at, std::string customer, std::string amount) {
  Said said = business("order", std::move(id), at, std::move(customer));
  said.amount = std::move(amount);
  return said;
}

Plan journey_plan(uint32_t shards, bool bounded) {
  Plan plan = world_plan(shards, {"people", "shop"}, bounded);
  auto journeys = std::make_shared<JourneyPlan>();
  journeys->kinds = (1U << model::kKeyKinds) - 1;
  journeys->keys.look_back = 10 * kDay;
  journeys->keys.order_delay_max = 3 * kDay;
  journeys->keys.lateness = plan.time.lateness_us;
  journeys->keys.stopped = {journey_key(plan.key, model::KeyKind::kCustomer, "guest")};
  plan.journeys = std::move(journeys);
  return plan;
}

// Value of a field of a flat record, as text without quotes; "" if it is not there.
std::string value_of(const std::string& body, std::string_view name) {
  const std::string quoted = "\"" + std::string(name) + "\":";
  const size_t at = body.find(quoted);
  if (at == std::string::npos) {
    return "";
  }
  size_t begin = at + quoted.size();
  size_t end = body.find_first_of(",}", begin);
  if (body[begin] == '"') {
    end = body.find('"', ++begin);
  }
  return body.substr(begin, end - begin);
}

// Key figures without what timing decides: how often they were revised, and those that came and
// were taken back.
std::map<std::string, std::string> figures_of(const World& world) {
  std::map<std::string, std::string> figures;
  for (auto [key, body] : world.last(world.plan().outputs.kpi)) {
    if (value_of(body, "value") == "null" || value_of(body, "value") == "0.00" ||
        body.find("\"value\"") == std::string::npos) {
      continue;
    }
    const size_t kind = body.find(",\"kind\":");
    body.erase(kind, body.find(",\"value\"") - kind);
    figures[key] = body;
  }
  return figures;
}

std::string figure(const std::map<std::string, std::string>& figures,
                   std::string_view kpi,
                   std::string_view channel,
                   std::string_view name = "value",
                   EventTime day = kMonday) {
  const std::string key = R"({"kpi":")" + std::string(kpi) + R"(","brand":"kirkas","channel":")" +
                          std::string(channel) + R"(","window":"day","window_start":")" +
                          base::format_seconds(day) + "\"}";
  const auto found = figures.find(key);
  return found == figures.end() ? "" : value_of(found->second, name);
}

void run(World& world, const std::vector<Said>& all, base::Prng& prng) {
  for (const Said& said : all) {
    world.feed(said.source, said.json(), said.at);
    while (prng.chance(2, 3)) {
      world.stir(prng);
    }
  }
  world.end(0);
  while (prng.chance(9, 10)) {
    world.stir(prng);
  }
  world.end(1);
  world.settle();
}

void shuffle(std::vector<Said>& all, base::Prng& prng) {
  for (size_t i = all.size() - 1; i > 0; --i) {
    std::swap(all[i], all[prng.below(i + 1)]);
  }
}

// Three touches, a coupon of a post, two orders, a refund.
TEST(ShardJourneys, AnOrderMeetsItsTouchesAtEveryKeyItCarries) {
  Said post = touch("p1", kMonday - 2 * kDay, "x", "");
  post.coupon = "SUMMER";
  Said bought = order("o1", kMonday + 10 * kHour, "ann", "100.00");
  bought.coupon = "summer";
  Said refund = business("refund", "r1", kMonday + 12 * kHour, "");
  refund.amount = "40.00";
  refund.order = "o1";
  Said visit = business("visit", "v1", kMonday + 9 * kHour, "ann");
  visit.touch = "instagram";
  Said guest = order("o2", kMonday + 11 * kHour, "guest", "10.00");
  const std::vector<Said> all = {touch("p0", kMonday - kDay, "forum", "ann"),
                                 post,
                                 touch("p2", kMonday - kDay, "forum", "guest"),
                                 visit,
                                 bought,
                                 guest,
                                 refund};
  World world(journey_plan(2, true));
  base::Prng prng(1);
  run(world, all, prng);
  const auto figures = figures_of(world);
  EXPECT_EQ(figure(figures, "attributed_revenue_last_touch", "instagram"), "60.00");
  EXPECT_EQ(figure(figures, "attributed_revenue_last_touch", "instagram", "denominator"), "70.00");
  EXPECT_EQ(figure(figures, "attributed_revenue_first_touch", "x"), "60.00");
  EXPECT_EQ(figure(figures, "attributed_revenue_linear", "forum"), "20.00");
  EXPECT_EQ(figure(figures, "attributed_revenue_equal_split", "x"), "20.00");
  EXPECT_EQ(figure(figures, "attributed_revenue_last_touch", "_none"), "10.00")
      << "a guest is nobody's key";
  EXPECT_EQ(figure(figures, "attributed_order_share", "web", "numerator"), "1");
  EXPECT_EQ(figure(figures, "attributed_order_share", "web", "denominator"), "2");
  EXPECT_EQ(figure(figures, "new_customer_share", "web", "denominator"), "1");
  uint64_t stopped = 0;
  for (uint32_t i = 0; i < 2; ++i) {
    stopped += world.shard(i).key_counts().stopped;
  }
  EXPECT_GE(stopped, 3U) << "a touch, an order's entry and its question";
}

std::vector<Said> random_business(base::Prng& prng, int i, const std::string& customer) {
  const EventTime at = kMonday + prng.between(0, 20 * kDay);
  const std::string number = std::to_string(i);
  if (prng.chance(1, 3)) {
    Said visit = business(prng.chance(1, 2) ? "visit" : "lead", "v" + number, at, customer);
    visit.touch = prng.chance(1, 2) ? "instagram" : "";
    visit.click = prng.chance(1, 3) ? "c" + std::to_string(prng.below(4)) : "";
    return {visit};
  }
  std::vector<Said> all = {order("o" + number, at, customer, std::to_string(prng.between(1, 500)))};
  all[0].version = "1";
  all[0].touch = prng.chance(1, 4) ? "x" : "";
  all[0].click = prng.chance(1, 3) ? "c" + std::to_string(prng.below(4)) : "";
  all[0].campaign = prng.chance(1, 4) ? "spring" : "";
  if (prng.chance(1, 3)) {
    Said next = all[0];
    next.version = "2";
    next.amount = std::to_string(prng.between(1, 500));
    next.customer = prng.chance(1, 2) ? "bob" : next.customer;
    next.at += prng.chance(1, 2) ? kHour : 0;
    next.op = prng.chance(1, 4) ? "delete" : "update";
    all.push_back(next);
  }
  if (prng.chance(1, 3)) {
    Said refund = business("refund", "r" + number, at + kDay, "");
    refund.amount = std::to_string(prng.between(1, 50));
    refund.order = "o" + number;
    all.push_back(refund);
  }
  if (prng.chance(1, 8)) {
    Said cancelled = business("cancellation", "x" + number, at + kDay, "");
    cancelled.order = "o" + number;
    all.push_back(cancelled);
  }
  return all;
}

std::vector<Said> random_set(base::Prng& prng) {
  static constexpr const char* kChannels[] = {"x", "forum", "email"};
  static constexpr const char* kCustomers[] = {"ann", "bob", "cid", "guest", ""};
  static constexpr const char* kProblems[] = {"my bottle of kirkas leaks at the cap",
                                              "please, my bottle of Kirkas leaks at the cap!",
                                              "where is the parcel that I ordered in May?",
                                              "help"};
  std::vector<Said> all;
  for (int i = 0; i < 60; ++i) {
    const std::string customer = kCustomers[prng.below(5)];
    if (prng.chance(1, 2)) {
      const std::vector<Said> some = random_business(prng, i, customer);
      all.insert(all.end(), some.begin(), some.end());
      continue;
    }
    Said said = touch("p" + std::to_string(i),
                      kMonday + prng.between(-2 * kDay, 20 * kDay),
                      kChannels[prng.below(3)],
                      customer);
    said.campaign = prng.chance(1, 5) ? "spring" : "";
    said.role = prng.chance(1, 6) ? "brand" : "customer";
    said.author = customer + "@";
    said.type = prng.chance(1, 2) ? "support_message" : "mention";
    said.text = kProblems[prng.below(4)];
    all.push_back(said);
    if (prng.chance(1, 6)) {
      Said gone = said;
      gone.op = "delete";
      gone.customer = prng.chance(1, 2) ? "" : gone.customer;
      all.push_back(gone);
    }
    if (prng.chance(1, 6)) {  // from another connector, which knows more, or less
      said.version = "copy";
      said.customer = said.customer.empty() || prng.chance(1, 2) ? "cid" : "";
      said.campaign = prng.chance(1, 2) ? "spring" : "";
      all.push_back(said);
    }
  }
  return all;
}

double money(const std::string& text) {
  return text.empty() ? 0 : std::stod(text);
}

// Of every model the channels sum to what is attributed of all, which is what was booked, net.
void expect_sums(const std::map<std::string, std::string>& figures) {
  std::map<std::string, double> of_all;
  std::map<std::string, double> of_channels;
  for (const auto& [key, body] : figures) {
    const std::string kpi = value_of(body, "kpi");
    const std::string day = value_of(body, "window_start");
    if (kpi.rfind("attributed_revenue_", 0) == 0 && kpi != "attributed_revenue_markov") {
      (value_of(body, "channel") == "_all" ? of_all : of_channels)[kpi + day] +=
          money(value_of(body, "value"));
    }
  }
  EXPECT_FALSE(of_all.empty());
  for (const auto& [kpi, value] : of_channels) {
    EXPECT_NEAR(of_all[kpi], value, 0.05) << kpi;  // each channel is rounded for itself
  }
}

TEST(ShardJourneys, WhatIsPublishedIsAFunctionOfTheSetOfRecords) {
  base::Prng prng(20260305);
  for (int round = 0; round < 8; ++round) {
    std::vector<Said> all = random_set(prng);
    std::map<std::string, std::string> first;
    for (const uint32_t shards : {1U, 2U, 7U, 2U}) {
      shuffle(all, prng);
      World world(journey_plan(shards, true));
      run(world, all, prng);
      const auto figures = figures_of(world);
      if (first.empty()) {
        first = figures;
        ASSERT_FALSE(first.empty());
        expect_sums(first);
      }
      for (const auto& [key, body] : first) {
        const auto found = figures.find(key);
        ASSERT_NE(found, figures.end()) << round << " " << shards << ": " << body;
        ASSERT_EQ(found->second, body) << round << " " << shards;
      }
      ASSERT_EQ(figures.size(), first.size()) << round << " " << shards;
    }
  }
}

Said question(std::string id, EventTime at, std::string channel, std::string text) {
  Said said = touch(std::move(id), at, std::move(channel), "ann");
  said.type = "support_message";
  said.author = "ann@";
  said.text = std::move(text);
  return said;
}

TEST(ShardJourneys, AProblemThatIsToldOnAnotherChannelIsContinuedThere) {
  std::vector<Said> all = {
      question("q1", kMonday, "x", "@kirkasdrinks my bottle of kirkas leaks at the cap #fail"),
      question("q2", kMonday + 30 * kHour, "email", "My bottle of kirkas still leaks at the cap."),
      question("q3", kMonday + 50 * kHour, "chat", "my bottle of kirkas still leaks at the cap"),
      question("q4", kMonday + 51 * kHour, "web", "where is the parcel that I ordered in May?"),
      question("q5", kMonday + 52 * kHour, "forum", "it still leaks"),
      question("a1", kMonday + 31 * kHour, "forum", "my bottle of kirkas leaks at the cap"),
      question("r1", kMonday + 32 * kHour, "forum", "my bottle of kirkas leaks at the cap")};
  all[5].role = "brand";    // nobody from outside
  all[6].type = "mention";  // no question
  base::Prng prng(3);
  for (const uint32_t shards : {1U, 3U}) {
    shuffle(all, prng);
    World world(journey_plan(shards, true));
    run(world, all, prng);
    const auto figures = figures_of(world);
    const auto share = [&](const char* channel, EventTime day, const char* kpi) {
      return figure(figures, kpi, channel, "numerator", day) + "/" +
             figure(figures, kpi, channel, "denominator", day);
    };
    constexpr const char* kKpi = "continued_elsewhere_share";
    EXPECT_EQ(share("x", kMonday, kKpi), "0/1");
    EXPECT_EQ(share("email", kMonday + kDay, kKpi), "1/1");
    EXPECT_EQ(share("chat", kMonday + 2 * kDay, kKpi), "1/1");
    EXPECT_EQ(share("web", kMonday + 2 * kDay, kKpi), "0/1");
    EXPECT_EQ(share("forum", kMonday + 2 * kDay, kKpi), "0/1") << "too short to be compared";
    EXPECT_EQ(share("_all", kMonday + 2 * kDay, kKpi), "1/3");
    EXPECT_EQ(share("_all", kMonday + kDay, kKpi), "1/1");
  }
}

// The shop tells of everything days late: windows that were published are revised, and come to the
// same.
TEST(ShardJourneys, LateOrdersAndRefundsReviseWindowsThatWereClosed) {
  base::Prng prng(7);
  std::vector<Said> all = random_set(prng);
  std::erase_if(all, [](const Said& said) { return said.op == "delete" && said.source == 0; });
  std::stable_sort(
      all.begin(), all.end(), [](const Said& a, const Said& b) { return a.at < b.at; });
  std::map<std::string, std::string> first;
  for (const int64_t delay : {int64_t{0}, 2 * kDay}) {
    for (const uint32_t shards : {1U, 2U, 7U}) {
      std::vector<std::pair<EventTime, Said>> arrivals;
      for (const Said& said : all) {
        arrivals.emplace_back(said.at + (said.source == 1 ? prng.between(0, delay) : 0), said);
      }
      std::stable_sort(arrivals.begin(), arrivals.end(), [](const auto& a, const auto& b) {
        return a.first < b.first;
      });
      World world(journey_plan(shards, false));
      for (const auto& [at, said] : arrivals) {
        world.feed(said.source, said.json(), at);
        while (prng.chance(1, 2)) {
          world.stir(prng);
        }
        world.settle();
      }
      world.end(0);
      world.end(1);
      world.settle();
      const auto figures = figures_of(world);
      if (first.empty()) {
        first = figures;
        expect_sums(first);
      }
      ASSERT_EQ(figures, first) << delay << " " << shards;
      if (delay != 0) {
        EXPECT_GT(world.revisions(), 0U);
      }
    }
  }
}

// Whoever lags: the board waits for the verdicts of orders that came in time.
TEST(ShardJourneys, AFinalHasWhatItsOrdersAreAttributedTo) {
  base::Prng prng(13);
  for (int round = 0; round < 10; ++round) {
    World world(journey_plan(1 + static_cast<uint32_t>(prng.below(4)), false));
    for (int hour = 0; hour < 100; ++hour) {
      const std::string number = std::to_string(hour);
      const EventTime at = kMonday + hour * kHour;
      world.feed(0, touch("p" + number, at, hour % 3 == 0 ? "x" : "forum", "ann").json(), at);
      world.feed(1, order("o" + number, at + kMinute, "ann", "10.00").json(), at + kMinute);
      while (prng.chance(3, 4)) {
        world.stir(prng);
      }
    }
    world.end(0);
    world.end(1);
    world.settle();
    ASSERT_EQ(world.revisions(), 0U) << "round " << round;
    // The touches of the first 20 hours are kept: 7 of them were on x.
    EXPECT_EQ(figure(figures_of(world), "attributed_revenue_last_touch", "x"), "70.00");
  }
}

// A peer's answer that was accepted: nothing more of the customer, or another contact within a
// week.
std::vector<Said> thread_of(const std::string& id, const std::string& customer, EventTime at) {
  Said question = touch(id + "/1", at, "forum", customer);
  question.type = "bug_report";
  question.thread = id;
  question.author = customer;
  Said answer = touch(id + "/2", at + 10 * kMinute, "forum", "");
  answer.type = "bug_report";
  answer.thread = id;
  answer.author = "fan";
  answer.accepted = true;
  return {question, answer};
}

TEST(ShardJourneys, AQuestionThatAPeerAnsweredForGoodIsAStrictDeflection) {
  std::vector<Said> all = thread_of("t1", "ann", kMonday);
  const std::vector<Said> bobs = thread_of("t2", "bob", kMonday + kHour);
  all.insert(all.end(), bobs.begin(), bobs.end());
  Said mail = touch("m1/1", kMonday + 2 * kDay, "email", "bob");
  mail.type = "support_message";
  mail.thread = "m1";
  mail.author = "bob";
  all.push_back(mail);
  base::Prng prng(3);
  for (const uint32_t shards : {1U, 2U, 7U}) {
    shuffle(all, prng);
    Plan plan = journey_plan(shards, true);
    auto conversations = std::make_shared<conversation::ConversationPlan>();
    conversations->lateness_us = plan.time.lateness_us;
    plan.conversations = std::move(conversations);
    World world(std::move(plan));
    run(world, all, prng);
    const auto figures = figures_of(world);
    EXPECT_EQ(figure(figures, "strict_deflections", "forum", "value", kMonday + 7 * kDay), "1")
        << shards;
    size_t deflected = 0;
    for (const auto& [key, body] : world.last(world.plan().outputs.outcomes)) {
      deflected += body.find("\"deflected\":true") != std::string::npos ? 1 : 0;
    }
    EXPECT_EQ(deflected, 1U) << shards;
  }
}

// Customers are known, but nobody asked.
TEST(ShardJourneys, APlanWithoutJourneysSendsNothingToKeys) {
  base::Prng prng(11);
  World world(world_plan(2, {"people", "shop"}, true));
  run(world, random_set(prng), prng);
  for (uint32_t i = 0; i < 2; ++i) {
    EXPECT_EQ(world.shard(i).key_counts().stopped, 0U);
    EXPECT_EQ(world.shard(i).level(model::Level::kKey).effective, base::kTimeBegin);
  }
  for (const auto& [key, body] : world.last(world.plan().outputs.kpi)) {
    EXPECT_EQ(key.find("attributed"), std::string::npos) << body;
  }
}

}  // namespace
}  // namespace kaiku::shard
