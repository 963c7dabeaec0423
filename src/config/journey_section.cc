// The section `journeys`: which keys are followed, how far back, and what is nobody's key.
#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kaiku/base/limits.h"
#include "kaiku/shard/router.h"

#include "config/plan_builder.h"

namespace kaiku::config {
namespace {

using model::KeyKind;

// What shops and help desks write where they know no customer; journey_settings.cc names them too.
constexpr std::array<std::string_view, 11> kNobody = {
    "guest", "anonymous", "unknown", "none", "null", "nil", "undefined", "nan", "n/a", "0", "-"};

std::string in_case(std::string_view text, bool upper) {
  std::string out(text);
  for (char& c : out) {
    const bool letter = upper ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z';
    c = letter ? static_cast<char>(c ^ 0x20) : c;
  }
  return out;
}

// Keys are compared as they are, but nobody is nobody in whatever case.
void add_stopped(const base::HashKey& key, const std::string& text, std::set<base::Digest>& keys) {
  const std::string lower = in_case(text, false);
  const std::string upper = in_case(text, true);
  const std::string capital = upper.substr(0, 1) + lower.substr(std::min<size_t>(1, lower.size()));
  for (const std::string& spelling : {text, lower, upper, capital}) {
    for (size_t kind = 0; kind < model::kKeyKinds; ++kind) {
      keys.insert(shard::journey_key(key, static_cast<KeyKind>(kind), spelling));
    }
  }
}

uint8_t read_kinds(Build& build, const View& view) {
  const Node* const node = view.find("keys");
  if (node == nullptr || !node->is_list()) {
    return shard::JourneyPlan().kinds;
  }
  unsigned kinds = 0;
  for (const Node& item : node->items) {
    KeyKind kind = KeyKind::kCustomer;
    if (!item.is_scalar() || !model::parse_name(item.text, kind)) {
      build.report.error_at(item,
                            "KA061",
                            view.path_of("keys"),
                            "\"" + item.written + "\" is no kind of key",
                            "customer, click, coupon, campaign");
      continue;
    }
    kinds |= 1U << static_cast<unsigned>(kind);
  }
  if (node->items.empty()) {
    build.report.error_at(*node,
                          "KA061",
                          view.path_of("keys"),
                          "without a key no touch meets an order",
                          "customer; or follow: false");
  }
  return static_cast<uint8_t>(kinds);
}

std::vector<base::Digest> read_stopped(Build& build, const View& view) {
  std::vector<std::string> texts(kNobody.begin(), kNobody.end());
  if (view.has("stopped")) {
    texts = view.texts("stopped");
  }
  std::set<base::Digest> keys;
  for (const std::string& text : texts) {
    if (text.size() > base::limits::kIdBytes) {
      build.report.error_at(
          view.place("stopped", build.root),
          "KA061",
          view.path_of("stopped"),
          "a key has at most " + std::to_string(base::limits::kIdBytes) + " bytes");
      continue;
    }
    add_stopped(build.plan.key, text, keys);
  }
  return {keys.begin(), keys.end()};
}

}  // namespace

void build_journeys(Build& build) {
  const View view = build.view.section("journeys");
  if (!view.boolean("follow")) {
    return;
  }
  auto plan = std::make_shared<shard::JourneyPlan>();
  plan->kinds = read_kinds(build, view);
  plan->keys.look_back = view.number("look_back");
  plan->keys.order_delay_max = view.number("order_delay_max");
  plan->keys.lateness = build.plan.time.lateness_us;
  plan->keys.touches_per_day = static_cast<size_t>(view.number("touches_per_day"));
  plan->keys.stopped = read_stopped(build, view);
  plan->verdicts.half_life = view.number("half_life");
  build.plan.journeys = std::move(plan);
}

}  // namespace kaiku::config
