#include "evaluator.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "kaiku/base/limits.h"
#include "kaiku/money/decimal.h"
#include "kaiku/text/html.h"
#include "kaiku/text/utf8.h"

#include "number.h"
#include "record_time.h"

namespace kaiku::parse {
namespace {

namespace limits = base::limits;
using model::BusinessKind;
using model::Item;
using model::ItemType;

// What a reject with this code says to people.
std::string_view message_of(std::string_view code) {
  struct Text {
    std::string_view code;
    std::string_view message;
  };

  static constexpr Text kTexts[] = {
      {"missing_field", "a required field is missing, null or empty"},
      {"wrong_type", "the value has another JSON type than the field takes"},
      {"unknown_value", "the value is not one of the names this field takes"},
      {"too_long", "the value is longer than the field may be"},
      {"bad_number", "the value is no whole number of 64 bits, or no number in the field's range"},
      {"bad_time", "the value is no time of the mapping's format, or outside the years 1 to 9999"},
      {"time_unit",
       "a time is a number, and the mapping does not say its unit (format: unix_s, ...)"},
      {"bad_amount", "the amount is no plain decimal of at most 6 decimals, or out of range"},
      {"bad_period",
       "the period of a spend ends before it begins, or is longer than 400 days, or that far from "
       "occurred_at"},
      {"ambiguous_amount", "more than one of amount, amount_minor and amount_micros is there"},
      {"bad_currency", "the currency is no code of ISO 4217"},
      {"unknown_version", "this major version of the schema is not known; known is 1"},
      {"item_size", "the item is larger than 64 KiB"},
      {"not_json", "the record is not valid JSON (RFC 8259)"},
  };
  for (const Text& text : kTexts) {
    if (text.code == code) {
      return text.message;
    }
  }
  return "";
}

model::ErrorClass class_of(std::string_view code) {
  if (code == "item_size") {
    return model::ErrorClass::kTooLarge;
  }
  if (code == "not_json") {
    return model::ErrorClass::kParse;
  }
  return code == "bad_currency" ? model::ErrorClass::kCurrency : model::ErrorClass::kSchema;
}

Reject reject_of(std::string_view code, std::string_view field_name) {
  return {class_of(code), code, field_name, message_of(code)};
}

// The days of a period are booked one by one: so many, and no further away than that.
bool is_sound(const model::Period& period, base::EventTime occurred_at) {
  constexpr int64_t kMost = limits::kPeriodDays * base::kDay;
  return !period.is_known() ||
         (period.from < period.to && period.to - period.from <= kMost &&
          period.from >= occurred_at - kMost && period.from <= occurred_at + kMost);
}

// Nothing, or a string with nothing in it.
bool is_empty(Token value) {
  return value.is_missing() || (value.kind == TokenKind::kPlain && value.size == 0);
}

// What most fields of most items are: a short text without escapes, or a small number. False if it
// is neither: then nothing was done.
bool set_quickly(const Field& to, const Token& value, Item& item) {
  if (to.kind == FieldKind::kName) {
    if (value.kind != TokenKind::kPlain || value.size == 0 || value.size > to.limit) {
      return false;
    }
    item.*to.text = value.text();
    return true;
  }
  return to.kind == FieldKind::kCounter && value.kind == TokenKind::kNumber &&
         parse_digits(value.text(),
                      to.counter == nullptr ? item.followers : item.counters.*to.counter);
}

bool needs_amount(BusinessKind kind) {
  return kind == BusinessKind::kOrder || kind == BusinessKind::kRefund ||
         kind == BusinessKind::kAdSpend || kind == BusinessKind::kContactCost;
}

}  // namespace

Verdict Evaluator::evaluate(size_t index, base::EventTime kafka_time, Item& item, Reject& reject) {
  tokens_ = collector_.element(index);
  if (!hold(program_.checks)) {
    return Verdict::kIgnored;
  }
  const Collector::Extent extent = collector_.extent(index);
  if (extent.bytes > limits::kItemBytes) {
    reject = reject_of("item_size", "");
    return Verdict::kReject;
  }
  static const Item kBlank;
  item = kBlank;
  money_ = Money{};
  if (!program_.has_time) {
    item.occurred_at = kafka_time;
  }
  // Most fields of most items are not there.
  for (uint64_t todo = extent.present | program_.always; todo != 0; todo &= todo - 1) {
    const Rule& rule = program_.rules[static_cast<size_t>(__builtin_ctzll(todo))];
    if (rule.is_plain && set_quickly(*rule.to, tokens_[rule.node], item)) {
      continue;
    }
    const std::string_view code = apply(rule, item);
    if (!code.empty()) {
      reject = reject_of(code, rule.to->name);
      return Verdict::kReject;
    }
  }
  FieldId wrong = FieldId::kEventId;
  const std::string_view code = complete(item, wrong);
  if (!code.empty()) {
    reject = reject_of(code, field(wrong).name);
    return Verdict::kReject;
  }
  return Verdict::kItem;
}

bool Evaluator::holds(const Check& check) {
  const Token value = read(check.path);
  const auto& values = check.condition->values;
  const bool found =
      !value.is_missing() &&
      (values.empty() || std::find(values.begin(), values.end(), value.text()) != values.end());
  return found != check.condition->negate;
}

bool Evaluator::hold(const std::vector<Check>& checks) {
  return std::all_of(
      checks.begin(), checks.end(), [this](const Check& check) { return holds(check); });
}

Token& Evaluator::token(const Ref& ref) {
  return (ref.of_record ? collector_.record() : tokens_)[ref.node];
}

Token Evaluator::read(const Ref& ref) {
  const Token& found = token(ref);
  return found.kind == TokenKind::kQuoted ? collector_.unescaped(found) : found;
}

Token Evaluator::constant(std::string_view text) {
  return text.empty() ? Token{}
                      : Token{text.data(), static_cast<uint32_t>(text.size()), TokenKind::kPlain};
}

Token Evaluator::path_value(const Step& step) {
  const Extract& extract = *step.extract;
  const Token value = read(step.path);
  if (extract.map.empty() && !extract.fallback) {
    return value;
  }
  if (!value.is_missing()) {
    if (!value.has_text()) {
      return value;
    }
    for (const auto& [from, to] : extract.map) {
      if (from == value.text()) {
        return constant(to);
      }
    }
    if (extract.map.empty()) {
      return value;
    }
  }
  return extract.fallback ? constant(*extract.fallback) : value;
}

Token Evaluator::joined(const Step& step) {
  size_t size = 0;
  for (const Step& part : step.parts) {
    const Token value = value_of(part);
    if (value.is_missing() || !value.has_text()) {
      return value;
    }
    if (value.size == 0) {
      return {};
    }
    size += value.size;
  }
  char* text = collector_.allocate(size);
  char* end = text;
  for (const Step& part : step.parts) {
    const Token value = value_of(part);
    std::memcpy(end, value.data, value.size);
    end += value.size;
  }
  return {text, static_cast<uint32_t>(size), TokenKind::kPlain};
}

Token Evaluator::value_of(const Step& step) {
  const Extract& extract = *step.extract;
  if (!step.checks.empty() && !hold(step.checks)) {
    return {};
  }
  switch (extract.kind) {
    case Extract::Kind::kPath:
      return path_value(step);
    case Extract::Kind::kConstant:
      return constant(extract.constant);
    case Extract::Kind::kExists:
      return constant(token(step.path).is_missing() ? extract.else_value : extract.then_value);
    case Extract::Kind::kPrefix: {
      const Token value = read(step.path);
      if (value.is_missing() || !value.has_text()) {
        return value;
      }
      return constant(value.text().starts_with(extract.prefix) ? extract.then_value
                                                               : extract.else_value);
    }
    case Extract::Kind::kJoin:
      return joined(step);
    case Extract::Kind::kMultiply: {
      const Token first = read(step.path);
      const Token second = read(step.second);
      return second.is_missing() ? second : first;
    }
  }
  return {};
}

std::string_view Evaluator::apply(const Rule& rule, Item& item) {
  if (rule.is_plain) {
    Token value = tokens_[rule.node];
    if (value.kind == TokenKind::kQuoted) {
      value = collector_.unescaped(value);
    }
    return apply(rule, rule.steps.front(), value, item);
  }
  for (const Step& step : rule.steps) {
    const Token value = value_of(step);
    if (!is_empty(value)) {
      return apply(rule, step, value, item);
    }
  }
  return rule.required ? "missing_field" : "";
}

std::string_view Evaluator::apply(const Rule& rule, const Step& step, Token value, Item& item) {
  if (is_empty(value)) {
    return rule.required ? "missing_field" : "";
  }
  if (!value.has_text()) {
    return value.kind == TokenKind::kBroken ? "not_json" : "wrong_type";
  }
  return set(rule, step, value, item);
}

std::string_view Evaluator::set(const Rule& rule, const Step& step, Token value, Item& item) {
  const Field& to = *rule.to;
  if (value.is_flag() && to.kind != FieldKind::kFlag) {
    return "wrong_type";
  }
  switch (to.kind) {
    case FieldKind::kName:
      return set_name(to, value, item);
    case FieldKind::kProse:
      return set_prose(to, step, value.text(), item);
    case FieldKind::kEnum:
      return set_enum(rule.field, value.text(), item) ? "" : "unknown_value";
    case FieldKind::kTime:
      return set_time(to, step, value, item);
    case FieldKind::kCounter:
      return set_counter(to, value, item);
    case FieldKind::kRating:
      return set_rating(value, item);
    case FieldKind::kScore:
      return set_score(value, item);
    case FieldKind::kFlag:
      return set_flag(to, value, item);
    case FieldKind::kCurrency: {
      const std::optional<model::Currency> currency = money::parse_currency(value.text());
      item.currency = currency.value_or(model::Currency{});
      return currency ? "" : "bad_currency";
    }
    case FieldKind::kVersion: {
      const std::string_view major = value.text().substr(0, value.text().find('.'));
      return major == "1" ? "" : "unknown_version";
    }
    case FieldKind::kMoney:
      ++money_.count;
      money_.field = rule.field;
      money_.text = value.text();
      money_.is_product = step.extract->kind == Extract::Kind::kMultiply;
      money_.factor = money_.is_product ? read(step.second).text() : "";
      return "";
  }
  return "";
}

std::string_view Evaluator::set_name(const Field& field, Token value, Item& item) {
  if (value.size > field.limit) {
    return "too_long";
  }
  item.*field.text = value.text();
  return "";
}

std::string_view Evaluator::set_prose(const Field& field,
                                      const Step& step,
                                      std::string_view text,
                                      Item& item) {
  if (step.extract->html) {
    html_.clear();
    const bool cut = text::append_html_text(text, limits::kTextBytes, html_);
    item.text_truncated = item.text_truncated || cut;
    char* kept = collector_.allocate(html_.size() + 1);
    std::memcpy(kept, html_.data(), html_.size());
    text = {kept, html_.size()};
  } else if (text.size() > limits::kTextBytes) {
    text = text::cut_utf8(text, limits::kTextBytes);
    item.text_truncated = true;
  }
  item.*field.text = text;
  return "";
}

std::string_view Evaluator::set_time(const Field& field,
                                     const Step& step,
                                     Token value,
                                     Item& item) {
  const Extract& extract = *step.extract;
  TimeVerdict verdict = TimeVerdict::kBad;
  if (extract.kind == Extract::Kind::kPath && extract.time_format == TimeFormat::kSecondsNanos) {
    const Token nanos = read(step.second);
    if (!nanos.is_missing() && !nanos.has_text()) {
      return "wrong_type";
    }
    verdict = parse_seconds_nanos(value.text(), nanos.text(), item.*field.time);
  } else {
    verdict = parse_time(value.text(), extract.time_format, extract.zone, zones_, item.*field.time);
  }
  switch (verdict) {
    case TimeVerdict::kGood:
      return "";
    case TimeVerdict::kBad:
      return "bad_time";
    case TimeVerdict::kUnit:
      return "time_unit";
  }
  return "bad_time";
}

std::string_view Evaluator::set_counter(const Field& field, Token value, Item& item) {
  const std::optional<Scaled> number = parse_scaled(value.text(), 0);
  if (!number || !number->exact) {
    return "bad_number";
  }
  (field.counter == nullptr ? item.followers : item.counters.*field.counter) = number->value;
  return "";
}

std::string_view Evaluator::set_rating(Token value, Item& item) {
  const std::optional<Scaled> number = parse_scaled(value.text(), 0);
  if (!number || !number->exact || number->value < 1 || number->value > 5) {
    return "bad_number";
  }
  item.csat = number->value;
  return "";
}

std::string_view Evaluator::set_score(Token value, Item& item) {
  constexpr int64_t kOne = 1'000'000;
  const std::optional<Scaled> ppm = parse_scaled(value.text(), 6);
  if (!ppm || ppm->value < -kOne || ppm->value > kOne ||
      (!ppm->exact && (ppm->value == kOne || ppm->value == -kOne))) {
    return "bad_number";
  }
  item.sentiment_score_ppm = static_cast<int32_t>(ppm->value);
  item.has_sentiment_score = true;
  return "";
}

std::string_view Evaluator::set_flag(const Field& field, Token value, Item& item) {
  if (value.text() != "true" && value.text() != "false") {
    return value.kind == TokenKind::kPlain ? "unknown_value" : "wrong_type";
  }
  item.*field.flag = item.*field.flag || value.text() == "true";
  return "";
}

std::string_view Evaluator::complete(Item& item, FieldId& field) {
  field = FieldId::kOccurredAt;
  if (item.occurred_at == base::kNoTime) {
    return "missing_field";
  }
  field = money_.field;
  if (money_.count > 1) {
    return "ambiguous_amount";
  }
  if (money_.count == 1) {
    if (item.currency.view().empty()) {
      field = FieldId::kCurrency;
      return "missing_field";
    }
    if (const std::string_view code = set_money(item); !code.empty()) {
      return code;
    }
  }
  if (item.type != ItemType::kBusinessEvent) {
    return "";
  }
  if (item.kind == BusinessKind::kNone) {
    field = FieldId::kKind;
    return "missing_field";
  }
  if (item.business_id.empty()) {
    field = FieldId::kBusinessId;
    return "missing_field";
  }
  if (money_.count == 0 && needs_amount(item.kind) && item.op != model::Op::kDelete) {
    field = FieldId::kAmount;
    return "missing_field";
  }
  if (item.kind == BusinessKind::kAdSpend && !is_sound(item.period(), item.occurred_at)) {
    field = FieldId::kPeriodEnd;
    return "bad_period";
  }
  return "";
}

std::string_view Evaluator::set_money(Item& item) {
  std::optional<int64_t> micros;
  if (money_.field == FieldId::kAmount) {
    const std::optional<money::Amount> amount =
        money_.is_product ? money::multiply_decimals(money_.text, money_.factor)
                          : money::parse_decimal(money_.text);
    if (amount) {
      micros = amount->micros;
    }
  } else if (const std::optional<Scaled> units = parse_scaled(money_.text, 0);
             units && units->exact) {
    micros = money_.field == FieldId::kAmountMinor ? money::from_minor(units->value, item.currency)
                                                   : std::optional<int64_t>(units->value);
  }
  constexpr int64_t kMost = limits::kAmountMajorUnits * 1'000'000;
  if (!micros || *micros > kMost || *micros < -kMost) {
    return "bad_amount";
  }
  item.has_amount = true;
  item.amount_micros = *micros;
  return "";
}

}  // namespace kaiku::parse
