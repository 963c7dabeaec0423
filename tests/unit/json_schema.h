// json_schema.h: the schemas of pipelines/schemas as tests read them, and what in a record is not
// as its schema says.
//
// Threads: confined to its test.
// Owns:    nothing.
// Cost:    of no concern.
// Fails:   a schema that cannot be read fails the test.
#pragma once

#include <fstream>
#include <iterator>
#include <regex>
#include <string>

#include <gtest/gtest.h>

#include "unit/board/json_value.h"

namespace kaiku::tests {

using board::JsonValue;

inline JsonValue schema_of(const std::string& name, int version = 1) {
  std::ifstream file(KAIKU_SOURCE_DIR "/pipelines/schemas/" + name + ".v" +
                     std::to_string(version) + ".schema.json");
  EXPECT_TRUE(file.is_open()) << name;
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto schema = JsonValue::parse(text);
  EXPECT_TRUE(schema.has_value()) << name;
  return schema.value_or(JsonValue());
}

inline bool has_type(const JsonValue& value, const std::string& type) {
  switch (value.kind) {
    case JsonValue::Kind::kNull:
      return type == "null";
    case JsonValue::Kind::kBool:
      return type == "boolean";
    case JsonValue::Kind::kNumber:
      return type == "number" || (type == "integer" && value.is_integer());
    case JsonValue::Kind::kString:
      return type == "string";
    case JsonValue::Kind::kArray:
      return type == "array";
    case JsonValue::Kind::kObject:
      return type == "object";
  }
  return false;
}

// The keywords our schemas use; any other fails, so that none is forgotten here.
inline std::string problem_of(const JsonValue& schema,
                              const JsonValue& value,
                              const std::string& path) {
  for (const auto& [keyword, rule] : schema.fields) {
    if (keyword == "type") {
      bool fits = rule.kind == JsonValue::Kind::kString && has_type(value, rule.text);
      for (const JsonValue& type : rule.items) {
        fits = fits || has_type(value, type.text);
      }
      if (!fits) {
        return path + " has another type";
      }
    } else if (keyword == "const") {
      if (value.text != rule.text) {
        return path + " is not " + rule.text;
      }
    } else if (keyword == "enum") {
      bool fits = false;
      for (const JsonValue& allowed : rule.items) {
        fits = fits || (allowed.kind == value.kind && allowed.text == value.text);
      }
      if (!fits) {
        return path + " is none of its values: " + value.text;
      }
    } else if (keyword == "pattern") {
      if (value.kind == JsonValue::Kind::kString &&
          !std::regex_search(
              value.text,
              std::regex(rule.text == ""
                             ? "$^"
                             : std::regex_replace(rule.text, std::regex(R"(\\\\)"), "\\")))) {
        return path + " has another form: " + value.text;
      }
    } else if (keyword == "minimum") {
      if (value.kind == JsonValue::Kind::kNumber && std::stod(value.text) < std::stod(rule.text)) {
        return path + " is too small";
      }
    } else if (keyword == "items") {
      for (const JsonValue& item : value.items) {
        if (std::string problem = problem_of(rule, item, path + "[]"); !problem.empty()) {
          return problem;
        }
      }
    } else if (keyword == "required") {
      for (const JsonValue& name : rule.items) {
        if (value.find(name.text) == nullptr) {
          return path + " lacks " + name.text;
        }
      }
    } else if (keyword == "properties") {
      for (const auto& [name, field] : value.fields) {
        const JsonValue* property = rule.find(name);
        if (property == nullptr) {
          return path + "." + name + " is not described";
        }
        if (std::string problem = problem_of(*property, field, path + "." + name);
            !problem.empty()) {
          return problem;
        }
      }
    } else if (keyword == "if") {
      const JsonValue* otherwise = schema.find("else");
      if (otherwise != nullptr && !problem_of(rule, value, path).empty()) {
        if (std::string problem = problem_of(*otherwise, value, path); !problem.empty()) {
          return problem;
        }
      }
    } else if (keyword != "else" && keyword != "description" && keyword != "title" &&
               keyword != "$schema" && keyword != "$id") {
      return path + ": unknown keyword " + keyword;
    }
  }
  return {};
}

}  // namespace kaiku::tests
