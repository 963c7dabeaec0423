// Society makes the facts: who writes what about whom, who asks for help, who buys; and plans how
// each of them will be told.
//
// Threads: confined to its user.
// Owns:    the facts and the schedule of their deliveries.
// Cost:    about a microsecond a fact.
// Fails:   never.
#pragma once

#include <cstdint>
#include <vector>

#include "kaiku/base/flat_map.h"
#include "kaiku/base/prng.h"
#include "kaiku/generate/options.h"

#include "generate/fact.h"
#include "generate/pick.h"
#include "generate/slots.h"
#include "generate/sowing.h"

namespace kaiku::generate {

// What is still to be told, by Kafka time.
class Schedule {
 public:
  void push(Delivery delivery);
  [[nodiscard]] Delivery pop();

  [[nodiscard]] bool empty() const { return heap_.empty(); }

  [[nodiscard]] base::EventTime first_time() const { return heap_.front().kafka_time; }

  [[nodiscard]] uint64_t pushed() const { return pushed_; }

 private:
  std::vector<Delivery> heap_;
  uint64_t pushed_ = 0;
};

// Who bought lately, and the coupons that were handed out lately: some come again.
class Passers {
 public:
  explicit Passers(size_t size) : size_(size) {}

  void add(uint32_t number);

  [[nodiscard]] bool empty() const { return numbers_.empty(); }

  [[nodiscard]] uint32_t draw(base::Prng& prng) const {
    return numbers_[prng.below(numbers_.size())];
  }

 private:
  size_t size_;
  size_t next_ = 0;
  std::vector<uint32_t> numbers_;
};

// A fixed number of the last posts, for answers and reposts.
class Recent {
 public:
  explicit Recent(size_t size) : size_(size) {}

  void add(uint32_t slot, Slots<Post>& posts);

  [[nodiscard]] bool empty() const { return slots_.empty(); }

  [[nodiscard]] uint32_t draw(base::Prng& prng) const { return slots_[prng.below(slots_.size())]; }

 private:
  size_t size_;
  size_t next_ = 0;
  std::vector<uint32_t> slots_;
};

class Society {
 public:
  explicit Society(const Options& options);

  // The record that leaves the log next; false if a span has ended and all of it was told. Every
  // fact that could come before it has been made.
  [[nodiscard]] bool next(Delivery& delivery);
  // The delivery has been told.
  void done(const Delivery& delivery);

  [[nodiscard]] const Post& post(uint32_t slot) const { return posts_.at(slot); }

  [[nodiscard]] const Deal& deal(uint32_t slot) const { return deals_.at(slot); }

  // So far, but for the one that goes on.
  [[nodiscard]] const std::vector<LoudBrand>& loud_brands() const { return loud_brands_; }

  // Slots of posts that were taken over since the last call.
  std::vector<uint32_t> opened;

 private:
  struct Spend {
    uint32_t business = 0;
    uint32_t version = 0;
    uint64_t number = 0;
    int64_t amount_micros = 0;
  };

  [[nodiscard]] bool chance(uint32_t parts) { return prng_.below(1'000'000) < parts; }

  [[nodiscard]] int64_t wait(int64_t mean) { return exponential_.draw(prng_, mean); }

  // At most out_of_orderness, mostly much less.
  [[nodiscard]] int64_t delay();
  [[nodiscard]] int64_t mean_interval() const;
  [[nodiscard]] uint64_t new_number(base::EventTime at);
  [[nodiscard]] uint16_t draw_brand();
  [[nodiscard]] Language language_of(uint32_t author) const;
  [[nodiscard]] model::Sentiment draw_label(Mood mood);
  [[nodiscard]] int32_t partition_of(Source source, uint64_t number) const;

  void make_fact();
  void make_post_fact();
  // Posts whose time is not good.
  bool make_untimely();
  void draw_text(Post& post);
  [[nodiscard]] Post original(base::EventTime at);
  [[nodiscard]] Post answer(const Post& target, model::Relation relation);
  [[nodiscard]] Post repost(const Post& target);
  // Fills `post` with a repost; false if nothing can be reposted.
  [[nodiscard]] bool draw_repost(Post& post);
  // What was planned to be said now.
  void say_sown();
  // A quiet record for every partition.
  void make_quiet();

  // A conversation as it goes on.
  struct Thread {
    Post first;
    uint32_t first_slot = 0;
    base::EventTime at = 0;  // of what was said last
    uint64_t last = 0;       // its number; 0: the first message
    uint16_t messages = 0;
    uint8_t changes = 0;  // of the first message
    bool has_peer = false;
    uint32_t peer_slot = 0;  // of a peer's answer
    bool brand_spoke = false;
  };

  void make_conversation();
  [[nodiscard]] Post opening();

  [[nodiscard]] uint32_t new_problem() { return 1 + static_cast<uint32_t>(prng_.below(1U << 31)); }

  // What is asked is answered, or not.
  void lead_conversation(Thread& thread);
  // A customer who has asked asks once more, mostly somewhere else and mostly the same.
  [[nodiscard]] Thread ask_again(const Post& asked);
  [[nodiscard]] Post message(Thread& thread, TextPlan::Kind kind);
  void peer_answers(Thread& thread);
  void brand_answers(Thread& thread, model::ConversationStatus status);
  void asker_writes(Thread& thread, model::ConversationStatus status);
  void machine_answers(Thread& thread);
  void colleagues_talk(Thread& thread);
  // How it ends, and what comes after its end.
  void end_conversation(Thread& thread);
  uint32_t say(const Thread& thread, const Post& post);
  void change_first(Thread& thread, const StateChange& change);
  void change_state(const Thread& thread,
                    uint32_t slot,
                    uint8_t revision,
                    const StateChange& change);

  [[nodiscard]] uint32_t draw_customer();
  [[nodiscard]] Deal draw_order(base::EventTime at);
  void make_order();
  void make_journey();
  // What an order, a visit or a lead of this customer carries.
  void visit(Deal& deal, bool is_lead);
  void plan_order(const Deal& order);
  void correct(const Deal& order, Delivery& told);
  void refund(const Deal& order, Delivery& told);
  void remove(const Deal& order);
  void make_spend();
  void make_broken();
  void make_unknown_metrics();

  uint32_t add_post(const Post& post);
  // Plans the create and everything that becomes of the post.
  void plan_post(uint32_t slot);
  [[nodiscard]] Delivery plan_create(uint32_t slot, base::EventTime at);
  void plan_polls(uint32_t slot, const Delivery& create);
  void plan_edits(uint32_t slot, const Delivery& create);
  void plan_deal(const Deal& deal, Delivery delivery);
  // With the copies that a producer sends again.
  void push(Delivery delivery, bool may_repeat);

  const Options& options_;
  base::Prng prng_;
  Exponential exponential_;
  WeightedPick brand_pick_;
  WeightedPick author_pick_;
  WeightedPick channel_pick_;
  WeightedPick bug_channel_pick_;
  WeightedPick support_channel_pick_;
  WeightedPick mood_pick_;
  WeightedPick currency_pick_;
  WeightedPick broken_pick_;
  std::vector<model::Currency> currencies_;

  base::EventTime now_;
  uint64_t facts_ = 0;
  uint64_t numbers_ = 0;
  uint32_t businesses_ = 0;
  uint16_t loud_brand_ = kNoBrand;  // the one that everybody talks about
  base::EventTime loud_until_ = 0;
  base::EventTime loud_from_ = 0;  // when the next one is
  std::vector<LoudBrand> loud_brands_;
  std::vector<Sown> sown_;  // by time
  size_t next_sown_ = 0;
  std::vector<uint32_t> first_sown_;  // slots of what is reposted, by what is planted
  bool is_over_ = false;
  base::EventTime quiet_at_ = 0;  // the next quiet record
  base::EventTime quiet_until_ = 0;
  uint32_t customers_ = 0;
  uint32_t clicks_ = 0;
  uint32_t coupons_ = 0;
  Passers buyers_{512};
  Passers handed_out_{48};
  Slots<Post> posts_;
  Slots<Deal> deals_;
  Recent recent_{2'048};
  Recent reposted_{4'096};
  int64_t spend_hour_ = 0;
  base::FlatMap<uint32_t, Spend> spends_;  // of this hour, by brand and channel
  Schedule schedule_;
};

}  // namespace kaiku::generate
