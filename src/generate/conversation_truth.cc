#include "generate/conversation_truth.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "generate/conversation_round.h"

namespace kaiku::generate {
namespace {

using base::EventTime;
using base::kNoTime;
using base::kTimeEnd;
using model::AuthorRole;
using model::ConversationStatus;
using model::ItemType;
using model::Severity;
using model::Visibility;
using Kind = Delivery::Kind;

enum class Side : uint8_t { kAsker, kBrand, kPeer, kMachine };

// When each customer opened which thread last: contacts that a deflection has to do without.
using Contacts = std::map<uint32_t, std::map<std::pair<uint8_t, uint64_t>, EventTime>>;

bool opens(ItemType type) {
  return type == ItemType::kBugReport || type == ItemType::kSupportMessage;
}

bool is_end(ConversationStatus status) {
  return status == ConversationStatus::kSolved || status == ConversationStatus::kClosed;
}

std::optional<bool> when(bool known, bool value) {
  return known ? std::optional(value) : std::nullopt;
}

class Listener {
 public:
  Listener(const Care& care,
           uint16_t other,
           const std::pair<uint8_t, uint64_t>& key,
           const std::vector<std::string>& brand_ids,
           Contacts& contacts,
           KpiRows* kpis,
           ConversationTruth::Told* told)
      : care_(care),
        hours_(care),
        other_(other),
        key_(key),
        channel_(channel_names()[key.first]),
        brand_ids_(brand_ids),
        contacts_(contacts),
        kpis_(kpis),
        told_(told) {}

  void go_through(const std::vector<Said>& said) {
    for (const Said& one : said) {
      pass(one.at);
      apply(one);
    }
    pass(kTimeEnd);
  }

 private:
  void count(EventTime at, Share share, int64_t part, int64_t whole) {
    if (kpis_ != nullptr) {
      kpis_->count({at, my_.brand, channel_}, share, part, whole);
    }
  }

  void last(EventTime at, Duration duration, int64_t milliseconds) {
    if (kpis_ != nullptr) {
      kpis_->last({at, my_.brand, channel_}, duration, milliseconds);
    }
  }

  [[nodiscard]] bool awaits_verdict() const {
    return my_.was_opened && my_.deadline != kNoTime && !my_.verdict && !my_.dropped;
  }

  [[nodiscard]] bool awaits_deflection() const {
    return my_.accepted_at != kNoTime && !my_.deflected;
  }

  [[nodiscard]] EventTime wait_end() const { return my_.accepted_at + Care::kDeflectionWait; }

  // Everything that happens by itself up to `to`, in the order of time.
  void pass(EventTime to) {
    while (my_.has_begun) {
      const EventTime verdict = awaits_verdict() ? my_.deadline + 1 : kTimeEnd;
      const EventTime deflection = awaits_deflection() ? wait_end() + 1 : kTimeEnd;
      const EventTime inactive =
          my_.is_open && my_.answered_last ? my_.last_at + care_.inactivity_us : kTimeEnd;
      EventTime end = my_.last_at + care_.ttl_us;
      if (my_.was_opened && !my_.is_open) {
        end = my_.closed_at + care_.ttl_us;
        end = verdict == kTimeEnd ? end : std::max(end, verdict);
        end = deflection == kTimeEnd ? end : std::max(end, deflection);
      }
      const EventTime first = std::min({verdict, deflection, inactive, end});
      if (first > to || first >= kTimeEnd) {
        return;
      }
      if (first == verdict) {
        judge();
      } else if (first == deflection) {
        end_wait();
      } else if (first == inactive) {
        close(first, "inactivity");
      } else if (my_.is_open) {
        close(first, "ttl");
      } else {
        if (my_.outcome.reopened > 0 && my_.outcome.resolved_at != kNoTime) {
          last(first,
               Duration::kFinalResolution,
               (my_.outcome.resolved_at - my_.outcome.opened_at) / base::kMillisecond);
        }
        my_ = {};
      }
    }
  }

  void judge() {
    const bool met =
        my_.outcome.first_brand_at != kNoTime && my_.outcome.first_brand_at <= my_.deadline;
    if (!met && !my_.is_open) {
      my_.dropped = true;
      return;
    }
    my_.verdict = met;
    count(my_.deadline, Share::kSlaAttainment, met ? 1 : 0, 1);
    if (!met) {
      my_.breach_open = my_.outcome.first_brand_at == kNoTime;
      if (my_.breach_open && told_ != nullptr) {
        my_.breach = told_->breaches.size();
        told_->breaches.push_back({brand_ids_[my_.brand],
                                   channel_,
                                   my_.outcome.opened_at,
                                   my_.deadline,
                                   kNoTime,
                                   my_.target->name});
      }
    }
  }

  void end_breach(EventTime at) {
    if (my_.breach_open && told_ != nullptr) {
      told_->breaches.back().ended_at = at;
    }
    my_.breach_open = false;
  }

  void end_wait() {
    if (my_.brand_spoke || my_.reopened_by_status) {
      my_.deflected = false;
    } else {
      my_.deflected = true;
      for (const auto& [thread, at] : contacts_[my_.customer]) {
        if (thread != key_ && at > my_.accepted_at && at <= wait_end()) {
          my_.deflected = false;
        }
      }
      if (*my_.deflected) {
        count(wait_end(), Share::kDeflections, 1, 0);
      }
    }
    if (!my_.is_open) {
      tell();
    }
  }

  // The outcome as it is known now; one of its conversation before is gone.
  void tell() {
    if (told_ == nullptr) {
      return;
    }
    ConversationOutcome& out = my_.outcome;
    out.brand = brand_ids_[my_.brand];
    out.channel = channel_;
    out.type = my_.type;
    out.answered_by = first_by_.empty() ? (my_.machine_answered ? "bot" : "none") : first_by_;
    out.sla_policy = my_.target == nullptr ? "" : my_.target->name;
    out.sla_target_ms = my_.target == nullptr ? 0 : my_.target->within_us / base::kMillisecond;
    const bool in_time = my_.deadline != kNoTime && out.first_brand_at != kNoTime &&
                         out.first_brand_at <= my_.deadline;
    out.sla_met = my_.verdict ? my_.verdict : when(in_time && !my_.dropped, true);
    if (my_.accepted_at != kNoTime) {
      out.deflected = my_.deflected;
    } else {
      out.deflected = when(!my_.peer_accepted || my_.brand_spoke, false);
    }
    std::vector<ConversationOutcome>& all = told_->outcomes;
    if (has_told_) {
      all.back() = out;
    } else {
      all.push_back(out);
    }
    has_told_ = true;
  }

  void close(EventTime at, std::string_view reason) {
    my_.is_open = false;
    my_.closed_at = at;
    my_.outcome.close_reason = reason;
    if (reason == "status" || reason == "accepted") {
      my_.outcome.resolved_at = at;
      if (!is_resolved_) {
        is_resolved_ = true;
        count(at, Share::kReopened, 0, 1);
        last(at, Duration::kResolution, (at - my_.outcome.opened_at) / base::kMillisecond);
      }
    }
    if (!my_.is_counted) {
      my_.is_counted = true;
      int64_t messages = 0;
      for (const int64_t of_one : my_.outcome.messages) {
        messages += of_one;
      }
      count(at, Share::kTwoWay, my_.two_way ? 1 : 0, 1);
      count(at, Share::kNeverAnswered, first_by_.empty() ? 1 : 0, 1);
      if (first_by_.empty()) {
        count(at, Share::kPeerAnswer, 0, 1);  // nobody was the first
      }
      count(at, Share::kDepth, messages, 1);
    }
    end_breach(at);
    tell();
  }

  void reopen(EventTime at) {
    my_.is_open = true;
    my_.closed_at = kNoTime;
    my_.outcome.resolved_at = kNoTime;
    ++my_.outcome.reopened;
    count(at, Share::kReopened, 1, 0);
  }

  [[nodiscard]] Side side_of(const Said& said) const {
    if (said.automatic || said.role == AuthorRole::kBot) {
      return Side::kMachine;
    }
    if (said.role == AuthorRole::kBrand || said.role == AuthorRole::kStaff) {
      return Side::kBrand;
    }
    if (my_.was_opened && said.author != kNobody && my_.asker != kNobody) {
      return said.author == my_.asker ? Side::kAsker : Side::kPeer;
    }
    return said.role == AuthorRole::kPeer ? Side::kPeer : Side::kAsker;
  }

  void set_deadline(EventTime not_before) {
    const Care::Target* best = nullptr;
    int best_rank = -1;
    for (const Care::Target& target : care_.targets) {
      const bool fits =
          (target.channel.empty() || target.channel == channel_) &&
          (target.severity.empty() || target.severity == model::name_of(my_.severity)) &&
          (target.type.empty() || target.type == model::name_of(my_.type));
      const int rank = (target.channel.empty() ? 0 : 4) + (target.severity.empty() ? 0 : 2) +
                       (target.type.empty() ? 0 : 1);
      if (fits && rank > best_rank) {
        best = &target;
        best_rank = rank;
      }
    }
    if (best == nullptr) {
      return;
    }
    my_.target = best;
    const EventTime opened = my_.outcome.opened_at;
    my_.deadline = std::max(
        best->business_hours ? hours_.add(opened, best->within_us) : opened + best->within_us,
        not_before);
  }

  void apply(const Said& said) {
    my_.last_at = my_.has_begun ? std::max(my_.last_at, said.at) : said.at;
    my_.has_begun = true;
    const Side side = side_of(said);
    if (said.kind == Kind::kDelete) {
      if (my_.was_opened && said.number == my_.question && !my_.is_gone) {
        lose_question(said.at);
        return;
      }
      int64_t& messages = my_.outcome.messages[static_cast<size_t>(side)];
      messages -= messages > 0 ? 1 : 0;
      return;
    }
    if (said.severity > my_.severity && my_.outcome.first_brand_at == kNoTime) {
      my_.severity = said.severity;
      if (my_.was_opened && !my_.verdict && !my_.dropped) {
        set_deadline(said.at);
      }
    }
    if (said.kind == Kind::kCreate && said.visibility != Visibility::kInternalNote) {
      speak(said, side);
    }
    if (my_.was_opened) {
      follow(said);
    }
  }

  // Nobody waits any more, nothing may be told of it, and nothing is to be judged. All that was
  // counted stays.
  void lose_question(EventTime at) {
    --my_.outcome.messages[static_cast<size_t>(Side::kAsker)];
    my_.is_gone = true;
    my_.breach_open = false;
    if (my_.breach) {
      told_->breaches.erase(told_->breaches.begin() + static_cast<std::ptrdiff_t>(*my_.breach));
      my_.breach.reset();
    }
    my_.dropped = my_.dropped || !my_.verdict;
    if (my_.is_open) {
      my_.is_open = false;
      my_.closed_at = at;
      my_.outcome.close_reason = "deleted";
    }
    tell();
  }

  // In the thread of a question that is gone its asker can only ask another one.
  bool begins_another(const Said& said, Side side) {
    if (!my_.is_gone || side != Side::kAsker || !opens(said.type) || awaits_deflection()) {
      return false;
    }
    const uint16_t brand = my_.brand;
    const EventTime last_at = my_.last_at;
    my_ = {};
    my_.has_begun = true;
    my_.brand = brand;
    my_.last_at = last_at;
    my_.severity = said.severity;
    ++my_.outcome.messages[static_cast<size_t>(Side::kAsker)];
    open(said);
    return true;
  }

  void speak(const Said& said, Side side) {
    if (begins_another(said, side)) {
      return;
    }
    ++my_.outcome.messages[static_cast<size_t>(side)];
    if (!my_.was_opened) {
      if (my_.brand == kNoBrand && said.brand != other_) {
        my_.brand = said.brand;
      }
      if (opens(said.type) && (side == Side::kAsker || side == Side::kPeer)) {
        if (side == Side::kPeer) {
          // Whoever asks is the asker.
          --my_.outcome.messages[static_cast<size_t>(Side::kPeer)];
          ++my_.outcome.messages[static_cast<size_t>(Side::kAsker)];
        }
        open(said);
      }
      return;
    }
    const bool is_seen =
        said.visibility == Visibility::kPublic || my_.visibility == Visibility::kPrivate;
    switch (side) {
      case Side::kAsker:
        my_.two_way = my_.two_way || my_.brand_spoke;
        my_.answered_last = false;
        if (!my_.is_open && !my_.is_gone && !is_end(said.change.status)) {
          reopen(said.at);
        }
        break;
      case Side::kBrand:
        my_.brand_spoke = true;
        my_.answered_last = true;
        if (is_seen && my_.outcome.first_brand_at == kNoTime && !my_.is_gone) {
          answer(said.at);
        }
        break;
      case Side::kPeer:
        my_.answered_last = true;
        if (said.visibility == Visibility::kPublic) {
          my_.peers_answers.push_back(said.number);
          if (!my_.is_gone) {
            help(said.at);
          }
        }
        break;
      case Side::kMachine:
        if (!my_.is_gone && said.author != my_.asker && said.role != AuthorRole::kCustomer &&
            said.role != AuthorRole::kPeer && first_by_.empty() && is_seen) {
          my_.machine_answered = true;
        }
        break;
    }
  }

  void open(const Said& said) {
    my_.is_open = true;
    my_.was_opened = true;
    my_.outcome.opened_at = said.at;
    my_.type = said.type;
    my_.visibility = said.visibility;
    my_.question = said.number;
    my_.asker = said.author;
    my_.customer = said.customer;
    my_.brand = my_.brand == kNoBrand ? other_ : my_.brand;
    first_by_.clear();
    is_resolved_ = false;
    has_told_ = false;
    set_deadline(said.at);
    if (said.customer != kNobody) {
      contacts_[said.customer][key_] = said.at;
    }
  }

  void answer(EventTime at) {
    ConversationOutcome& out = my_.outcome;
    out.first_brand_at = at;
    const int64_t response = (at - out.opened_at) / base::kMillisecond;
    out.response_business_ms = hours_.between(out.opened_at, at) / base::kMillisecond;
    last(at,
         my_.visibility == Visibility::kPrivate ? Duration::kPrivate : Duration::kPublic,
         response);
    last(at, Duration::kBusiness, out.response_business_ms);
    if (first_by_.empty()) {
      first_by_ = "brand";
      count(at, Share::kPeerAnswer, 0, 1);
    } else {
      last(at, Duration::kPeerLead, (at - out.first_peer_at) / base::kMillisecond);
    }
    end_breach(at);
  }

  void help(EventTime at) {
    if (my_.outcome.first_peer_at != kNoTime) {
      return;
    }
    my_.outcome.first_peer_at = at;
    if (first_by_.empty()) {
      first_by_ = "peer";
      count(at, Share::kPeerAnswer, 1, 1);
    }
  }

  // What a message, or a change of one, says of the whole.
  void follow(const Said& said) {
    if (said.change.accepted && !my_.is_gone) {
      const std::vector<uint64_t>& answers = my_.peers_answers;
      const bool is_peers = side_of(said) == Side::kPeer ||
                            std::find(answers.begin(), answers.end(), said.number) != answers.end();
      if (is_peers && said.visibility == Visibility::kPublic && !my_.peer_accepted) {
        my_.peer_accepted = true;
        my_.accepted_at = !my_.brand_spoke && my_.customer != kNobody ? said.at : kNoTime;
      }
      if (my_.is_open) {
        close(said.at, "accepted");
      }
    }
    if (said.change.csat != 0 && said.change.csat != my_.outcome.csat) {
      my_.outcome.csat = said.change.csat;
      if (!my_.is_open) {
        tell();
      }
    }
    if (is_end(said.change.status)) {
      if (my_.is_open) {
        close(said.at, "status");
      }
    } else if (said.change.status != ConversationStatus::kNone && !my_.is_open && !my_.is_gone) {
      my_.reopened_by_status = true;
      reopen(said.at);
    }
  }

  const Care& care_;
  WorkingHours hours_;
  uint16_t other_;
  std::pair<uint8_t, uint64_t> key_;
  std::string channel_;
  const std::vector<std::string>& brand_ids_;
  Contacts& contacts_;
  KpiRows* kpis_;
  ConversationTruth::Told* told_;
  Round my_;
  std::string first_by_;  // who answered first: "brand", "peer", or "" so far
  bool is_resolved_ = false;
  bool has_told_ = false;
};

bool is_working_day(int32_t day) {
  return (day % 7 + 7 + 3) % 7 < 5;  // 1970-01-01 was a Thursday
}

}  // namespace

EventTime WorkingHours::add(EventTime from, int64_t duration) const {
  for (int32_t day = base::day_of(from);; ++day) {
    if (!is_working_day(day)) {
      continue;
    }
    const EventTime begin = std::max(from, day * base::kDay + opens_);
    const EventTime end = day * base::kDay + closes_;
    if (end - begin >= duration) {
      return begin + duration;
    }
    duration -= std::max<int64_t>(end - begin, 0);
  }
}

int64_t WorkingHours::between(EventTime from, EventTime to) const {
  int64_t open = 0;
  for (int32_t day = base::day_of(from); day <= base::day_of(to); ++day) {
    const EventTime begin = std::max(from, day * base::kDay + opens_);
    const EventTime end = std::min(to, day * base::kDay + closes_);
    open += is_working_day(day) ? std::max<int64_t>(end - begin, 0) : 0;
  }
  return open;
}

void ConversationTruth::take(const Post& post, const Delivery& delivery) {
  const bool is_removal = delivery.kind == Kind::kDelete;
  // A removal names its message only; a repost is nobody's question.
  if (post.relation == model::Relation::kRepost || (is_removal && !opens(post.type))) {
    return;
  }
  Said said;
  said.at = delivery.kind == Kind::kCreate ? post.occurred_at : delivery.observed_at;
  said.number = post.number;
  said.kind = delivery.kind;
  said.type = post.type;
  if (!is_removal) {
    said.change = delivery.change;
    said.change.status = delivery.kind == Kind::kCreate ? post.status : said.change.status;
    said.role = post.role;
    said.visibility = visibility_of(post);
    said.severity = severity_of(post);
    said.automatic = post.automatic || post.role == AuthorRole::kBot;
    said.author = post.author;
    said.customer = post.customer;
  }
  const uint16_t brand = first_brand_of(post);
  said.brand = brand == kNoBrand ? other_ : brand;
  threads_[{post.channel, is_removal ? post.number : post.root}].push_back(said);
}

ConversationTruth::Told ConversationTruth::tell(const std::vector<std::string>& brand_ids,
                                                KpiRows& kpis) const {
  Contacts contacts;
  Told told;
  // Whether a customer asked elsewhere is known when all have opened.
  for (const bool knows_contacts : {false, true}) {
    for (const auto& [key, messages] : threads_) {
      std::vector<Said> said = messages;
      std::sort(said.begin(), said.end(), [](const Said& a, const Said& b) {
        return std::tie(a.at, a.number) < std::tie(b.at, b.number);
      });
      Listener listener(care_,
                        other_,
                        key,
                        brand_ids,
                        contacts,
                        knows_contacts ? &kpis : nullptr,
                        knows_contacts ? &told : nullptr);
      listener.go_through(said);
    }
  }
  std::sort(told.outcomes.begin(), told.outcomes.end(), [](const auto& a, const auto& b) {
    return std::tie(a.opened_at, a.channel) < std::tie(b.opened_at, b.channel);
  });
  std::sort(told.breaches.begin(), told.breaches.end(), [](const auto& a, const auto& b) {
    return std::tie(a.asked_at, a.channel) < std::tie(b.asked_at, b.channel);
  });
  return told;
}

}  // namespace kaiku::generate
