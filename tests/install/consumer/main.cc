// A program outside of the project that uses the installed core.
#include <cstdio>
#include <memory>

#include "kaiku/aggregate/aggregate.h"
#include "kaiku/parse/parser.h"

namespace {

class Count final : public kaiku::parse::ItemSink {
 public:
  void on_item(const kaiku::model::Item& item) override {
    cell.by_relation[static_cast<size_t>(item.relation)] += 1;
  }

  void on_reject(const kaiku::parse::Reject&) override {}

  void on_ignored() override {}

  kaiku::aggregate::Aggregate cell;
};

}  // namespace

int main() {
  auto mapping = std::make_shared<kaiku::parse::Mapping>();
  mapping->canonical = true;
  kaiku::parse::Parser parser(mapping);
  Count count;
  parser.parse(
      R"({"event_id":"1","type":"mention","channel":"x","occurred_at":"2026-03-02T10:00:00Z"})",
      kaiku::base::kNoTime,
      count);
  std::printf("%lld\n", static_cast<long long>(count.cell.count_total()));
  return count.cell.count_total() == 1 ? 0 : 1;
}
