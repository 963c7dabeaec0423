// Any bytes as a record of any shipped mapping: a defined outcome, the same one twice, and items
// within their bounds. The first byte chooses the mapping.
#include <memory>

#include "kaiku/base/limits.h"
#include "kaiku/generate/workload.h"
#include "kaiku/parse/parser.h"
#include "kaiku/text/html.h"
#include "kaiku/text/normalize.h"
#include "kaiku/text/utf8.h"

#include "fuzz/target.h"

namespace {

namespace limits = kaiku::base::limits;
using kaiku::fuzz::require;
using kaiku::model::Item;
using kaiku::parse::Parser;

// Writes down what it was told, and checks it.
class Record final : public kaiku::parse::ItemSink {
 public:
  void on_item(const Item& item) override {
    require(!item.event_id.empty() && item.event_id.size() <= 2 * limits::kNameBytes);
    require(!item.channel.empty() && item.channel.size() <= limits::kNameBytes);
    require(item.native_id.size() <= limits::kIdBytes);
    require(item.text.size() <= limits::kTextBytes && kaiku::text::is_utf8(item.text));
    require(kaiku::text::is_utf8(item.native_id) && kaiku::text::is_utf8(item.brand));
    require(item.occurred_at != kaiku::base::kNoTime);
    require(!item.has_amount || item.amount_micros <= limits::kAmountMajorUnits * 1'000'000);
    require(item.sentiment_score_ppm >= -1'000'000 && item.sentiment_score_ppm <= 1'000'000);
    story += 'i';
    story += item.event_id;
    story += item.text;
    story += std::to_string(item.occurred_at) + std::to_string(item.amount_micros);
  }

  void on_reject(const kaiku::parse::Reject& reject) override {
    require(!reject.code.empty() && !reject.message.empty());
    story += 'r';
    story += reject.code;
    story += reject.field;
    ++rejects;
    parse_rejects += reject.error == kaiku::model::ErrorClass::kParse ? 1U : 0U;
  }

  void on_ignored() override { story += '-'; }

  std::string story;
  size_t rejects = 0;
  size_t parse_rejects = 0;
};

std::vector<std::unique_ptr<Parser>>& parsers() {
  static std::vector<std::unique_ptr<Parser>> all = [] {
    std::vector<std::unique_ptr<Parser>> made;
    for (const std::string_view name : kaiku::parse::shipped_mapping_names()) {
      made.push_back(std::make_unique<Parser>(kaiku::parse::shipped_mapping(name)));
    }
    return made;
  }();
  return all;
}

}  // namespace

// Records of the generator under every mapping: one of them is theirs, the others have to refuse.
std::vector<std::string> kaiku::fuzz::seeds() {
  kaiku::generate::Options options;
  options.events = 60;
  options.truth = false;
  options.shares.broken = 100'000;
  auto workload = kaiku::generate::Workload::make(options);
  require(workload.has_value());
  std::vector<std::string> all;
  kaiku::generate::Record record;
  for (size_t i = 0; workload.value().next(record); ++i) {
    all.push_back(chosen(static_cast<uint8_t>(i % parsers().size()), record.value));
    all.push_back(chosen(0, record.value));
  }
  return all;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) {
    return 0;
  }
  // Exactly as large as it is: reading past its end is seen.
  const std::vector<char> bytes(data + 1, data + size);
  const std::string_view value(bytes.data(), bytes.size());
  Parser& parser = *parsers()[data[0] % parsers().size()];
  Record first;
  parser.parse(value, 1, first);
  require(!first.story.empty());
  require(first.parse_rejects == 0 || first.rejects == 1);
  Record second;
  parser.parse(value, 1, second);
  require(first.story == second.story);

  std::string text;
  kaiku::text::append_html_text(value, limits::kTextBytes, text);
  require(text.size() <= limits::kTextBytes);
  require(kaiku::text::is_utf8(text) || !kaiku::text::is_utf8(value));
  static kaiku::text::Normalizer normalizer;
  const std::string_view folded = normalizer.normalize(value);
  require(folded.size() <= 18 * value.size());
  require(kaiku::text::is_utf8(folded) || !kaiku::text::is_utf8(value));
  return 0;
}
