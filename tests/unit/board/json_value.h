// JsonValue: what a test reads from a published record; a plain recursive parser that refuses
// anything but well-formed JSON and keeps the order of fields.
//
// Threads: confined to its test.
// Owns:    its content.
// Cost:    of no concern.
// Fails:   parse() gives nothing.
#pragma once

#include <cctype>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kaiku::board {

struct JsonValue {
  struct Field;
  enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };

  Kind kind = Kind::kNull;
  bool boolean = false;
  std::string text;  // of a string, or the digits of a number
  std::vector<JsonValue> items;
  std::vector<Field> fields;

  // Null: there is no such field.
  [[nodiscard]] const JsonValue* find(std::string_view name) const;

  // The text or digits of a field; "" if there is none.
  [[nodiscard]] std::string at(std::string_view name) const {
    const JsonValue* value = find(name);
    return value == nullptr ? "" : value->text;
  }

  [[nodiscard]] long long number(std::string_view name) const {
    return std::strtoll(at(name).c_str(), nullptr, 10);
  }

  [[nodiscard]] bool is_integer() const {
    return kind == Kind::kNumber && text.find_first_of(".eE") == std::string::npos;
  }

  [[nodiscard]] static std::optional<JsonValue> parse(std::string_view json);
};

struct JsonValue::Field {
  std::string name;
  JsonValue value;
};

inline const JsonValue* JsonValue::find(std::string_view name) const {
  for (const Field& field : fields) {
    if (field.name == name) {
      return &field.value;
    }
  }
  return nullptr;
}

class JsonParser {
 public:
  explicit JsonParser(std::string_view in) : in_(in) {}

  bool value(JsonValue& out) {
    blanks();
    if (in_.empty()) {
      return false;
    }
    switch (in_.front()) {
      case '{':
        return object(out);
      case '[':
        return array(out);
      case '"':
        out.kind = JsonValue::Kind::kString;
        return string(out.text);
      case 't':
        out.kind = JsonValue::Kind::kBool;
        out.boolean = true;
        return word("true");
      case 'f':
        out.kind = JsonValue::Kind::kBool;
        return word("false");
      case 'n':
        return word("null");
      default:
        return number(out);
    }
  }

  bool at_end() {
    blanks();
    return in_.empty();
  }

 private:
  void blanks() {
    while (!in_.empty() && std::isspace(static_cast<unsigned char>(in_.front())) != 0) {
      in_.remove_prefix(1);
    }
  }

  bool word(std::string_view expected) {
    if (in_.substr(0, expected.size()) != expected) {
      return false;
    }
    in_.remove_prefix(expected.size());
    return true;
  }

  bool number(JsonValue& out) {
    out.kind = JsonValue::Kind::kNumber;
    const size_t size = std::min(in_.find_first_not_of("+-.eE0123456789"), in_.size());
    out.text = in_.substr(0, size);
    in_.remove_prefix(size);
    char* end = nullptr;
    (void)std::strtod(out.text.c_str(), &end);
    return !out.text.empty() && *end == '\0';
  }

  bool string(std::string& out) {
    in_.remove_prefix(1);
    while (!in_.empty() && in_.front() != '"') {
      if (static_cast<unsigned char>(in_.front()) < 0x20) {
        return false;
      }
      if (in_.front() == '\\') {
        if (in_.size() < 2) {
          return false;
        }
        out += in_.substr(0, 2);  // kept as it stands: tests compare escaped text
        in_.remove_prefix(2);
        continue;
      }
      out += in_.front();
      in_.remove_prefix(1);
    }
    return word("\"");
  }

  bool array(JsonValue& out) {
    out.kind = JsonValue::Kind::kArray;
    in_.remove_prefix(1);
    blanks();
    if (word("]")) {
      return true;
    }
    do {
      if (!value(out.items.emplace_back())) {
        return false;
      }
      blanks();
    } while (word(","));
    return word("]");
  }

  bool object(JsonValue& out) {
    out.kind = JsonValue::Kind::kObject;
    in_.remove_prefix(1);
    blanks();
    if (word("}")) {
      return true;
    }
    do {
      blanks();
      std::string key;
      if (in_.empty() || in_.front() != '"' || !string(key)) {
        return false;
      }
      blanks();
      if (out.find(key) != nullptr || !word(":")) {
        return false;
      }
      out.fields.push_back({key, {}});
      if (!value(out.fields.back().value)) {
        return false;
      }
      blanks();
    } while (word(","));
    return word("}");
  }

  std::string_view in_;
};

inline std::optional<JsonValue> JsonValue::parse(std::string_view json) {
  JsonParser parser(json);
  JsonValue value;
  if (!parser.value(value) || !parser.at_end()) {
    return std::nullopt;
  }
  return value;
}

}  // namespace kaiku::board
