#include "figures_json.h"

#include <algorithm>
#include <vector>

#include "kaiku/base/json_writer.h"

#include "json_fields.h"

namespace kaiku::serve {
namespace {

using base::JsonWriter;

bool fits(const std::string& wanted, const std::string& name) {
  return wanted.empty() || wanted == name;
}

std::string record_of(const FigureSet& set, const FigureView& figure) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().field("kpi", figure.kpi).field("stage", figure.stage);
  json.field("value_basis", figure.basis).field("brand", figure.brand);
  json.field("channel", figure.channel);
  if (!figure.subject.empty()) {
    text += ',' + figure.subject;
  }
  json.field("window", set.window);
  time_field(json, "window_start", set.window_start, true);
  time_field(json, "window_end", set.window_end, true);
  text += ',';
  text.append(figure.body, 1);  // without its opening bracket
  return text;
}

}  // namespace

std::string figures_json(const Snapshot& snapshot, const FigureFilter& filter) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("pipeline", snapshot.pipeline).field("currency", snapshot.currency);
  time_field(json, "now", snapshot.now_us, false);
  size_t shown = 0;
  size_t omitted = 0;
  json.key("kpis").begin_array();
  for (const auto& set : snapshot.figures) {
    if (!fits(filter.window, set->window)) {
      continue;
    }
    if (set->brand.empty() || fits(filter.brand, set->brand)) {
      omitted += set->omitted;  // any of them may fit
    }
    for (const FigureView& figure : set->figures) {
      if (!fits(filter.brand, figure.brand) || !fits(filter.channel, figure.channel) ||
          !fits(filter.kpi, figure.kpi)) {
        continue;
      }
      if (shown == kFiguresPerAnswer) {
        ++omitted;
        continue;
      }
      ++shown;
      json.raw(record_of(*set, figure));
    }
  }
  json.end_array().field("omitted", omitted).end_object();
  out += '\n';
  return out;
}

}  // namespace kaiku::serve
