#include "board/content_kpis.h"

#include "kaiku/base/json_writer.h"
#include "kaiku/effect/wilson.h"

namespace kaiku::board {

void draft_content(const KpiHead& head,
                   const ChannelFigures& figures,
                   std::vector<KpiDraft>& drafts) {
  const aggregate::ContentFigures& content = figures.content;
  const int64_t judged = content.judged();
  if (judged <= 0) {
    return;
  }
  KpiDraft& draft = drafts.emplace_back(draft_of(head, Kpi::kRelevance, figures.channel, true));
  base::JsonWriter json(draft.back);
  json.begin_object();
  json.key("value").ratio(content.relevant, judged);
  json.field("unit", "ratio").field("numerator", content.relevant).field("denominator", judged);
  json.field("n", judged);
  draft.n = judged;
  const effect::Interval interval = effect::wilson95(content.relevant, judged);
  json.key("lo95").ratio(interval.low);
  json.key("hi95").ratio(interval.high);
  json.field("noise", content.noise).field("off_topic", content.off_topic);
  json.key("coverage").ratio(judged, figures.activity.counted);
  json.field("method", method_of(draft.kpi));
  json.end_object();
}

void draft_content_reuse(const KpiHead& head,
                         const std::vector<ChannelFigures>& channels,
                         std::vector<KpiDraft>& drafts) {
  sketch::HyperLogLog everywhere;
  int64_t uses = 0;
  int64_t used = 0;
  for (const ChannelFigures& figures : channels) {
    const auto contents = static_cast<int64_t>(figures.content.contents.estimate());
    uses += contents;
    used += contents > 0 ? 1 : 0;
    everywhere.merge(figures.content.contents);
  }
  const auto contents = static_cast<int64_t>(everywhere.estimate());
  if (contents == 0) {
    return;
  }
  KpiDraft& draft = drafts.emplace_back(draft_of(head, Kpi::kContentReuse, kAllChannels, true));
  base::JsonWriter json(draft.back);
  json.begin_object();
  json.key("value").ratio(uses, contents);
  json.field("unit", "channels").field("numerator", uses).field("denominator", contents);
  json.field("n", contents).field("channels", used);
  json.key("denominator_error").ratio(sketch::HyperLogLog::kRelativeError);
  json.field("method", method_of(draft.kpi));
  json.end_object();
}

}  // namespace kaiku::board
