// Diagnostic: one thing wrong with a pipeline file, with the place and the remedy.
//
// Threads: values.
// Owns:    its strings.
// Cost:    none on the path of a record.
// Fails:   never.
// Format:  render() writes for each diagnostic `file:line:column: error[KA014]: message`, the
// source line, a caret
//          under the place and the suggestion; then the totals. Columns count characters, from 1.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kaiku::config {

enum class Severity : uint8_t { kError, kWarning };

struct Diagnostic {
  Severity severity = Severity::kError;
  std::string code;        // "KA014"; see diagnostic_codes()
  std::string file;        // as given on the command line; "--set shards" for an override
  int line = 0;            // from 1; 0: the file as a whole
  int column = 0;          // in characters, from 1
  int width = 1;           // characters to underline
  std::string message;     // holds no value that came from the environment or from a file
  std::string suggestion;  // "did you mean \"topic\"?", "" if there is none
  std::string path;        // "sources.posts.topic"
  std::string excerpt;     // the source line
};

// What `kaiku explain KA014` says.
struct CodeHelp {
  std::string_view code;
  std::string_view title;
  std::string_view help;
};

[[nodiscard]] const std::vector<CodeHelp>& diagnostic_codes();
[[nodiscard]] const CodeHelp* find_code(std::string_view code);

[[nodiscard]] size_t count(const std::vector<Diagnostic>& diagnostics, Severity severity);
// "" if there are none.
[[nodiscard]] std::string render(const std::vector<Diagnostic>& diagnostics);
// The same as a JSON array of objects, for `--output json`.
[[nodiscard]] std::string render_json(const std::vector<Diagnostic>& diagnostics);

}  // namespace kaiku::config
