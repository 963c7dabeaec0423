// Settings: the one table of all keys of a pipeline file. The checker, the defaults, the reference
// in pipelines/README.md and the JSON Schema all read it.
//
// Threads: constant.
// Owns:    nothing.
// Cost:    a scan of some eighty rows.
// Fails:   find() answers nothing.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace kaiku::config {

enum class Type : uint8_t {
  kSection,  // a map with fixed keys
  kNamed,    // a map from names of the user's to sections
  kList,     // a list of sections
  kText,     // any text
  kName,     // [a-z0-9-], begins with a letter or digit
  kWord,     // the same with '_'
  kTopic,    // a Kafka topic name; where `variables` are named they may stand in it
  kInteger,
  kBoolean,
  kDuration,
  kSize,
  kChoice,
  kTextList,
  kProperties,  // a map from librdkafka names to values
  kMapping,     // see mapping_reader.h
  kTests,       // see tests_reader.h
};

struct Setting {
  std::string_view path;  // "sources.*.topic": `*` stands for a name or an element
  Type type = Type::kText;
  bool required = false;
  std::string_view fallback = "";  // the default, as one would write it; "" for none
  std::string_view choices = "";   // kChoice: "a|b"; kList: a word that may stand in its place
  int64_t least = std::numeric_limits<int64_t>::min();
  int64_t most = std::numeric_limits<int64_t>::max();
  std::string_view help = "";           // one or two sentences
  std::string_view fallback_help = "";  // a default that is derived: "kaiku.<name>.late.v1"
};

[[nodiscard]] const std::vector<Setting>& settings();
[[nodiscard]] const Setting* find_setting(std::string_view path);
// Keys directly under a section, in the order of the table.
[[nodiscard]] std::vector<const Setting*> children_of(std::string_view section);
// The last part of a path.
[[nodiscard]] std::string_view key_of(const Setting& setting);
// "sources.<name>.topic", "brands[].id".
[[nodiscard]] std::string path_for_people(std::string_view path);
// Splits "a|b|c".
[[nodiscard]] std::vector<std::string_view> choices_of(const Setting& setting);

}  // namespace kaiku::config
