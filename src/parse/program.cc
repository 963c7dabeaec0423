#include "program.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace kaiku::parse {
namespace {

using base::Status;

Status wrong(const Mapping& mapping, std::string_view what, std::string text) {
  std::string message = "mapping";
  if (!mapping.name.empty()) {
    message += " '" + mapping.name + "'";
  }
  message += ": ";
  message += what;
  message += ": " + std::move(text);
  return Status::stop(base::Exit::kConfig, std::move(message));
}

// A canonical record is a mapping of every field to the pointer of its own name.
std::shared_ptr<const Mapping> canonical_rules(const Mapping& mapping) {
  auto rules = std::make_shared<Mapping>(mapping);
  rules->canonical = false;
  for (const std::string_view name : canonical_fields()) {
    Extract extract;
    extract.path = "/";
    extract.path += name;
    std::replace(extract.path.begin(), extract.path.end(), '.', '/');
    rules->rules.push_back({std::string(name), {std::move(extract)}});
  }
  return rules;
}

class Compiler {
 public:
  Compiler(std::shared_ptr<const Mapping> mapping, bool is_canonical)
      : mapping_(*mapping), is_canonical_(is_canonical), program_(std::make_unique<Program>()) {
    program_->mapping = std::move(mapping);
  }

  base::Result<std::unique_ptr<const Program>> run() {
    if (Status status = items(); !status.is_ok()) {
      return status;
    }
    for (const FieldRule& rule : mapping_.rules) {
      if (Status status = add(rule); !status.is_ok()) {
        return status;
      }
    }
    if (Status status = add("when", mapping_.when, program_->checks); !status.is_ok()) {
      return status;
    }
    if (Status status = complete(); !status.is_ok()) {
      return status;
    }
    std::stable_sort(program_->rules.begin(),
                     program_->rules.end(),
                     [](const Rule& a, const Rule& b) { return a.field < b.field; });
    for (size_t i = 0; i < program_->rules.size(); ++i) {
      const Rule& rule = program_->rules[i];
      program_->always |= uint64_t{!rule.is_plain || rule.required} << i;
    }
    program_->rules_of.resize(program_->element.size());
    for (size_t i = 0; i < program_->rules.size(); ++i) {
      program_->rules_of[program_->rules[i].node] |= uint64_t{1} << i;
    }
    program_->record.seal();
    program_->element.seal();
    return std::unique_ptr<const Program>(std::move(program_));
  }

 private:
  Status items() {
    if (mapping_.items.empty()) {
      return mapping_.items_alternatives.empty() && !mapping_.items_optional
                 ? Status::ok()
                 : wrong(mapping_, "items", "alternatives need a first place");
    }
    places_ = mapping_.items_alternatives;
    places_.insert(places_.begin(), mapping_.items);
    for (const std::string& place : places_) {
      const auto node = place.empty() ? std::nullopt : program_->record.add(place);
      if (!node) {
        return wrong(mapping_, "items", "'" + place + "' is no JSON Pointer; write \"/a/b\"");
      }
      program_->items_nodes.push_back(*node);
    }
    program_->has_items = true;
    return Status::ok();
  }

  Status resolve(std::string_view what, std::string_view path, Ref& ref) {
    const bool of_record = path.starts_with("//");
    const std::string_view pointer = of_record ? path.substr(1) : path;
    ref.of_record = of_record && program_->has_items;
    if (ref.of_record && (pointer == mapping_.items || pointer.starts_with(mapping_.items + "/"))) {
      return wrong(
          mapping_,
          what,
          "'" + std::string(path) + "' points into `items`; write the path relative to the item");
    }
    const auto node = (ref.of_record ? program_->record : program_->element).add(pointer);
    if (!node) {
      return wrong(mapping_,
                   what,
                   "'" + std::string(path) +
                       "' is no JSON Pointer; write \"/a/b\", with ~1 for a slash and ~0 "
                       "for a tilde inside a name");
    }
    ref.node = *node;
    return Status::ok();
  }

  Status add(const FieldRule& from) {
    const size_t index = find_field(from.field);
    if (index == kFields) {
      return wrong(mapping_, from.field, "there is no such field");
    }
    Rule rule;
    rule.field = static_cast<FieldId>(index);
    rule.to = is_canonical_ ? &canonical_field(rule.field) : &field(rule.field);
    if (seen_[index]) {
      return wrong(mapping_, from.field, "given twice; list the alternatives in one place");
    }
    seen_[index] = true;
    if (from.alternatives.empty()) {
      return wrong(mapping_, from.field, "has no path and no constant");
    }
    for (const Extract& extract : from.alternatives) {
      Step step;
      if (Status status = add(from.field, rule.field, extract, step); !status.is_ok()) {
        return status;
      }
      rule.steps.push_back(std::move(step));
    }
    rule.required = rule.field <= FieldId::kType || rule.field == FieldId::kOccurredAt ||
                    rule.field == FieldId::kChannel;
    const Extract& first = from.alternatives.front();
    rule.is_plain = rule.steps.size() == 1 && first.kind == Extract::Kind::kPath &&
                    first.map.empty() && !first.fallback && first.when.empty() &&
                    !rule.steps.front().path.of_record;
    rule.node = rule.is_plain ? rule.steps.front().path.node : PathTrie::kRoot;
    if (is_always_read(rule.field) || ((mapping_.fields_used >> index) & 1) != 0) {
      program_->rules.push_back(std::move(rule));
    }
    return Status::ok();
  }

  Status add(std::string_view name,
             const std::vector<Condition>& conditions,
             std::vector<Check>& checks) {
    for (const Condition& condition : conditions) {
      Check check{&condition, {}};
      if (Status status = resolve(name, condition.path, check.path); !status.is_ok()) {
        return status;
      }
      checks.push_back(check);
    }
    return Status::ok();
  }

  Status add(std::string_view name, FieldId id, const Extract& extract, Step& step) {
    step.extract = &extract;
    if (Status status = add(name, extract.when, step.checks); !status.is_ok()) {
      return status;
    }
    const FieldKind kind = field(id).kind;
    switch (extract.kind) {
      case Extract::Kind::kConstant:
        return constant(name, id, extract.constant);
      case Extract::Kind::kJoin:
        return join(name, id, extract, step);
      case Extract::Kind::kMultiply:
        if (id != FieldId::kAmount) {
          return wrong(mapping_, name, "only `amount` can be a product");
        }
        if (Status status = resolve(name, extract.second_path, step.second); !status.is_ok()) {
          return status;
        }
        return resolve(name, extract.path, step.path);
      case Extract::Kind::kExists:
      case Extract::Kind::kPrefix:
        for (const std::string& value : {extract.then_value, extract.else_value}) {
          if (Status status = constant(name, id, value); !status.is_ok()) {
            return status;
          }
        }
        return resolve(name, extract.path, step.path);
      case Extract::Kind::kPath:
        break;
    }
    if (kind == FieldKind::kTime && extract.time_format == TimeFormat::kSecondsNanos) {
      if (Status status = resolve(name, extract.path + "/nanos", step.second); !status.is_ok()) {
        return status;
      }
      return resolve(name, extract.path + "/seconds", step.path);
    }
    if (kind == FieldKind::kTime && extract.time_format == TimeFormat::kLocal &&
        extract.zone.empty()) {
      return wrong(mapping_, name, "local times need a `zone`, \"Europe/Helsinki\" or \"UTC\"");
    }
    for (const auto& entry : extract.map) {
      if (Status status = constant(name, id, entry.second); !status.is_ok()) {
        return status;
      }
    }
    if (extract.fallback) {
      if (Status status = constant(name, id, *extract.fallback); !status.is_ok()) {
        return status;
      }
    }
    return resolve(name, extract.path, step.path);
  }

  Status join(std::string_view name, FieldId id, const Extract& extract, Step& step) {
    if (field(id).kind != FieldKind::kName && field(id).kind != FieldKind::kProse) {
      return wrong(mapping_, name, "only text can be joined");
    }
    if (extract.parts.empty()) {
      return wrong(mapping_, name, "joins nothing");
    }
    for (const Extract& part : extract.parts) {
      if (part.kind != Extract::Kind::kPath && part.kind != Extract::Kind::kConstant) {
        return wrong(mapping_, name, "joins paths and constants only");
      }
      Step inner;
      if (Status status = add(name, id, part, inner); !status.is_ok()) {
        return status;
      }
      step.parts.push_back(std::move(inner));
    }
    return Status::ok();
  }

  // A text that the mapping itself puts into a field: names of enumerations are known now.
  Status constant(std::string_view name, FieldId id, const std::string& value) {
    model::Item scratch;
    if (value.empty()) {
      return Status::ok();
    }
    if (field(id).kind == FieldKind::kEnum && !set_enum(id, value, scratch)) {
      return wrong(mapping_, name, "'" + value + "' is not one of its values");
    }
    if (field(id).kind == FieldKind::kFlag && value != "true" && value != "false") {
      return wrong(mapping_, name, "'" + value + "' is neither true nor false");
    }
    if (field(id).kind == FieldKind::kName && value.size() > field(id).limit) {
      return wrong(mapping_, name, "longer than " + std::to_string(field(id).limit) + " bytes");
    }
    may_be_business_ = may_be_business_ ||
                       (id == FieldId::kType && value == name_of(model::ItemType::kBusinessEvent));
    return Status::ok();
  }

  [[nodiscard]] bool has(FieldId id) const { return seen_[static_cast<size_t>(id)]; }

  Status require(FieldId id, std::string_view why) {
    return has(id) ? Status::ok()
                   : wrong(mapping_, field(id).name, "is missing" + std::string(why));
  }

  Status complete() {
    program_->has_time = has(FieldId::kOccurredAt);
    std::vector<std::pair<FieldId, std::string_view>> needed = {
        {FieldId::kEventId, ""}, {FieldId::kType, ""}, {FieldId::kChannel, ""}};
    if (may_be_business_) {
      needed.emplace_back(FieldId::kKind, "; business events need it");
      needed.emplace_back(FieldId::kBusinessId, "; business events need it");
    }
    if (has(FieldId::kAmount) || has(FieldId::kAmountMinor) || has(FieldId::kAmountMicros)) {
      needed.emplace_back(FieldId::kCurrency, "; money needs its currency, \"EUR\"");
    }
    for (const auto& [id, why] : needed) {
      if (Status status = require(id, why); !status.is_ok()) {
        return status;
      }
    }
    return Status::ok();
  }

  const Mapping& mapping_;
  bool is_canonical_;
  std::unique_ptr<Program> program_;
  std::vector<std::string> places_;
  std::array<bool, kFields> seen_{};
  bool may_be_business_ = false;
};

}  // namespace

base::Result<std::unique_ptr<const Program>> compile(std::shared_ptr<const Mapping> mapping) {
  if (mapping->canonical && !mapping->rules.empty()) {
    return wrong(*mapping, "rules", "a canonical mapping has none");
  }
  const bool is_canonical = mapping->canonical;
  if (is_canonical) {
    mapping = canonical_rules(*mapping);
  }
  return Compiler(std::move(mapping), is_canonical).run();
}

base::Status check(const Mapping& mapping) {
  const auto program = compile(std::make_shared<const Mapping>(mapping));
  return program.has_value() ? base::Status::ok() : program.error();
}

}  // namespace kaiku::parse
