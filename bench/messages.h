// Messages: the items of the corpus as a router hands them on, for the stages behind it.
//
// Threads: made once; any afterwards.
// Owns:    the messages; their names point into the plan, which is never given back.
// Cost:    the corpus through a router.
// Fails:   never.
#pragma once

#include <memory>
#include <vector>

#include "kaiku/parse/parser.h"
#include "kaiku/shard/router.h"

#include "corpus.h"

namespace kaiku::bench {

class MessageCollector final : public shard::RouterSink {
 public:
  void on_message(uint32_t, const model::ItemMessage& message) override {
    messages.push_back(message);
  }

  void on_output(log::Append) override {}

  void on_erasure_request(const model::ErasureMessage&) override {}

  std::vector<model::ItemMessage> messages;
};

inline log::Record record_of(const generate::Record& record, log::TopicId topic, int64_t offset) {
  log::Record result;
  result.at = {topic, 0};
  result.offset = offset;
  result.timestamp = record.timestamp;
  result.has_value = true;
  result.value = record.value;
  return result;
}

inline const shard::Plan& shared_plan() {
  static const std::shared_ptr<const shard::Plan> plan = load_plan({});
  return *plan;
}

inline const std::vector<model::ItemMessage>& messages() {
  static const std::vector<model::ItemMessage> all = [] {
    const shard::Plan& plan = shared_plan();
    MessageCollector collector;
    shard::Router router(plan, 0, 0);
    parse::Parser parser(plan.sources[0].mapping);
    const auto scratch = plan.brands->make_scratch();
    int64_t offset = 0;
    for (const generate::Record& record : corpus(10'000)) {
      router.process(
          record_of(record, plan.sources[0].topic, offset++), {&parser, scratch.get()}, collector);
    }
    return std::move(collector.messages);
  }();
  return all;
}

}  // namespace kaiku::bench
