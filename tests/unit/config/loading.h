// Loading: what the tests of the configuration share: a minimal file, and loading with a closed
// environment.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "kaiku/config/pipeline_config.h"

namespace kaiku::config {

inline constexpr std::string_view kMinimal = R"(version: 1
name: small
sources:
  posts: {topic: posts.v1}
brands: open
)";

inline LoadOptions options_with(std::map<std::string, std::string> variables = {}) {
  LoadOptions options;
  options.env = [variables =
                     std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto at = variables.find(std::string(name));
    return at == variables.end() ? std::nullopt : std::optional(at->second);
  };
  return options;
}

inline Loaded load(std::string_view text, LoadOptions options = options_with()) {
  return load_pipeline_text(text, "p.yaml", options);
}

// The minimal file and more of it.
inline Loaded load_with(std::string_view more, LoadOptions options = options_with()) {
  return load(std::string(kMinimal) + std::string(more), std::move(options));
}

inline std::vector<std::string> codes(const Loaded& loaded, Severity severity = Severity::kError) {
  std::vector<std::string> out;
  for (const Diagnostic& each : loaded.diagnostics) {
    if (each.severity == severity) {
      out.push_back(each.code);
    }
  }
  return out;
}

// "line:column: message (suggestion)" of every error.
inline std::vector<std::string> errors(const Loaded& loaded) {
  std::vector<std::string> out;
  for (const Diagnostic& each : loaded.diagnostics) {
    if (each.severity == Severity::kError) {
      out.push_back(std::to_string(each.line) + ":" + std::to_string(each.column) + ": " +
                    each.message + (each.suggestion.empty() ? "" : " (" + each.suggestion + ")"));
    }
  }
  return out;
}

}  // namespace kaiku::config
