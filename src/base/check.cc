#include "kaiku/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace kaiku::base {

void check_failed(const char* expression, const char* file, int line, const char* text) noexcept {
  std::fprintf(stderr, "%s:%d: check failed: %s (%s)\n", file, line, text, expression);
  std::fflush(stderr);
  std::abort();
}

}  // namespace kaiku::base
