// exit_of says which exit code a file that cannot be used ends the program with.
//
// Threads: a pure function.
// Owns:    nothing.
// Cost:    a few comparisons.
// Fails:   never.
#pragma once

#include <system_error>

#include "kaiku/base/status.h"

namespace kaiku::app {

// A full disk and a refused permission have codes of their own; all else ends with `usual`.
[[nodiscard]] base::Exit exit_of(const std::error_code& error, base::Exit usual);

}  // namespace kaiku::app
