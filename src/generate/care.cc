// How a society cares for its customers: who asks, who answers, and how it ends.
#include <algorithm>

#include "generate/society.h"

namespace kaiku::generate {
namespace {

using base::EventTime;
using base::kMinute;
using base::kSecond;
using model::AuthorRole;
using model::ConversationStatus;
using model::ItemType;
using model::Relation;
using model::Sentiment;

// Staff and machines are nobody of the public.
constexpr uint32_t kFirstStaff = 0x4000'0000;
constexpr uint32_t kFirstMachine = 0x5000'0000;
constexpr uint8_t kSupportChannelOf[] = {kX, kFacebook, kForum, kEmail, kChat, kWeb};

bool is_public(const Post& post) {
  return visibility_of(post) == model::Visibility::kPublic;
}

}  // namespace

Post Society::opening() {
  Post post;
  post.number = new_number(now_);
  post.root = post.number;
  post.occurred_at = now_;
  post.channel = kSupportChannelOf[support_channel_pick_.draw(prng_)];
  post.type = chance(60'000) ? ItemType::kBugReport : ItemType::kSupportMessage;
  post.author = author_pick_.draw(prng_);
  post.text.seed = static_cast<uint32_t>(prng_.next());
  post.text.language = language_of(post.author);
  post.text.mood = post.type == ItemType::kBugReport ? Mood::kBug
                   : chance(600'000)                 ? Mood::kComplaint
                                                     : Mood::kQuestion;
  post.text.kind = TextPlan::Kind::kAboutBrand;
  post.text.brands[0] = draw_brand();
  post.label = draw_label(post.text.mood);
  post.brand_in_field = chance(900'000);
  // Some fields name a brand that is not in the catalogue.
  post.brand_count = post.brand_in_field && chance(10'000) ? 0 : 1;
  post.brands[0] = post.brand_count == 0 ? kNoBrand : post.text.brands[0];
  post.customer = chance(is_public(post) ? 300'000 : 800'000) ? draw_customer() : kNobody;
  post.text.problem = post.customer == kNobody ? 0 : new_problem();
  post.changes_state = true;
  post.status = ConversationStatus::kOpen;
  return post;
}

// What is said next; its author is still the asker.
Post Society::message(Thread& thread, TextPlan::Kind kind) {
  const Post& first = thread.first;
  thread.at +=
      kSecond + wait(first.channel == kChat ? options_.pace.chat_us : options_.pace.answer_us);
  Post post = first;
  post.number = new_number(thread.at);
  post.occurred_at = thread.at;
  post.target = thread.last != 0 ? thread.last : first.number;
  thread.last = post.number;
  post.relation = Relation::kReply;
  post.type = ItemType::kSupportMessage;
  post.message = ++thread.messages;
  post.status = ConversationStatus::kNone;
  post.text.seed = static_cast<uint32_t>(prng_.next());
  post.text.kind = kind;
  post.text.problem = 0;
  post.text.brands = {kNoBrand, kNoBrand};
  if (!post.brand_in_field) {
    // Only the first message said what it was about.
    post.brands = {kNoBrand, kNoBrand};
    post.brand_count = 0;
  }
  return post;
}

uint32_t Society::say(const Thread& thread, const Post& post) {
  const uint32_t slot = add_post(post);
  posts_.hold(slot);
  const int64_t late_by = delay();
  Delivery create;
  create.kafka_time = log_time(post.occurred_at + late_by);
  create.observed_at = post.occurred_at + late_by / 2;
  create.slot = slot;
  create.source = Source::kSupport;
  create.partition = partition_of(Source::kSupport, thread.first.root);
  push(create, true);
  return slot;
}

void Society::change_state(const Thread& thread,
                           uint32_t slot,
                           uint8_t revision,
                           const StateChange& change) {
  Delivery update;
  update.kind = Delivery::Kind::kUpdate;
  update.observed_at = thread.at;
  update.kafka_time =
      log_time(thread.at + std::min(wait(2 * kSecond), options_.out_of_orderness_us));
  update.slot = slot;
  update.source = Source::kSupport;
  update.partition = partition_of(Source::kSupport, thread.first.root);
  update.revision = revision;
  update.change = change;
  posts_.hold(slot);
  push(update, true);
}

void Society::change_first(Thread& thread, const StateChange& change) {
  thread.at += kSecond + wait(options_.pace.chat_us);
  change_state(thread, thread.first_slot, ++thread.changes, change);
}

void Society::machine_answers(Thread& thread) {
  Post post = message(thread, TextPlan::Kind::kAnswer);
  // At once, whatever the pace is.
  thread.at = thread.first.occurred_at + kSecond + static_cast<int64_t>(prng_.below(kSecond));
  post.occurred_at = thread.at;
  post.label = Sentiment::kNone;
  post.from_brand = true;
  post.customer = kNobody;
  post.role = prng_.chance(1, 2) ? AuthorRole::kBot : AuthorRole::kBrand;
  post.automatic = post.role != AuthorRole::kBot || prng_.chance(1, 2);
  post.author = kFirstMachine;
  say(thread, post);
}

void Society::peer_answers(Thread& thread) {
  Post post = message(thread, TextPlan::Kind::kAnswer);
  post.label = Sentiment::kNone;
  post.customer = kNobody;
  post.role = prng_.chance(1, 2) ? AuthorRole::kPeer : AuthorRole::kCustomer;
  do {
    post.author = author_pick_.draw(prng_);
  } while (post.author == thread.first.author);
  thread.peer_slot = say(thread, post);
  thread.has_peer = true;
}

void Society::brand_answers(Thread& thread, ConversationStatus status) {
  Post post = message(thread, TextPlan::Kind::kAnswer);
  post.label = Sentiment::kNone;
  post.from_brand = true;
  post.customer = kNobody;
  post.role = is_public(post) && prng_.chance(1, 2) ? AuthorRole::kBrand : AuthorRole::kStaff;
  post.author = kFirstStaff + static_cast<uint32_t>(prng_.below(40));
  post.status = status;
  say(thread, post);
  thread.brand_spoke = true;
}

void Society::colleagues_talk(Thread& thread) {
  Post post = message(thread, TextPlan::Kind::kAnswer);
  post.label = Sentiment::kNone;
  post.from_brand = true;
  post.customer = kNobody;
  post.note = true;
  post.role = AuthorRole::kStaff;
  post.author = kFirstStaff + static_cast<uint32_t>(prng_.below(40));
  say(thread, post);
}

void Society::asker_writes(Thread& thread, ConversationStatus status) {
  Post post = message(thread, TextPlan::Kind::kThanks);
  post.label = draw_label(prng_.chance(2, 3) ? Mood::kPraise : Mood::kComplaint);
  post.status = status;
  say(thread, post);
}

void Society::end_conversation(Thread& thread) {
  const uint64_t draw = prng_.below(100);
  if (thread.has_peer && draw < 60) {
    thread.at += kSecond + wait(options_.pace.answer_us);
    change_state(thread, thread.peer_slot, 1, {ConversationStatus::kNone, true, 0});
  } else if (thread.brand_spoke && draw < 70) {
    if (prng_.chance(1, 2)) {
      brand_answers(thread, ConversationStatus::kSolved);
    } else {
      change_first(thread, {ConversationStatus::kClosed, false, 0});
    }
  } else {
    return;  // nobody ends it
  }
  if (prng_.chance(1, 5)) {
    change_first(thread,
                 {ConversationStatus::kNone, false, static_cast<uint8_t>(1 + prng_.below(5))});
  }
  if (prng_.chance(1, 8)) {
    asker_writes(thread,
                 prng_.chance(1, 2) ? ConversationStatus::kReopened : ConversationStatus::kNone);
    if (prng_.chance(3, 4)) {
      brand_answers(thread, ConversationStatus::kSolved);
    }
  }
}

Society::Thread Society::ask_again(const Post& asked) {
  Thread thread;
  thread.first = asked;
  Post& post = thread.first;
  // Some ask at once, some much later: a few after more than two days.
  post.occurred_at += kMinute + wait(options_.pace.answer_us * (prng_.chance(1, 3) ? 20 : 1));
  post.number = new_number(post.occurred_at);
  post.root = post.number;
  while (post.channel == asked.channel && prng_.chance(6, 7)) {
    post.channel = kSupportChannelOf[support_channel_pick_.draw(prng_)];
  }
  post.text.problem = prng_.chance(1, 4) ? new_problem() : post.text.problem;
  post.text.told_before = static_cast<uint8_t>(post.text.told_before + 1);
  thread.at = post.occurred_at;
  return thread;
}

void Society::make_conversation() {
  Thread thread;
  thread.first = opening();
  thread.at = now_;
  lead_conversation(thread);
  while (thread.first.customer != kNobody && prng_.chance(1, 3)) {
    thread = ask_again(thread.first);
    lead_conversation(thread);
  }
}

void Society::lead_conversation(Thread& thread) {
  thread.first_slot = say(thread, thread.first);
  if (prng_.chance(1, 6)) {
    machine_answers(thread);
  }
  if (is_public(thread.first) && prng_.chance(1, 3)) {
    peer_answers(thread);
  }
  if (!is_public(thread.first) && prng_.chance(1, 8)) {
    colleagues_talk(thread);
  }
  // Where peers help, the brand often has nothing to add.
  if (prng_.chance(thread.has_peer ? 45 : 85, 100)) {
    brand_answers(thread,
                  prng_.chance(1, 3) ? ConversationStatus::kPending : ConversationStatus::kNone);
  }
  while (thread.messages < 8 && prng_.chance(2, 5)) {
    asker_writes(thread, ConversationStatus::kNone);
    if (prng_.chance(3, 4)) {
      brand_answers(thread, ConversationStatus::kNone);
    }
  }
  end_conversation(thread);
}

}  // namespace kaiku::generate
