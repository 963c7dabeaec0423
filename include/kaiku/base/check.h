// KAIKU_CHECK stops the process when an invariant of ours is broken; it is on in release builds.
// KAIKU_DCHECK is its form for inner loops: it is compiled out where KAIKU_DCHECKS is not defined.
//
// Threads: any.
// Owns:    nothing.
// Cost:    one predictable branch.
// Fails:   prints expression, place and text to standard error and aborts: a restart is then a kill
// -9,
//          which the engine survives by design. Never used on input from outside.
#pragma once

namespace kaiku::base {

[[noreturn]] void check_failed(const char* expression,
                               const char* file,
                               int line,
                               const char* text) noexcept;

}  // namespace kaiku::base

#define KAIKU_CHECK(expression, text)                                     \
  do {                                                                    \
    if (!(expression)) [[unlikely]] {                                     \
      ::kaiku::base::check_failed(#expression, __FILE__, __LINE__, text); \
    }                                                                     \
  } while (false)

#ifdef KAIKU_DCHECKS
#define KAIKU_DCHECK(expression, text) KAIKU_CHECK(expression, text)
#else
#define KAIKU_DCHECK(expression, text) \
  do {                                 \
  } while (false)
#endif
