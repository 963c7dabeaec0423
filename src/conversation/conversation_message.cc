// The part of ConversationStep that applies messages.
#include <algorithm>

#include "kaiku/model/outcome.h"

#include "conversation/conversation_step.h"

namespace kaiku::conversation {
namespace {

using aggregate::AnsweredBy;
using aggregate::CloseReason;
using aggregate::ConversationFigures;
using aggregate::Speaker;
using base::EventTime;
using base::kNoTime;
using model::AuthorRole;
using model::ConversationStatus;
using model::Visibility;

constexpr std::string_view kOtherBrand = "_other";
constexpr uint8_t kGoodRating = 4;

bool is_brand(AuthorRole role) {
  return role == AuthorRole::kBrand || role == AuthorRole::kStaff;
}

bool is_end(ConversationStatus status) {
  return status == ConversationStatus::kSolved || status == ConversationStatus::kClosed;
}

void add_channel(Thread& thread, const std::string& channel) {
  const auto at = std::lower_bound(thread.channels.begin(), thread.channels.end(), channel);
  const bool known = at != thread.channels.end() && *at == channel;
  if (!channel.empty() && !known && thread.channels.size() < Thread::kChannels) {
    thread.channels.insert(at, channel);
  }
}

void add_word(std::vector<uint64_t>& words, uint64_t word, size_t max) {
  if (words.size() < max && std::find(words.begin(), words.end(), word) == words.end()) {
    words.push_back(word);
  }
}

}  // namespace

void ConversationStep::apply(const HeldMessage& held) {
  held_inexact_ = held.straggler ? model::kInexactStraggler : 0;
  if (thread_.phase == Phase::kBlank) {
    thread_.phase = Phase::kThread;
    thread_.last_at = held.at;
  }
  thread_.last_at = std::max(thread_.last_at, held.at);
  if (held.op == model::Op::kDelete) {
    take_back(held);
  } else {
    raise_severity(held);
    if (held.op == model::Op::kCreate && held.visibility != Visibility::kInternalNote) {
      speak(held);
    }
    if (thread_.was_opened()) {
      accept_answer(held);
      rate(held);
      follow_status(held);
    }
  }
  held_inexact_ = 0;
}

Speaker ConversationStep::speaker_of(const HeldMessage& held) const {
  if (held.automatic || held.author_role == AuthorRole::kBot) {
    return Speaker::kBot;
  }
  if (is_brand(held.author_role)) {
    return Speaker::kBrand;
  }
  if (thread_.was_opened() && held.has_author && thread_.has_asker) {
    return held.author == thread_.asker ? Speaker::kCustomer : Speaker::kPeer;
  }
  return held.author_role == AuthorRole::kPeer ? Speaker::kPeer : Speaker::kCustomer;
}

bool ConversationStep::can_open(const HeldMessage& held) const {
  return !held.automatic && held.author_role != AuthorRole::kBot && !is_brand(held.author_role) &&
         plan_.opens(held.type);
}

// What is seen by the asker: everything in a private conversation, what is public in a public one.
bool ConversationStep::is_answer(const HeldMessage& held) const {
  return held.visibility == Visibility::kPublic || thread_.visibility == Visibility::kPrivate;
}

void ConversationStep::raise_severity(const HeldMessage& held) {
  if (held.severity <= thread_.severity || thread_.first_brand_at != kNoTime) {
    return;
  }
  thread_.severity = held.severity;
  if (thread_.was_opened() && thread_.verdict == Verdict::kNone) {
    set_deadline(held.at);
  }
}

void ConversationStep::set_deadline(EventTime not_before) {
  const SlaTarget* const target = plan_.target_of(
      thread_.brand, thread_.channel, thread_.severity, thread_.type, thread_.opened_at);
  if (target == nullptr) {
    return;  // a target that held before goes on
  }
  const window::BusinessHours* const hours = plan_.hours_of(thread_.brand, thread_.opened_at);
  const EventTime at = target->business_hours && hours != nullptr
                           ? hours->add(thread_.opened_at, target->target_us)
                           : after(thread_.opened_at, target->target_us);
  if (at >= base::kTimeEnd) {
    return;
  }
  thread_.deadline = std::max(at, not_before);
  thread_.sla_name = target->name;
  thread_.sla_target_us = target->target_us;
}

void ConversationStep::speak(const HeldMessage& held) {
  ++thread_.seen;
  add_channel(thread_, held.channel);
  if (!thread_.was_opened()) {
    listen(held);
    return;
  }
  if (asks_anew(held)) {
    ask_anew(held);
    return;
  }
  const Speaker speaker = speaker_of(held);
  count(held, speaker);
  if (thread_.seen > plan_.max_messages) {
    return;
  }
  switch (speaker) {
    case Speaker::kCustomer:
      hear_customer(held);
      break;
    case Speaker::kBrand:
      hear_brand(held);
      break;
    case Speaker::kPeer:
      hear_peer(held);
      break;
    case Speaker::kBot:
      hear_bot(held);
      break;
  }
}

void ConversationStep::listen(const HeldMessage& held) {
  if (thread_.brand.empty() && held.brand != kOtherBrand) {
    thread_.brand = held.brand;
  }
  thread_.root_unknown = thread_.root_unknown || held.root_unknown;
  if (can_open(held)) {
    open(held);
    return;
  }
  ++thread_.messages[static_cast<size_t>(speaker_of(held))];
  if (held.has_author) {
    add_word(thread_.early_authors, held.author, Thread::kEarlyAuthors);
  }
}

// The asker, in the thread of a question that was deleted: it is another question.
bool ConversationStep::asks_anew(const HeldMessage& held) const {
  const DeflectionStage stage = thread_.deflection.stage;
  return thread_.is_taken_back && can_open(held) && speaker_of(held) == Speaker::kCustomer &&
         stage != DeflectionStage::kAsked && stage != DeflectionStage::kWaiting;
}

void ConversationStep::ask_anew(const HeldMessage& held) {
  std::string brand = std::move(thread_.brand);
  const EventTime last_at = thread_.last_at;
  begin_anew(held.at);
  thread_.phase = Phase::kThread;
  thread_.brand = std::move(brand);
  thread_.last_at = last_at;
  thread_.severity = held.severity;
  thread_.seen = 1;
  add_channel(thread_, held.channel);
  listen(held);
}

void ConversationStep::open(const HeldMessage& held) {
  ++thread_.messages[static_cast<size_t>(Speaker::kCustomer)];
  thread_.phase = Phase::kOpen;
  thread_.opened_at = held.at;
  thread_.opening = held.item;
  thread_.type = held.type;
  thread_.channel = held.channel;
  thread_.visibility = held.visibility;
  thread_.url = held.url;
  thread_.has_asker = held.has_author;
  thread_.asker = held.author;
  thread_.has_customer = held.has_customer;
  thread_.customer = held.customer;
  thread_.last_word = LastWord::kCustomer;
  if (thread_.brand.empty()) {
    thread_.brand = kOtherBrand;
  }
  set_deadline(held.at);
  if (ConversationFigures* f = figures(held.at)) {
    ++f->opened;
    f->messages = thread_.messages;
    f->root_unknown = thread_.root_unknown ? 1 : 0;
    for (const uint64_t author : thread_.early_authors) {
      f->members.add(author);
    }
    if (held.has_author) {
      f->members.add(held.author);
    }
  }
  thread_.early_authors.clear();
  if (sink_ != nullptr && held.has_customer) {
    model::KeyEntryMessage entry;
    entry.key = held.customer;
    entry.kind = model::EntryKind::kContact;
    entry.id = conversation_;
    entry.at = held.at;
    entry.brand = thread_.brand;
    entry.channel = thread_.channel;
    sink_->on_entry(entry);
  }
}

void ConversationStep::count(const HeldMessage& held, Speaker speaker) {
  ++thread_.messages[static_cast<size_t>(speaker)];
  if (ConversationFigures* f = figures(held.at)) {
    ++f->messages[static_cast<size_t>(speaker)];
    if (held.has_author && thread_.seen <= plan_.max_messages) {
      f->members.add(held.author);
    }
  }
}

void ConversationStep::hear_customer(const HeldMessage& held) {
  thread_.two_way = thread_.two_way || thread_.brand_spoke;
  thread_.last_word = LastWord::kCustomer;
  if (thread_.phase == Phase::kClosed && !thread_.is_taken_back && !is_end(held.status)) {
    reopen(held.at);
  }
}

void ConversationStep::hear_peer(const HeldMessage& held) {
  thread_.last_word = LastWord::kAnswerer;
  if (held.visibility != Visibility::kPublic) {
    return;
  }
  add_word(thread_.peer_answers, held.item.lo, Thread::kPeerAnswers);
  if (thread_.first_peer_at != kNoTime || thread_.is_taken_back) {
    return;
  }
  thread_.first_peer_at = held.at;
  if (thread_.first_by == FirstBy::kNobody) {
    thread_.first_by = FirstBy::kPeer;
    if (ConversationFigures* f = figures(held.at)) {
      ++f->first_answer_by[static_cast<size_t>(AnsweredBy::kPeer)];
    }
    decide(Fact::Kind::kAnsweredByPeer);
  }
}

void ConversationStep::hear_brand(const HeldMessage& held) {
  thread_.brand_spoke = true;
  thread_.last_word = LastWord::kAnswerer;
  if (!is_answer(held) || thread_.first_brand_at != kNoTime || thread_.is_taken_back) {
    return;
  }
  thread_.first_brand_at = held.at;
  const bool is_first = thread_.first_by == FirstBy::kNobody;
  if (is_first) {
    thread_.first_by = FirstBy::kBrand;
    decide(Fact::Kind::kAnsweredByBrand);
  }
  decide(Fact::Kind::kResponded, held.at - thread_.opened_at);
  if (ConversationFigures* f = figures(held.at)) {
    const int64_t response = milliseconds_between(thread_.opened_at, held.at);
    const window::BusinessHours* const hours = plan_.hours_of(thread_.brand, thread_.opened_at);
    thread_.response_business_ms =
        hours == nullptr ? response
                         : hours->elapsed(thread_.opened_at, held.at) / base::kMillisecond;
    const bool is_private = thread_.visibility == Visibility::kPrivate;
    (is_private ? f->first_response_private : f->first_response_public).record(response);
    f->first_response_business.record(thread_.response_business_ms);
    if (is_first) {
      ++f->first_answer_by[static_cast<size_t>(AnsweredBy::kBrand)];
    } else {
      ++f->peer_before_brand;
      f->peer_lead.record(milliseconds_between(thread_.first_peer_at, held.at));
    }
  }
  resolve_breach(held.at);
}

void ConversationStep::hear_bot(const HeldMessage& held) {
  const bool is_askers = held.author_role == AuthorRole::kCustomer ||
                         held.author_role == AuthorRole::kPeer ||
                         (held.has_author && thread_.has_asker && held.author == thread_.asker);
  if (is_askers || thread_.is_taken_back || thread_.bot_answered ||
      thread_.first_by != FirstBy::kNobody || !is_answer(held)) {
    return;
  }
  thread_.bot_answered = true;
  if (ConversationFigures* f = figures(held.at)) {
    ++f->first_answer_by[static_cast<size_t>(AnsweredBy::kBot)];
  }
  decide(Fact::Kind::kAnsweredByBot);
}

void ConversationStep::take_back(const HeldMessage& held) {
  if (held.visibility == Visibility::kInternalNote) {
    return;
  }
  // A deletion need not say who wrote it.
  const bool is_opening =
      thread_.was_opened() && !thread_.is_taken_back && held.item == thread_.opening;
  const auto speaker = static_cast<size_t>(is_opening ? Speaker::kCustomer : speaker_of(held));
  if (thread_.messages[speaker] > 0) {  // else it was never counted here
    --thread_.messages[speaker];
    ConversationFigures* const f = thread_.was_opened() ? figures(held.at) : nullptr;
    if (f != nullptr) {
      --f->messages[speaker];
    }
  }
  if (is_opening) {
    take_back_opening(held.at);
  }
}

void ConversationStep::accept_answer(const HeldMessage& held) {
  if (!held.accepted_answer || thread_.is_taken_back) {
    return;
  }
  const bool is_known_peers =
      std::find(thread_.peer_answers.begin(), thread_.peer_answers.end(), held.item.lo) !=
      thread_.peer_answers.end();
  const bool by_peer = held.visibility == Visibility::kPublic &&
                       (is_known_peers || speaker_of(held) == Speaker::kPeer);
  if (by_peer && !thread_.peer_accepted) {
    thread_.peer_accepted = true;
    if (!thread_.brand_spoke && thread_.has_customer) {
      thread_.deflection = {DeflectionStage::kAsked, Heard::kNothing, false, held.at, false};
    }
  }
  if (thread_.phase == Phase::kOpen) {
    close(held.at, CloseReason::kAccepted);
  }
  if (sink_ == nullptr || thread_.deflection.stage != DeflectionStage::kAsked ||
      thread_.deflection.accepted_at != held.at) {
    return;
  }
  model::KeyQuestionMessage question;
  question.key = thread_.customer;
  question.kind = model::EntryKind::kContact;
  question.asker_kind = model::AskerKind::kConversation;
  question.asker = conversation_;
  question.number = question_number(held.at);
  question.from = after(held.at, 1);
  question.to = wait_end();
  sink_->on_question(question);
}

// A later rating takes the place of an earlier one.
void ConversationStep::rate(const HeldMessage& held) {
  if (held.csat == 0 || held.csat == thread_.csat) {
    return;
  }
  if (ConversationFigures* f = figures(held.at)) {
    f->rated += thread_.csat == 0 ? 1 : 0;
    f->rating_sum += held.csat - thread_.csat;
    f->rated_good += (held.csat >= kGoodRating ? 1 : 0) - (thread_.csat >= kGoodRating ? 1 : 0);
  }
  thread_.csat = held.csat;
  if (thread_.phase == Phase::kClosed) {
    tell_outcome();  // most are asked for and given after the end
  }
}

void ConversationStep::follow_status(const HeldMessage& held) {
  if (held.status == ConversationStatus::kNone) {
    return;
  }
  if (is_end(held.status)) {
    if (thread_.phase == Phase::kOpen) {
      close(held.at, CloseReason::kStatus);
    }
    return;
  }
  if (thread_.phase == Phase::kClosed && !thread_.is_taken_back) {
    thread_.deflection_void = true;
    reopen(held.at);
  }
}

}  // namespace kaiku::conversation
