#include "shipped.h"

#include <iterator>
#include <map>

namespace kaiku::parse {
namespace {

using Shelf = std::map<std::string, std::shared_ptr<const Mapping>, std::less<>>;

Shelf make_shelf() {
  Shelf shelf;
  Mapping canonical;
  canonical.name = "canonical";
  canonical.canonical = true;
  shelf["canonical"] = std::make_shared<const Mapping>(std::move(canonical));
  for (auto family : {social_mappings, community_mappings, support_mappings, business_mappings}) {
    for (Mapping& mapping : family()) {
      std::string name = mapping.name;
      shelf[std::move(name)] = std::make_shared<const Mapping>(std::move(mapping));
    }
  }
  return shelf;
}

const Shelf& shelf() {
  static const Shelf the_shelf = make_shelf();
  return the_shelf;
}

}  // namespace

Extract path(std::string_view pointer) {
  Extract extract;
  extract.path = pointer;
  return extract;
}

Extract html(std::string_view pointer) {
  Extract extract = path(pointer);
  extract.html = true;
  return extract;
}

Extract time(std::string_view pointer, TimeFormat format) {
  Extract extract = path(pointer);
  extract.time_format = format;
  return extract;
}

Extract constant(std::string_view text) {
  Extract extract;
  extract.kind = Extract::Kind::kConstant;
  extract.constant = text;
  return extract;
}

Extract exists(std::string_view pointer, std::string_view then_value, std::string_view else_value) {
  Extract extract = path(pointer);
  extract.kind = Extract::Kind::kExists;
  extract.then_value = then_value;
  extract.else_value = else_value;
  return extract;
}

Extract mapped(std::string_view pointer, Renames map) {
  Extract extract = path(pointer);
  extract.map.assign(map.begin(), map.end());
  return extract;
}

Extract mapped(std::string_view pointer, Renames map, std::string_view fallback) {
  Extract extract = mapped(pointer, map);
  extract.fallback = std::string(fallback);
  return extract;
}

Extract joined(std::initializer_list<std::string_view> parts) {
  Extract extract;
  extract.kind = Extract::Kind::kJoin;
  for (const std::string_view part : parts) {
    extract.parts.push_back(part.size() > 1 && part[0] == '/' ? path(part) : constant(part));
  }
  return extract;
}

Extract only_if(Extract extract, Condition condition) {
  extract.when.push_back(std::move(condition));
  return extract;
}

Condition is(std::string_view pointer, std::initializer_list<std::string_view> values) {
  Condition condition;
  condition.path = pointer;
  condition.values.assign(values.begin(), values.end());
  return condition;
}

Condition is_there(std::string_view pointer) {
  return is(pointer, {});
}

Condition is_not(Condition condition) {
  condition.negate = !condition.negate;
  return condition;
}

Mapping recipe(std::string_view name, Fields fields) {
  Mapping mapping;
  mapping.name = name;
  for (const auto& [field, alternatives] : fields) {
    mapping.rules.push_back({std::string(field), alternatives});
  }
  return mapping;
}

std::shared_ptr<const Mapping> shipped_mapping(std::string_view name) {
  const auto found = shelf().find(name);
  return found == shelf().end() ? nullptr : found->second;
}

std::vector<std::string_view> shipped_mapping_names() {
  std::vector<std::string_view> names;
  for (const auto& entry : shelf()) {
    names.emplace_back(entry.first);
  }
  return names;
}

}  // namespace kaiku::parse
