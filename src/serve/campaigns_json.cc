#include "campaigns_json.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <vector>

#include "json_fields.h"
#include "snapshot_json.h"

namespace kaiku::serve {
namespace {

using base::JsonWriter;

void micros_field(JsonWriter& json, std::string_view name, const std::optional<int64_t>& micros) {
  json.key(name);
  if (micros) {
    json.string(decimal_text(*micros));
  } else {
    json.null();
  }
}

void write_funnel(JsonWriter& json, const CampaignView& view) {
  json.begin_object().field("campaign", view.campaign).field("brand", view.brand);
  json.field("kind", view.is_closed ? "closed" : "open");
  json.field("span", view.is_whole ? "campaign" : "window");
  time_field(json, "window_start", view.window_start, true);
  time_field(json, "window_end", view.window_end, true);
  optional_field(json, "days", view.days);
  text_field(json, "value_basis", view.basis);
  text_field(json, "currency", view.currency);
  micros_field(json, "spend", view.spend_micros);
  json.key("steps").begin_array();
  for (const CampaignStepView& step : view.steps) {
    json.begin_object().field("step", step.name).field("of", step.of);
    json.field("count", step.of_first.numerator);
    share_field(json, "of_previous", step.of_previous);
    share_field(json, "of_first", step.of_first);
    micros_field(json, "cost", step.cost_micros);
    json.end_object();
  }
  json.end_array().end_object();
}

std::vector<const CampaignView*> funnels_of(const Snapshot& snapshot,
                                            std::string_view window,
                                            base::EventTime open_start) {
  std::vector<const CampaignView*> funnels;
  for (const auto& set : snapshot.figures) {
    if (set->campaign && set->campaign->window == window) {
      funnels.push_back(&*set->campaign);
    }
  }
  for (const CampaignView& view : snapshot.open_campaigns) {
    if (view.window == window && (view.is_whole || view.window_start == open_start)) {
      funnels.push_back(&view);
    }
  }
  std::ranges::stable_sort(funnels, [](const CampaignView* a, const CampaignView* b) {
    return std::tie(a->brand, a->campaign, b->is_closed, a->is_whole) <
           std::tie(b->brand, b->campaign, a->is_closed, b->is_whole);
  });
  return funnels;
}

}  // namespace

void write_campaigns(JsonWriter& json,
                     const Snapshot& snapshot,
                     std::string_view window,
                     base::EventTime open_start) {
  json.key("campaigns").begin_object();
  const size_t names = std::min(snapshot.campaigns.size(), kCampaignNames);
  json.field("names_omitted", snapshot.campaigns.size() - names).key("names").begin_array();
  for (size_t i = 0; i < names; ++i) {
    const CampaignName& name = snapshot.campaigns[i];
    json.begin_object().field("campaign", name.campaign).field("brand", name.brand).end_object();
  }
  json.end_array().key("funnels").begin_array();
  std::array<size_t, 2> left = {kFunnelSteps, kFunnelSteps};  // open, closed
  std::array<size_t, 2> omitted{};
  for (const CampaignView* view : funnels_of(snapshot, window, open_start)) {
    const size_t kind = view->is_closed ? 1 : 0;
    if (view->steps.size() > left[kind]) {
      ++omitted[kind];
      continue;
    }
    left[kind] -= view->steps.size();
    write_funnel(json, *view);
  }
  json.end_array().key("funnels_omitted").begin_object();
  json.field("open", omitted[0]).field("closed", omitted[1]).end_object().end_object();
}

}  // namespace kaiku::serve
