#include "sim/feed.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "kaiku/base/check.h"
#include "kaiku/base/prng.h"
#include "kaiku/generate/workload.h"

namespace kaiku::sim {
namespace {

// What a customer base would add to what people say: every author is the customer with a number of
// the same range. A record that is no whole object stays as it is.
void add_customer(std::string& record) {
  constexpr std::string_view kAuthor = "\"author\":{\"id\":\"";
  constexpr uint64_t kCustomers = 40;
  const size_t at = record.find(kAuthor);
  if (at == std::string::npos || record.back() != '}' ||
      record.find("customer_key") != std::string::npos) {
    return;
  }
  uint64_t number = 0;
  for (size_t i = at + kAuthor.size(); i < record.size() && record[i] != '"'; ++i) {
    number = number * 10 + static_cast<unsigned char>(record[i]) % 16;
  }
  record.pop_back();
  record += ",\"customer_key\":\"crm-" + std::to_string(number % kCustomers) + "\"}";
}

// The generator's ads are paid by the hour. Some versions of some of them are for longer here, over
// midnight or two: their days share what was spent, and the next version may be for another time.
void stretch_period(std::string& record) {
  constexpr std::string_view kEnd = "\"period_end\":\"";
  constexpr size_t kTimeText = sizeof("2026-03-02T08:00:00.000000Z") - 1;
  const size_t at = record.find(kEnd);
  if (at == std::string::npos || record.size() < at + kEnd.size() + kTimeText) {
    return;
  }
  uint64_t hash = 0;
  for (const char c : record) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  const base::EventTime end = base::parse_rfc3339(
      record.substr(at + kEnd.size(), record.find('"', at + kEnd.size()) - at - kEnd.size()));
  if (end == base::kNoTime || hash % 2 != 0) {
    return;
  }
  constexpr uint64_t kMinutesMost = 50 * 60;
  const std::string later =
      base::format_micros(end + static_cast<int64_t>(hash / 2 % kMinutesMost) * base::kMinute);
  record.replace(at + kEnd.size(), record.find('"', at + kEnd.size()) - at - kEnd.size(), later);
}

}  // namespace

SimFeed::SimFeed(const SimPipeline& pipeline, SimBroker& broker) : broker_(broker) {
  auto workload = generate::Workload::make(pipeline.workload);
  KAIKU_CHECK(workload.has_value(), "the workload is valid");
  std::map<log::Partition, size_t> line_of;
  for (size_t source = 0; source < pipeline.plan.sources.size(); ++source) {
    for (int32_t number = 0; number < pipeline.topology.partitions[source]; ++number) {
      Line line;
      line.at = {pipeline.plan.sources[source].topic, number};
      line_of[line.at] = lines_.size();
      lines_.push_back(std::move(line));
    }
  }
  generate::Record record;
  std::map<log::Partition, int64_t> offsets;
  base::Prng spread(pipeline.workload.seed);
  while (workload->next(record)) {
    const auto source = static_cast<size_t>(record.source);
    if (pipeline.is_keyless) {
      record.has_key = false;
      record.partition = static_cast<int32_t>(
          spread.below(static_cast<uint64_t>(pipeline.topology.partitions[source])));
    }
    const log::Partition at{pipeline.plan.sources[source].topic, record.partition};
    // The truth knows the customers that the generator has made up, and no others.
    if (pipeline.plan.journeys != nullptr && !pipeline.workload.truth) {
      add_customer(record.value);
    }
    stretch_period(record.value);
    records_.push_back({std::string(generate::kSourceNames[source]),
                        record.partition,
                        offsets[at]++,
                        record.timestamp,
                        record.value});
    log::Append append;
    append.to = at;
    append.key = record.has_key ? record.key : "";
    append.value = record.value;
    append.timestamp = record.timestamp;
    lines_[line_of.at(at)].waiting.push_back(std::move(append));
  }
  truth_ = workload->truth();
  start_us_ = records_.empty() ? pipeline.workload.start : records_.front().timestamp;
}

void SimFeed::step(bool with_upstream) {
  for (Line& line : lines_) {
    if (line.open != 0 && broker_.now_step() >= line.ends_at_step) {
      broker_.end_upstream(line.open, line.commits);
      line.open = 0;
    }
    if (line.down_until_us <= broker_.clock().now_us()) {
      produce(line, with_upstream);
    }
  }
}

void SimFeed::produce(Line& line, bool with_upstream) {
  const int64_t now_us = broker_.clock().now_us();
  while (!line.waiting.empty() && line.waiting.front().timestamp <= now_us) {
    if (with_upstream && line.open == 0 && broker_.prng().chance(1, 40)) {
      begin_upstream(line, now_us);
      continue;
    }
    broker_.produce(std::move(line.waiting.front()));
    line.waiting.pop_front();
  }
}

// The records of a transaction that will be aborted are sent again after it: an engine that reads
// them counts them twice.
void SimFeed::begin_upstream(Line& line, int64_t now_us) {
  line.commits = broker_.prng().chance(2, 3);
  const uint64_t most = 1 + broker_.prng().below(5);
  std::vector<log::Append> appends;
  for (const log::Append& append : line.waiting) {
    if (appends.size() == most || append.timestamp > now_us) {
      break;
    }
    appends.push_back(append);
  }
  if (line.commits) {
    line.waiting.erase(line.waiting.begin(),
                       line.waiting.begin() + static_cast<std::ptrdiff_t>(appends.size()));
  }
  line.open = broker_.begin_upstream(appends);
  line.ends_at_step = broker_.now_step() + 1 + broker_.prng().below(30);
}

void SimFeed::stop_partition(base::Prng& prng, int64_t for_us) {
  Line& line = lines_[prng.below(lines_.size())];
  line.down_until_us = broker_.clock().now_us() + for_us;
  broker_.note("the producer of " + name_of(line.at) + " is down");
}

void SimFeed::finish() {
  for (Line& line : lines_) {
    if (line.open != 0) {
      broker_.end_upstream(line.open, line.commits);
      line.open = 0;
    }
    for (log::Append& append : line.waiting) {
      broker_.produce(std::move(append));
    }
    line.waiting.clear();
  }
}

bool SimFeed::is_done() const {
  return std::all_of(
      lines_.begin(), lines_.end(), [](const Line& line) { return line.waiting.empty(); });
}

}  // namespace kaiku::sim
