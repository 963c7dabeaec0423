#include "label.h"

#include "kaiku/base/json_writer.h"
#include "kaiku/base/limits.h"

namespace kaiku::metrics {
namespace {

bool is_escaped_in_json(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

}  // namespace

// The JSON writer already knows what well-formed UTF-8 is; only what it would escape goes round it.
std::string label_value(std::string_view text) {
  const bool cut = text.size() > base::limits::kNameBytes;
  text = text.substr(0, base::limits::kNameBytes);
  std::string value;
  std::string quoted;
  while (!text.empty()) {
    size_t plain = 0;
    while (plain < text.size() && !is_escaped_in_json(text[plain])) {
      ++plain;
    }
    quoted.clear();
    base::append_json_string(quoted, text.substr(0, plain));
    value.append(quoted, 1, quoted.size() - 2);
    text.remove_prefix(plain);
    if (!text.empty()) {
      value += text.front();
      text.remove_prefix(1);
    }
  }
  if (cut) {
    value += "...";
  }
  return value;
}

}  // namespace kaiku::metrics
