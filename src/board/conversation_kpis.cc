#include "board/conversation_kpis.h"

#include <algorithm>
#include <numeric>

#include "kaiku/base/json_writer.h"
#include "kaiku/effect/wilson.h"

namespace kaiku::board {
namespace {

using aggregate::AnsweredBy;
using aggregate::ConversationFigures;
using base::JsonWriter;
using sketch::LogHistogram;

constexpr double kMillis = 1'000;
constexpr unsigned kMedian = 500;

double seconds(int64_t millis) {
  return static_cast<double>(millis) / kMillis;
}

// Median, 90th and 95th percentile in seconds.
void write_durations(KpiDraft& draft, const LogHistogram& durations) {
  JsonWriter json(draft.back);
  json.begin_object();
  const bool known = durations.total() > 0;
  const auto quantile = [&](const char* name, unsigned per_mille) {
    json.key(name);
    if (known) {
      json.ratio(seconds(durations.quantile(per_mille)));
    } else {
      json.null();
    }
  };
  quantile("value", kMedian);
  json.field("unit", "seconds");
  quantile("p90", 900);
  quantile("p95", 950);
  json.field("n", durations.total());
  draft.n = durations.total();
  json.field("method", method_of(draft.kpi));
  json.end_object();
}

class Drafter {
 public:
  Drafter(const KpiHead& head, std::string_view channel, std::vector<KpiDraft>& drafts)
      : head_(head), channel_(channel), drafts_(drafts) {}

  void durations(Kpi kpi, const LogHistogram& durations) {
    write_durations(add(kpi, durations.total() != 0), durations);
  }

  void share(Kpi kpi, int64_t numerator, int64_t denominator) {
    write_share(add(kpi, denominator != 0), numerator, denominator);
  }

  // Each conversation counts once, when it is known who answered first: then, or when it closes
  // without an answer.
  void peers(const ConversationFigures& figures) {
    const auto first_by = [&](AnsweredBy who) {
      return figures.first_answer_by[static_cast<size_t>(who)];
    };
    const int64_t by_peer = first_by(AnsweredBy::kPeer);
    const int64_t answered = by_peer + first_by(AnsweredBy::kBrand);
    const int64_t decided = answered + figures.never_answered;
    KpiDraft& draft = add(Kpi::kPeerAnswer, decided != 0);
    JsonWriter json(draft.back);
    json.begin_object();
    json.key("value").ratio(by_peer, decided);
    json.field("unit", "ratio").field("numerator", by_peer).field("denominator", decided);
    json.field("denominator_is", "conversations").field("n", decided);
    draft.n = decided;
    if (decided > 0) {
      const effect::Interval interval = effect::wilson95(by_peer, decided);
      json.key("lo95").ratio(interval.low);
      json.key("hi95").ratio(interval.high);
    }
    json.key("value_of_answered").ratio(by_peer, answered);
    json.field("answered", answered);
    json.field("method", method_of(draft.kpi));
    json.end_object();
  }

  // How much longer a public question waits than a private one: less than zero is better.
  void gap(const LogHistogram& in_public, const LogHistogram& in_private) {
    const bool known = in_public.total() > 0 && in_private.total() > 0;
    KpiDraft& draft = add(Kpi::kPublicGap, known);
    JsonWriter json(draft.back);
    json.begin_object();
    json.key("value");
    if (known) {
      json.ratio(seconds(in_public.quantile(kMedian) - in_private.quantile(kMedian)));
    } else {
      json.null();
    }
    json.field("unit", "seconds");
    json.field("n", in_public.total() + in_private.total());
    draft.n = std::min(in_public.total(), in_private.total());
    json.field("method", method_of(draft.kpi));
    json.end_object();
  }

  void deflections(int64_t deflected) {
    KpiDraft& draft = add(Kpi::kStrictDeflections, deflected != 0);
    JsonWriter json(draft.back);
    json.begin_object();
    json.field("value", deflected);
    json.field("unit", "conversations");
    json.field("n", deflected);
    draft.n = deflected;
    json.field("method", method_of(draft.kpi));
    json.end_object();
  }

  void depth(int64_t messages, int64_t conversations) {
    KpiDraft& draft = add(Kpi::kDepth, conversations != 0);
    JsonWriter json(draft.back);
    json.begin_object();
    json.key("value").ratio(messages, conversations);
    json.field("unit", "messages");
    json.field("numerator", messages);
    json.field("denominator", conversations);
    json.field("n", conversations);
    draft.n = conversations;
    json.field("method", method_of(draft.kpi));
    json.end_object();
  }

  // Members are people who wrote: an estimate of the sketch.
  void messages_per_member(int64_t messages, uint64_t members) {
    KpiDraft& draft = add(Kpi::kMessagesPerMember, members != 0 && messages > 0);
    JsonWriter json(draft.back);
    json.begin_object();
    json.key("value").ratio(messages, static_cast<int64_t>(members));
    json.field("unit", "messages");
    json.field("numerator", messages);
    json.field("denominator", members);
    json.field("n", members);
    draft.n = static_cast<int64_t>(members);
    json.key("denominator_error").ratio(members == 0 ? 0 : sketch::HyperLogLog::kRelativeError);
    json.field("method", method_of(draft.kpi));
    json.end_object();
  }

 private:
  KpiDraft& add(Kpi kpi, bool has_figures) {
    drafts_.push_back(draft_of(head_, kpi, channel_, has_figures));
    return drafts_.back();
  }

  const KpiHead& head_;
  std::string_view channel_;
  std::vector<KpiDraft>& drafts_;
};

}  // namespace

void draft_conversations(const KpiHead& head,
                         std::string_view channel,
                         const ConversationFigures& figures,
                         std::vector<KpiDraft>& drafts) {
  if (figures.is_empty()) {
    return;
  }
  const int64_t closed = figures.closed_total();
  Drafter draft(head, channel, drafts);
  draft.share(Kpi::kSlaAttainment, figures.sla_met, figures.sla_met + figures.sla_breached);
  draft.durations(Kpi::kFirstResponsePublic, figures.first_response_public);
  draft.durations(Kpi::kFirstResponsePrivate, figures.first_response_private);
  draft.durations(Kpi::kFirstResponseBusiness, figures.first_response_business);
  draft.gap(figures.first_response_public, figures.first_response_private);
  draft.peers(figures);
  draft.durations(Kpi::kPeerLead, figures.peer_lead);
  draft.share(Kpi::kTwoWay, figures.two_way, closed);
  draft.durations(Kpi::kResolution, figures.resolution);
  draft.durations(Kpi::kFinalResolution, figures.resolution_final);
  draft.share(Kpi::kReopened, figures.reopened, figures.resolved);
  draft.depth(figures.messages_of_closed, closed);
  draft.messages_per_member(
      std::accumulate(figures.messages.begin(), figures.messages.end(), int64_t{0}),
      figures.members.estimate());
  draft.share(Kpi::kNeverAnswered, figures.never_answered, closed);
  draft.deflections(figures.deflected);
}

}  // namespace kaiku::board
