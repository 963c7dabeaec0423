// Logger: one line per thing an operator has to know, on standard error, as text or JSON (spdlog
// behind).
//
// Threads: any.
// Owns:    the process-wide sink.
// Cost:    a microsecond or so; never on the path of a record.
// Fails:   never; a line that cannot be written is dropped.
#pragma once

#include <string_view>

namespace kaiku::base {

enum class LogLevel : unsigned char { kDebug, kInfo, kWarn, kError };

enum class LogFormat : unsigned char { kText, kJson };

void log_setup(LogLevel level, LogFormat format);

// `component` is the module; `text` never holds a payload or a secret. Control characters are
// escaped.
void log_line(LogLevel level, std::string_view component, std::string_view text);

inline void log_info(std::string_view component, std::string_view text) {
  log_line(LogLevel::kInfo, component, text);
}

inline void log_warn(std::string_view component, std::string_view text) {
  log_line(LogLevel::kWarn, component, text);
}

inline void log_error(std::string_view component, std::string_view text) {
  log_line(LogLevel::kError, component, text);
}

// Lines written so far at a level: kaiku_log_messages_total.
[[nodiscard]] unsigned long long log_count(LogLevel level);

}  // namespace kaiku::base
