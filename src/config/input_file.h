// InputFile: a small file that the pipeline file names.
//
// Threads: any.
// Owns:    nothing.
// Cost:    one read.
// Fails:   with the system's reason; a file larger than the bound is refused.
#pragma once

#include <string>

#include "kaiku/base/status.h"

namespace kaiku::config {

// `path` relative to `base_dir` unless it is absolute.
[[nodiscard]] std::string resolve_path(const std::string& base_dir, const std::string& path);
[[nodiscard]] base::Result<std::string> read_input_file(const std::string& path, size_t most_bytes);

}  // namespace kaiku::config
