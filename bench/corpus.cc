#include "corpus.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <utility>

#include "kaiku/config/pipeline_config.h"

namespace kaiku::bench {
namespace {

constexpr size_t kDefaultEvents = 200'000;

generate::Options options_of(uint64_t events, uint32_t rate) {
  generate::Options options;
  options.events = events;
  options.rate = rate;
  options.brands = kBrands;
  options.authors = 200'000;
  options.posts_partitions = 1;
  options.truth = false;
  options.shares.conversations = 0;
  options.shares.orders = 0;
  options.shares.spends = 0;
  options.shares.broken = 0;
  return options;
}

generate::Workload make_workload(uint64_t events, uint32_t rate) {
  auto workload = generate::Workload::make(options_of(events, rate));
  if (!workload.has_value()) {
    fail(workload.error().message());
  }
  return std::move(workload).value();
}

// Real events carry much that nobody reads: fills up to the size of the bars, in the middle of the
// object, with what a connector would leave there.
void fill_up(std::string& value) {
  constexpr std::string_view kOpen = R"(,"raw":{"client":"web","entities":[")";
  constexpr std::string_view kClose = R"("]})";
  if (value.size() + kOpen.size() + kClose.size() >= kRecordBytes || value.back() != '}') {
    return;
  }
  const size_t missing = kRecordBytes - value.size() - kOpen.size() - kClose.size();
  value.pop_back();
  uint64_t state = value.size() * 0x9e3779b97f4a7c15ULL + static_cast<unsigned char>(value[20]);
  for (const char c : std::string_view(value).substr(0, 60)) {
    state = (state ^ static_cast<unsigned char>(c)) * 0xd6e8feb86659fd93ULL;
  }
  value.append(kOpen);
  for (size_t i = 0; i < missing; ++i) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    value += i % 9 == 8 ? ' ' : static_cast<char>('a' + state % 20);
  }
  value.append(kClose).append("}");
}

}  // namespace

void fail(std::string_view message) {
  std::fprintf(stderr, "bench: %.*s\n", static_cast<int>(message.size()), message.data());
  std::exit(1);
}

Posts::Posts(uint64_t events, uint32_t rate) : workload_(make_workload(events, rate)) {}

bool Posts::next(generate::Record& record) {
  while (workload_.next(record)) {
    if (record.source == generate::Source::kPosts) {
      fill_up(record.value);
      return true;
    }
  }
  return false;
}

size_t corpus_size() {
  const char* const wanted = std::getenv("KAIKU_BENCH_EVENTS");
  const long long events = wanted == nullptr ? 0 : std::atoll(wanted);
  return events > 0 ? static_cast<size_t>(events) : kDefaultEvents;
}

const std::vector<generate::Record>& corpus(uint32_t rate) {
  static std::map<uint32_t, std::vector<generate::Record>> made;
  std::vector<generate::Record>& records = made[rate];
  if (records.empty()) {
    Posts posts(corpus_size(), rate);
    generate::Record record;
    while (posts.next(record)) {
      records.push_back(record);
    }
  }
  return records;
}

std::string pipeline_text(const PipelineOptions& options) {
  const Posts posts(1, 1'000);
  std::string text = "version: 1\nname: " + options.name +
                     "\nshards: " + std::to_string(options.shards) +
                     "\nworkers: " + std::to_string(options.workers) +
                     "\nlog:\n  kind: " + (options.is_kafka ? "kafka" : "local") + "\n";
  if (options.is_kafka) {
    text +=
        "  common: {bootstrap.servers: \"${KAFKA_BROKERS}\"}\n"
        "  producer: {compression.codec: lz4}\n";
  }
  text += "sources:\n  posts: {topic: " + options.topic + ", routing: " + options.routing;
  text += options.routing == "direct" ? ", keyed_by: /native_id}\n" : "}\n";
  text +=
      "time: {out_of_orderness: 30s, lateness: 10m}\n"
      "windows: {minute: {size: 1m}, hour: {size: 1h}, day: {size: 1d}}\n"
      "state: {dir: \"${KAIKU_STATE_DIR:-./state}\", memory: 1GiB, commit_every: 1s}\n"
      "server: {listen: \"127.0.0.1:0\"}\n"
      "brands:\n";
  for (const generate::Brand& brand : posts.brands()) {
    text += "  - {id: \"" + brand.id + "\", name: \"" + brand.name + "\", aliases: [";
    for (size_t i = 0; i < brand.aliases.size(); ++i) {
      text += (i == 0 ? "\"" : ", \"") + brand.aliases[i] + "\"";
    }
    text += "]}\n";
  }
  text += "channels:\n";
  for (const std::string_view channel : posts.channels()) {
    text.append("  - {id: ").append(channel).append("}\n");
  }
  return text + "  - {id: other, match: [\"*\"]}\n";
}

std::shared_ptr<const shard::Plan> load_plan(const PipelineOptions& options) {
  const config::Loaded loaded =
      config::load_pipeline_text(pipeline_text(options), "bench.yaml", {});
  if (loaded.plan == nullptr) {
    fail(config::render(loaded.diagnostics));
  }
  return loaded.plan;
}

}  // namespace kaiku::bench
