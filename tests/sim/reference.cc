#include "sim/reference.h"

#include "sim/feed.h"
#include "sim/fleet.h"

namespace kaiku::sim {
namespace {

constexpr size_t kRounds = 4'000;
constexpr size_t kQuietEvery = 4;
constexpr size_t kDifferencesMax = 10;

// Takes out ,"name":value up to the next comma or bracket outside of text and of lists.
void drop_field(std::string& body, std::string_view name) {
  const std::string quoted = ",\"" + std::string(name) + "\":";
  const size_t begin = body.find(quoted);
  if (begin == std::string::npos) {
    return;
  }
  size_t end = begin + quoted.size();
  const char first = body[end];
  if (first == '"' || first == '[') {
    end = body.find(first == '"' ? '"' : ']', end + 1) + 1;
  } else {
    end = body.find_first_of(",}", end);
  }
  body.erase(begin, end - begin);
}

std::string comparable(std::string body) {
  for (const char* name : {"kind", "revision", "watermark"}) {
    drop_field(body, name);
  }
  return body;
}

bool is_exact(const std::string& body) {
  return body.find("\"exact\":false") == std::string::npos;
}

// A straggler marks the cell it touched and changes nothing else.
std::string without_exactness(std::string body) {
  drop_field(body, "exact");
  drop_field(body, "inexact_reasons");
  return body;
}

// Came and was taken back between two commits in one run, but not in the other.
bool is_nothing(const std::string& key, const std::string& body) {
  const bool is_money = key.find("\"kpi\":") != std::string::npos &&
                        key.find("bug_report_channel_share") == std::string::npos;
  return is_money || body.find("\"count_total\":0,") != std::string::npos ||
         body.find("\"denominator\":0,") != std::string::npos;
}

SimPipeline reference_pipeline(const SimPipeline& pipeline) {
  SimPipeline reference = pipeline;
  shard::Plan& plan = reference.plan;
  plan.shards = 1;
  plan.topics.at(plan.exchange).partitions = 1;
  plan.topics.at(plan.changelog).partitions = 1;
  for (shard::SourcePlan& source : plan.sources) {
    source.routing = shard::Routing::kRouted;
  }
  plan.time.idle_after_us = base::kDay;  // no ticks, so no stragglers
  plan.outputs.early_every_us = base::kDay;
  reference.has_direct = false;
  return reference;
}

}  // namespace

LastBodies last_bodies(const shard::Plan& plan, const SimBroker& broker) {
  std::vector<log::TopicId> topics = plan.outputs.activity;
  topics.push_back(plan.outputs.kpi);
  LastBodies bodies;
  for (const log::TopicId topic : topics) {
    for (log::Append& append : broker.committed_records(topic)) {
      if (append.value.find("\"kind\":") != std::string::npos) {
        bodies[append.key] = std::move(append.value);
      }
    }
  }
  for (auto& [key, body] : bodies) {
    body = comparable(std::move(body));
  }
  return bodies;
}

Reference run_reference(const SimPipeline& pipeline) {
  const SimPipeline plain = reference_pipeline(pipeline);
  SimFaults faults = SimFaults::none();
  faults.step_us = 200 * base::kMillisecond;
  SimBroker broker(plain.plan.topics, 1, faults, pipeline.workload.start);
  SimFeed feed(plain, broker);
  feed.finish();
  SimFleet fleet(plain, broker, {});
  fleet.let_sources_end();
  Reference reference;
  uint64_t quiet_progress = ~uint64_t{0};
  for (size_t round = 1; round <= kRounds; ++round) {
    fleet.turn_all();
    if (!fleet.problem().empty()) {
      reference.problem = fleet.problem();
      return reference;
    }
    if (round % kQuietEvery != 0) {
      continue;
    }
    const bool is_quiet = fleet.is_quiet();
    if (is_quiet && fleet.progress() == quiet_progress) {
      reference.bodies = last_bodies(plain.plan, broker);
      return reference;
    }
    quiet_progress = is_quiet ? fleet.progress() : ~uint64_t{0};
  }
  reference.problem = "the reference does not come to rest";
  return reference;
}

std::vector<std::string> compare_bodies(const LastBodies& reference, const LastBodies& actual) {
  std::vector<std::string> differences;
  const auto add = [&](const std::string& key, const std::string& text) {
    if (differences.size() < kDifferencesMax) {
      differences.push_back(key + ": " + text);
    }
  };
  for (const auto& [key, body] : reference) {
    const auto found = actual.find(key);
    if (found == actual.end()) {
      if (!is_nothing(key, body)) {
        add(key, "only without faults: " + body);
      }
      continue;
    }
    const bool is_same = is_exact(found->second)
                             ? found->second == body
                             : without_exactness(found->second) == without_exactness(body);
    if (!is_same) {
      add(key, "the last record is\n    " + found->second + "\n  without faults\n    " + body);
    }
  }
  for (const auto& [key, body] : actual) {
    if (reference.count(key) == 0 && !is_nothing(key, body)) {
      add(key, "only with faults: " + body);
    }
  }
  return differences;
}

}  // namespace kaiku::sim
