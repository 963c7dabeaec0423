// Evaluator makes an item of the tokens of one element, by the rules of the program.
//
// Threads: confined to its parser.
// Owns:    a text buffer; the views of the item live as long as the collector's tokens.
// Cost:    a few nanoseconds a rule, plus what times and money cost.
// Fails:   the first field that is wrong gives the reject; never touches a sink.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/model/item.h"
#include "kaiku/parse/parser.h"

#include "collector.h"
#include "program.h"

namespace kaiku::parse {

enum class Verdict : uint8_t { kItem, kIgnored, kReject };

class Evaluator {
 public:
  Evaluator(const Program& program, Collector& collector, const ZoneResolver* zones)
      : program_(program), collector_(collector), zones_(zones) {}

  // Fills `item`, or `reject`.
  Verdict evaluate(size_t index, base::EventTime kafka_time, model::Item& item, Reject& reject);

 private:
  struct Money {
    int count = 0;
    FieldId field = FieldId::kAmount;
    bool is_product = false;
    std::string_view text;
    std::string_view factor;
  };

  [[nodiscard]] bool holds(const Check& check);
  [[nodiscard]] bool hold(const std::vector<Check>& checks);
  Token& token(const Ref& ref);
  // The token with its escapes undone.
  Token read(const Ref& ref);
  Token value_of(const Step& step);
  static Token constant(std::string_view text);
  Token path_value(const Step& step);
  Token joined(const Step& step);

  // The code of what is wrong, "" if nothing is.
  std::string_view apply(const Rule& rule, model::Item& item);
  std::string_view apply(const Rule& rule, const Step& step, Token value, model::Item& item);
  std::string_view set(const Rule& rule, const Step& step, Token value, model::Item& item);
  std::string_view set_name(const Field& field, Token value, model::Item& item);
  std::string_view set_prose(const Field& field,
                             const Step& step,
                             std::string_view text,
                             model::Item& item);
  std::string_view set_time(const Field& field, const Step& step, Token value, model::Item& item);
  static std::string_view set_rating(Token value, model::Item& item);
  static std::string_view set_counter(const Field& field, Token value, model::Item& item);
  static std::string_view set_score(Token value, model::Item& item);
  static std::string_view set_flag(const Field& field, Token value, model::Item& item);
  std::string_view complete(model::Item& item, FieldId& field);
  std::string_view set_money(model::Item& item);

  const Program& program_;
  Collector& collector_;
  const ZoneResolver* zones_;
  Token* tokens_ = nullptr;
  Money money_;
  std::string html_;
};

}  // namespace kaiku::parse
