#include <string>
#include <vector>

#include "kaiku/base/bytes.h"
#include "kaiku/money/rates.h"

#include "config/plan_builder.h"

namespace kaiku::config {
namespace {

// Everything that decides a figure, in a fixed order, and nothing else: not the names of outputs,
// not the log, not workers, memory or addresses. Not what has dates either: prices, markets,
// targets and calendars are compared entry by entry (shard/schedule.h).
class Content {
 public:
  Content() : out_(bytes_) {}

  void text(std::string_view value) { out_.bytes(value); }

  void number(int64_t value) { out_.svarint(value); }

  void texts(const std::vector<std::string>& values) {
    out_.varint(values.size());
    for (const std::string& value : values) {
      out_.bytes(value);
    }
  }

  void conditions(const std::vector<parse::Condition>& conditions) {
    out_.varint(conditions.size());
    for (const parse::Condition& condition : conditions) {
      text(condition.path);
      texts(condition.values);
      number(condition.negate ? 1 : 0);
    }
  }

  void extract(const parse::Extract& extract) {
    number(static_cast<int64_t>(extract.kind));
    text(extract.path);
    text(extract.second_path);
    text(extract.constant);
    text(extract.prefix);
    text(extract.then_value);
    text(extract.else_value);
    out_.varint(extract.map.size());
    for (const auto& [from, to] : extract.map) {
      text(from);
      text(to);
    }
    number(extract.fallback.has_value() ? 1 : 0);
    text(extract.fallback.value_or(""));
    number(static_cast<int64_t>(extract.time_format));
    text(extract.zone);
    number(extract.html ? 1 : 0);
    out_.varint(extract.parts.size());
    for (const parse::Extract& part : extract.parts) {
      this->extract(part);
    }
    conditions(extract.when);
  }

  void mapping(const parse::Mapping& mapping) {
    number(mapping.canonical ? 1 : 0);
    text(mapping.items);
    texts(mapping.items_alternatives);
    number(mapping.items_optional ? 1 : 0);
    conditions(mapping.when);
    out_.varint(mapping.rules.size());
    for (const parse::FieldRule& rule : mapping.rules) {
      text(rule.field);
      out_.varint(rule.alternatives.size());
      for (const parse::Extract& alternative : rule.alternatives) {
        extract(alternative);
      }
    }
  }

  void source(const shard::SourcePlan& source, const std::string& topic) {
    text(source.name);
    text(topic);
    mapping(*source.mapping);
    number(static_cast<int64_t>(source.routing));
    text(source.keyed_by);
    text(source.partitioner);
    number(source.bounded ? 1 : 0);
    number(source.polled ? 1 : 0);
    number(source.stable_time ? 1 : 0);
    text(source.brand_constant);
    number(source.max_future_us);
    number(source.max_age_us);
  }

  void channels(const match::ChannelTable& table) {
    out_.varint(table.channels().size());
    for (const match::Channel& channel : table.channels()) {
      text(channel.id);
      texts(channel.match);
      number(channel.is_private ? 1 : 0);
    }
  }

  // Nothing of a plan that has none of them.
  void facets(const shard::Plan& plan) {
    for (const board::Campaign& campaign : plan.board->campaigns) {
      text(campaign.cells);
      text(campaign.brand);
      number(campaign.from);
      number(campaign.to);
      for (const board::CampaignStep& step : campaign.steps) {
        text(step.name);
        number(static_cast<int64_t>(step.of));
        text(step.channel);
      }
    }
    for (const board::Comparison& comparison : plan.board->comparisons) {
      text(comparison.cells);
      text(comparison.brand);
      text(comparison.channel);
      number(static_cast<int64_t>(comparison.of));
      number(comparison.changed_at);
      number(comparison.before_us);
      number(comparison.after_us);
    }
    if (plan.facets == nullptr) {
      return;
    }
    for (const auto& [id, cells] : plan.facets->campaigns) {
      text(id);
      text(cells);
    }
    number(plan.facets->topics == nullptr
               ? 0
               : static_cast<int64_t>(plan.facets->topics->fingerprint()));
    number(plan.facets->feedback ? 1 : 0);
    texts({plan.facets->products.begin(), plan.facets->products.end()});
    texts({plan.facets->aspects.begin(), plan.facets->aspects.end()});
    number(plan.facets->content_reuse ? 1 : 0);
  }

  void window(const window::WindowSpec& spec, const std::string& zone) {
    text(spec.name());
    number(spec.size_us());
    number(spec.advance_us());
    text(zone);
    number(spec.final_after_us());
    number(spec.retention_us());
  }

  void conversations(const conversation::ConversationPlan& plan, const View& section) {
    for (const model::ItemType type : plan.opening_types) {
      number(static_cast<int64_t>(type));
    }
    number(plan.inactivity_us);
    number(plan.ttl_us);
    const View hours = section.section("business_hours");
    text(hours.text("timezone"));
    texts(hours.texts("open"));
    texts(hours.texts("holidays"));
  }

  void journeys(const shard::JourneyPlan& plan) {
    text("journeys");
    number(plan.kinds);
    number(plan.keys.look_back);
    number(plan.keys.order_delay_max);
    number(static_cast<int64_t>(plan.keys.touches_per_day));
    number(plan.verdicts.half_life);
    out_.varint(plan.keys.stopped.size());
    for (const base::Digest& key : plan.keys.stopped) {
      out_.digest(key);
    }
  }

  void signals(const signal::SignalPlan& plan, int64_t alerts_per_day) {
    text("signals");
    number(plan.season_hours);
    number(plan.final_after);
    number(plan.authors_least);
    number(alerts_per_day);
    for (const auto* words : {&plan.no_terms, &plan.known_handles, &plan.shorteners}) {
      texts({words->begin(), words->end()});
    }
    texts(plan.hosts);
    for (const auto& [digest, name] : plan.confidential) {
      out_.digest(digest);
      text(name);
    }
    if (plan.personal_data) {
      text("personal_data");
    }
    if (plan.new_hosts) {
      text("new_hosts");
    }
    for (const auto& [source, every] : plan.expect_every) {
      text(source);
      number(every);
    }
  }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  base::ByteWriter out_;
};

}  // namespace

uint64_t fingerprint_of(const Build& build) {
  const shard::Plan& plan = build.plan;
  Content content;
  content.text(plan.name);
  content.number(plan.shards);
  content.number(static_cast<int64_t>(plan.key.fingerprint()));
  for (const shard::SourcePlan& source : plan.sources) {
    content.source(source, plan.topics.at(source.topic).name);
  }
  content.number(plan.time.out_of_orderness_us);
  content.number(plan.time.lateness_us);
  content.number(plan.time.idle_after_us);
  content.number(plan.items_retention_us);
  content.number(plan.dedup_horizon_us);
  content.number(static_cast<int64_t>(plan.unmatched));
  content.number(plan.open_brands ? 1 : 0);
  content.number(plan.brands == nullptr ? 0 : static_cast<int64_t>(plan.brands->fingerprint()));
  content.channels(*plan.channels);
  for (size_t i = 0; i < plan.board->windows.size(); ++i) {
    content.window(plan.board->windows[i], build.zones[i]);
  }
  content.texts(plan.board->kpi_windows);
  content.text(plan.board->rates->base().view());
  if (plan.commerce.kinds != 0) {
    content.text("figures");
    content.number(plan.commerce.kinds);
  }
  content.facets(plan);
  if (plan.board->replacement_cost) {
    content.text("replacement_cost");
  }
  if (plan.privacy.min_cell > 0) {
    content.text("min_cell");
    content.number(plan.privacy.min_cell);
  }
  if (plan.privacy.erases) {
    content.text("erases");
  }
  if (plan.conversations != nullptr) {
    content.conversations(*plan.conversations, build.view.section("conversations"));
  }
  if (plan.journeys != nullptr) {
    content.journeys(*plan.journeys);
  }
  if (plan.signals != nullptr) {
    content.signals(*plan.signals, plan.alerts_per_day);
  } else if (plan.conversations != nullptr && plan.alerts_per_day != shard::Plan().alerts_per_day) {
    content.text("alerts_per_day");
    content.number(plan.alerts_per_day);
  }
  return base::HashKey::derived_from("kaiku.plan").hash64(content.bytes());
}

}  // namespace kaiku::config
