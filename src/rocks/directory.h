// The directory of a store, made so that it survives power loss.
//
// Threads: any.
// Owns:    nothing.
// Cost:    an fsync of each parent of a new directory.
// Fails:   kStop (kCantCreate).
#pragma once

#include <string>

#include "kaiku/base/status.h"

namespace kaiku::rocks {

// Makes it when it is missing; checks that it can be written.
[[nodiscard]] base::Status make_writable(const std::string& directory);

}  // namespace kaiku::rocks
