#include "kaiku/config/diagnostic.h"

#include <algorithm>

#include "kaiku/base/json_writer.h"

namespace kaiku::config {
namespace {

constexpr int kGutter = 5;
constexpr int kExcerpt = 160;

std::string_view name_of(Severity severity) {
  return severity == Severity::kError ? "error" : "warning";
}

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// The part of a line around the place, in characters, so that a long line does not hide it.
struct Window {
  std::string text;
  int before = 0;  // characters of `text` in front of the place
};

Window window_of(const Diagnostic& diagnostic) {
  const int skip = std::max(0, diagnostic.column - kExcerpt / 2);
  Window window;
  int character = -1;
  for (const char c : diagnostic.excerpt) {
    character += is_continuation(c) ? 0 : 1;
    if (character >= skip && character < skip + kExcerpt) {
      window.text += c;
    }
  }
  window.before = diagnostic.column - 1 - skip;
  return window;
}

void append(const Diagnostic& diagnostic, std::string& out) {
  out += diagnostic.file;
  if (diagnostic.line > 0) {
    out += ":" + std::to_string(diagnostic.line) + ":" + std::to_string(diagnostic.column);
  }
  out += ": ";
  out += name_of(diagnostic.severity);
  out += "[" + diagnostic.code + "]: " + diagnostic.message + "\n";
  const std::string blank(kGutter, ' ');
  const bool has_excerpt = diagnostic.line > 0 && !diagnostic.excerpt.empty();
  if (has_excerpt) {
    const Window window = window_of(diagnostic);
    std::string number = std::to_string(diagnostic.line);
    number.insert(
        0, static_cast<size_t>(std::max(0, kGutter - static_cast<int>(number.size()))), ' ');
    out += number + " | " + window.text + "\n";
    const int room = std::max(1, kExcerpt - window.before);
    out += blank + " | " + std::string(static_cast<size_t>(std::max(0, window.before)), ' ') +
           std::string(static_cast<size_t>(std::clamp(diagnostic.width, 1, room)), '^');
    out += diagnostic.suggestion.empty() ? "\n" : " " + diagnostic.suggestion + "\n";
  } else if (!diagnostic.suggestion.empty()) {
    out += blank + " = " + diagnostic.suggestion + "\n";
  }
}

std::string counted(size_t number, std::string_view noun) {
  return std::to_string(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

}  // namespace

size_t count(const std::vector<Diagnostic>& diagnostics, Severity severity) {
  return static_cast<size_t>(
      std::count_if(diagnostics.begin(), diagnostics.end(), [severity](const Diagnostic& each) {
        return each.severity == severity;
      }));
}

std::string render(const std::vector<Diagnostic>& diagnostics) {
  if (diagnostics.empty()) {
    return {};
  }
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics) {
    append(diagnostic, out);
  }
  const size_t errors = count(diagnostics, Severity::kError);
  const size_t warnings = count(diagnostics, Severity::kWarning);
  out += errors > 0 ? counted(errors, "error") : "";
  out += errors > 0 && warnings > 0 ? ", " : "";
  out += warnings > 0 ? counted(warnings, "warning") : "";
  const auto first =
      std::find_if(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& each) {
        return each.severity == Severity::kError;
      });
  out += " (kaiku explain " + (first == diagnostics.end() ? diagnostics.front() : *first).code +
         " for more)\n";
  return out;
}

std::string render_json(const std::vector<Diagnostic>& diagnostics) {
  std::string out;
  base::JsonWriter json(out);
  json.begin_array();
  for (const Diagnostic& each : diagnostics) {
    json.begin_object();
    json.field("severity", name_of(each.severity));
    json.field("code", each.code);
    json.field("file", each.file);
    json.field("line", each.line);
    json.field("column", each.column);
    json.field("path", each.path);
    json.field("message", each.message);
    json.field("suggestion", each.suggestion);
    json.end_object();
  }
  json.end_array();
  return out;
}

}  // namespace kaiku::config
