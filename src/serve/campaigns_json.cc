#include "campaigns_json.h"

#include <algorithm>
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

void write_funnel(JsonWriter& json, const FigureSet& set) {
  const CampaignView& view = *set.campaign;
  json.begin_object().field("campaign", view.campaign).field("brand", view.brand);
  json.field("span", view.is_whole ? "campaign" : "window");
  time_field(json, "window_start", set.window_start, true);
  time_field(json, "window_end", set.window_end, true);
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

}  // namespace

void write_campaigns(JsonWriter& json, const Snapshot& snapshot, std::string_view window) {
  std::vector<const FigureSet*> funnels;
  for (const auto& set : snapshot.figures) {
    if (set->campaign && set->window == window) {
      funnels.push_back(set.get());
    }
  }
  std::ranges::stable_sort(funnels, std::less<>(), [](const FigureSet* set) {
    return std::tie(set->campaign->brand, set->campaign->campaign, set->campaign->is_whole);
  });
  json.key("campaigns").begin_object();
  const size_t names = std::min(snapshot.campaigns.size(), kCampaignNames);
  json.field("names_omitted", snapshot.campaigns.size() - names).key("names").begin_array();
  for (size_t i = 0; i < names; ++i) {
    const CampaignName& name = snapshot.campaigns[i];
    json.begin_object().field("campaign", name.campaign).field("brand", name.brand).end_object();
  }
  json.end_array().key("funnels").begin_array();
  size_t left = kFunnelSteps;
  size_t omitted = 0;
  for (const FigureSet* set : funnels) {
    const size_t steps = set->campaign->steps.size();
    if (steps > left) {
      ++omitted;
      continue;
    }
    left -= steps;
    write_funnel(json, *set);
  }
  json.end_array().field("funnels_omitted", omitted).end_object();
}

}  // namespace kaiku::serve
