// Any bytes as a pipeline file: a plan or errors, never both and never neither, and diagnostics
// that are safe to print. The same bytes as an override and as a text for the brands of the plan.
#include <optional>

#include "kaiku/config/pipeline_config.h"
#include "kaiku/match/brand_matcher.h"
#include "kaiku/text/utf8.h"

#include "fuzz/target.h"

namespace {

using kaiku::config::Loaded;
using kaiku::config::LoadOptions;
using kaiku::config::Purpose;
using kaiku::config::Severity;
using kaiku::fuzz::require;

constexpr std::string_view kPipeline = R"(version: 1
name: fuzz
shards: 2
sources:
  posts:
    topic: posts.v1
    mapping: {event_id: /id, type: mention, channel: [/network, web], author: {id: /user/id}}
brands:
  - {id: kirkas, aliases: [kirkas, "@kirkas"], exclude: [kirkas yö]}
windows: {hour: {size: 1h}}
)";

LoadOptions closed_options() {
  LoadOptions options;
  options.base_dir = "/nonexistent";
  options.env = [](std::string_view name) -> std::optional<std::string> {
    return name.size() % 2 == 0 ? std::optional<std::string>("value") : std::nullopt;
  };
  return options;
}

void check(const Loaded& loaded) {
  const size_t errors = kaiku::config::count(loaded.diagnostics, Severity::kError);
  require((loaded.plan == nullptr) == (errors != 0));
  require(loaded.diagnostics.size() <= 51);
  const std::string text = kaiku::config::render(loaded.diagnostics);
  for (const char c : text) {
    require(static_cast<unsigned char>(c) >= ' ' || c == '\n');
  }
  require(kaiku::text::is_utf8(kaiku::config::render_json(loaded.diagnostics)));
}

// A plan that was made has all its parts.
void check_plan(const Loaded& loaded, std::string_view text) {
  if (loaded.plan == nullptr) {
    return;
  }
  require(loaded.plan->board != nullptr && loaded.plan->channels != nullptr);
  require(!loaded.plan->sources.empty() && !loaded.plan->board->windows.empty());
  require(loaded.plan->outputs.activity.size() == loaded.plan->board->windows.size());
  for (const auto& source : loaded.plan->sources) {
    require(source.mapping != nullptr && kaiku::parse::check(*source.mapping).is_ok());
  }
  if (loaded.plan->brands != nullptr) {
    const auto scratch = loaded.plan->brands->make_scratch();
    kaiku::match::BrandSet found;
    loaded.plan->brands->match(text, *scratch, found);
    require(found.count <= kaiku::base::limits::kBrandsPerItem);
  }
}

}  // namespace

std::vector<std::string> kaiku::fuzz::seeds() {
  return {std::string(kPipeline),
          "shards=4",
          "name=other",
          "windows.hour.size=2h",
          "sources.posts.topic=${TOPIC}",
          "sources.posts.mapping.type=support_message",
          "brands.0.id=tuuli",
          "brands=[{id: tuuli, aliases: [tuuli]}]",
          "version: 1\nname: a\nshards: 1\nbase_currency: EUR\n"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  // Devices may never end, or wait for a keyboard.
  if (text.find("/dev") != std::string::npos || text.find("/proc") != std::string::npos) {
    return 0;
  }
  LoadOptions options = closed_options();
  options.purpose = size % 2 == 0 ? Purpose::kRun : Purpose::kReplay;
  const Loaded whole = kaiku::config::load_pipeline_text(text, "fuzz.yaml", options);
  check(whole);
  check_plan(whole, text);
  options.overrides = {text};
  const Loaded overridden = kaiku::config::load_pipeline_text(kPipeline, "fuzz.yaml", options);
  check(overridden);
  check_plan(overridden, text);
  return 0;
}
