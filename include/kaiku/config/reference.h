// The reference of the pipeline file, generated from the one table of settings that also checks it.
//
// Threads: any.
// Owns:    what it returns.
// Cost:    under a millisecond.
// Fails:   never.
// Format:  Markdown, and JSON Schema draft-07 for editors.
#pragma once

#include <string>

namespace kaiku::config {

[[nodiscard]] std::string reference_markdown();
[[nodiscard]] std::string config_schema_json();

}  // namespace kaiku::config
