#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "kaiku/kafka/topic_admin.h"
#include "kaiku/kafka/topic_reader.h"
#include "kaiku/local/broker.h"
#include "kaiku/parse/envelope.h"
#include "kaiku/serve/client.h"

#include "app/commands.h"
#include "app/local_ports.h"
#include "app/pipeline.h"
#include "app/wiring.h"

namespace kaiku::app {
namespace {

using base::Exit;
using base::Status;

// What is wrong with a topic as it is; "" if nothing.
std::string verdict(const log::Topic& topic, const kafka::TopicState& state) {
  if (!state.exists) {
    return "missing";
  }
  if (topic.partitions != 0 && topic.partitions != state.partitions) {
    return fmt::format("has {} partitions, the plan needs {}", state.partitions, topic.partitions);
  }
  return "";
}

int print_line(const parse::Envelope& envelope, bool as_envelope) {
  if (as_envelope) {
    fmt::print("{}\n", parse::write_envelope(envelope));
  } else {
    fmt::print("{}\n", envelope.has_value ? envelope.value : "null");
  }
  return 0;
}

int tail_kafka(const shard::Plan& plan, const TailOptions& options) {
  auto reader = kafka::TopicReader::open(plan.kafka.common, plan.kafka.consumer, options.topic);
  if (!reader.has_value()) {
    return report(reader.error());
  }
  uint64_t printed = 0;
  kafka::TopicRecord record;
  while (options.limit == 0 || printed < options.limit) {
    auto got = reader.value()->next(record, 1'000);
    if (!got.has_value()) {
      return report(got.error());
    }
    if (got.value() == kafka::TopicReader::Got::kEnd) {
      return 0;
    }
    if (got.value() == kafka::TopicReader::Got::kNothing) {
      continue;
    }
    parse::Envelope envelope;
    envelope.partition = record.partition;
    envelope.offset = record.offset;
    envelope.timestamp = record.timestamp;
    envelope.has_key = record.has_key;
    envelope.has_value = record.has_value;
    envelope.key = std::string(record.key);
    envelope.value = std::string(record.value);
    print_line(envelope, options.envelope);
    ++printed;
  }
  return 0;
}

// Prints lines of the API; the lines are envelopes.
int print_lines(std::string_view body, const TailOptions& options, uint64_t& printed) {
  parse::EnvelopeReader reader;
  parse::Envelope envelope;
  while (!body.empty()) {
    const size_t end = std::min(body.find('\n'), body.size());
    const std::string_view line = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (line.empty()) {
      continue;
    }
    if (Status status = reader.read(line, envelope); !status.is_ok()) {
      return report(Status::stop(Exit::kBadData, status.message()));
    }
    print_line(envelope, options.envelope);
    ++printed;
  }
  return 0;
}

constexpr size_t kPageLines = 1'000;
constexpr size_t kPageBytes = 4U << 20;

size_t page_size(const TailOptions& options, uint64_t printed) {
  return options.limit == 0
             ? kPageLines
             : static_cast<size_t>(std::min<uint64_t>(kPageLines, options.limit - printed));
}

Status bad_cursor() {
  return Status::stop(Exit::kUsage,
                      "--from is begin, end or the cursor of an earlier answer of the API");
}

// A running engine owns its store: it is asked over HTTP. False: nobody runs.
bool tail_running(const shard::Plan& plan, const TailOptions& options, int& code) {
  std::string cursor = options.from;
  uint64_t printed = 0;
  while (true) {
    serve::HttpRequest request;
    request.address = plan.listen;
    request.target = fmt::format(
        "/api/v1/topics/{}?from={}&limit={}", options.topic, cursor, page_size(options, printed));
    auto answer = serve::ask(request);
    if (!answer.has_value()) {
      return false;
    }
    if (answer->status == 400) {
      code = report(bad_cursor());
      return true;
    }
    if (answer->status != 200) {
      code = report(
          Status::stop(Exit::kUnavailable, "the running pipeline answered: " + answer->body));
      return true;
    }
    const uint64_t before = printed;
    code = print_lines(answer->body, options, printed);
    cursor = std::string(answer->header("Kaiku-Next"));
    if (code != 0 || printed == before || printed == options.limit) {
      return true;
    }
  }
}

// A source that is read holds what is kept of it.
void say_what_is_kept(const shard::Plan& plan, const std::string& topic) {
  for (const shard::SourcePlan& source : plan.sources) {
    if (plan.topics.at(source.topic).name != topic) {
      continue;
    }
    const bool is_kept = plan.local.keeps(source);
    fmt::print(stderr,
               "kaiku: {} is a source: {}\n",
               topic,
               is_kept ? "records that are committed stay for log.keep_sources, at most "
                         "log.keep_source_bytes of each partition"
               : source.hides_payload ? "it may hold a restricted channel, so its records go when "
                                        "they are committed"
                                      : "log.keep_sources lets its records go when they are "
                                        "committed");
  }
}

// Nobody runs: the store is opened here, and read as the API reads it.
int tail_store(const std::shared_ptr<const shard::Plan>& plan, const TailOptions& options) {
  const base::SystemClock clock;
  auto wiring = Wiring::make(plan, clock, Use::kLook);
  if (!wiring.has_value()) {
    return report(wiring.error());
  }
  LocalTopics topics(*plan, *wiring.value()->broker());
  std::string cursor = options.from;
  uint64_t printed = 0;
  while (true) {
    const serve::TopicPage page =
        topics.read(options.topic, cursor, page_size(options, printed), kPageBytes);
    if (page.code == serve::TopicPage::Code::kBadCursor) {
      return report(bad_cursor());
    }
    if (page.code != serve::TopicPage::Code::kOk) {
      return report(Status::stop(Exit::kUnavailable, page.message));
    }
    const uint64_t before = printed;
    for (const std::string& line : page.lines) {
      if (const int code = print_lines(line, options, printed); code != 0) {
        return code;
      }
    }
    cursor = page.next;
    if (printed == before || printed == options.limit) {
      return 0;
    }
  }
}

// What there is instead.
Status no_topic(const shard::Plan& plan, const std::string& topic) {
  std::string names;
  for (size_t i = 0; i < plan.topics.size(); ++i) {
    names += "\n  " + plan.topics.at(static_cast<log::TopicId>(i)).name;
  }
  return Status::stop(Exit::kUnavailable,
                      "the pipeline has no topic '" + topic + "'; it has:" + names);
}

}  // namespace

int topics_command(const TopicOptions& options) {
  const bool apply = options.apply;
  const auto plan = load_plan(options.common, config::Purpose::kRun);
  if (plan == nullptr) {
    return static_cast<int>(Exit::kConfig);
  }
  if (plan->is_local) {
    fmt::print("{}: the embedded log makes its topics by itself\n", options.common.pipeline);
    return 0;
  }
  std::vector<std::string> names;
  for (size_t i = 0; i < plan->topics.size(); ++i) {
    names.push_back(plan->topics.at(static_cast<log::TopicId>(i)).name);
  }
  auto states = kafka::describe_topics(plan->kafka.common, names);
  if (!states.has_value()) {
    return report(states.error());
  }
  std::vector<log::Topic> missing;
  bool good = true;
  for (size_t i = 0; i < states->size(); ++i) {
    const log::Topic& topic = plan->topics.at(static_cast<log::TopicId>(i));
    const std::string wrong = verdict(topic, states.value()[i]);
    fmt::print("{:<60} {:>4} partitions  {}\n",
               topic.name,
               topic.partitions == 0 ? states.value()[i].partitions : topic.partitions,
               wrong.empty() ? "ok" : wrong);
    const bool creatable = topic.role != log::TopicRole::kSource || options.source_partitions > 0;
    if (wrong == "missing" && creatable) {
      missing.push_back(topic);
      if (topic.role == log::TopicRole::kSource) {
        missing.back().partitions = options.source_partitions;
      }
    }
    good = good && (wrong.empty() || (apply && wrong == "missing" && creatable));
  }
  if (apply && !missing.empty()) {
    if (Status status = kafka::create_topics(
            plan->kafka.common, missing, static_cast<int16_t>(options.replication));
        !status.is_ok()) {
      return report(status);
    }
    fmt::print("created {} topics\n", missing.size());
  }
  return static_cast<int>(good ? Exit::kOk : Exit::kUnavailable);
}

int tail_command(const TailOptions& options) {
  const auto plan = load_plan(options.common, config::Purpose::kRun);
  if (plan == nullptr) {
    return static_cast<int>(Exit::kConfig);
  }
  if (!plan->is_local) {
    return options.from == "begin"
               ? tail_kafka(*plan, options)
               : report(Status::stop(Exit::kUsage,
                                     "--from: on Kafka a topic is read from its beginning"));
  }
  if (!plan->topics.find(options.topic)) {
    return report(no_topic(*plan, options.topic));
  }
  say_what_is_kept(*plan, options.topic);
  int code = 0;
  if (tail_running(*plan, options, code)) {
    return code;
  }
  return tail_store(plan, options);
}

}  // namespace kaiku::app
