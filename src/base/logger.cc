#include "kaiku/base/logger.h"

#include <array>
#include <atomic>
#include <memory>
#include <string>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "kaiku/base/json_writer.h"

namespace kaiku::base {
namespace {

struct State {
  std::shared_ptr<spdlog::logger> sink =
      std::make_shared<spdlog::logger>("kaiku", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  std::atomic<LogLevel> level{LogLevel::kInfo};
  std::atomic<LogFormat> format{LogFormat::kText};
  std::array<std::atomic<unsigned long long>, 4> counts{};

  State() { sink->set_pattern("%v"); }
};

State& state() {
  static State instance;
  return instance;
}

constexpr std::array<std::string_view, 4> kNames = {"debug", "info", "warn", "error"};

std::string timestamp() {
  const auto now = std::chrono::system_clock::now();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
                     parts.tm_year + 1900,
                     parts.tm_mon + 1,
                     parts.tm_mday,
                     parts.tm_hour,
                     parts.tm_min,
                     parts.tm_sec);
}

}  // namespace

void log_setup(LogLevel level, LogFormat format) {
  state().level = level;
  state().format = format;
}

void log_line(LogLevel level, std::string_view component, std::string_view text) {
  State& s = state();
  const auto index = static_cast<size_t>(level);
  s.counts[index].fetch_add(1, std::memory_order_relaxed);
  if (level < s.level.load(std::memory_order_relaxed)) {
    return;
  }
  std::string line;
  if (s.format.load(std::memory_order_relaxed) == LogFormat::kJson) {
    JsonWriter(line)
        .begin_object()
        .field("ts", timestamp())
        .field("level", kNames[index])
        .field("component", component)
        .field("msg", text)
        .end_object();
  } else {
    std::string escaped;
    append_json_string(escaped, text);
    line = fmt::format("{} {:5} {}: {}",
                       timestamp(),
                       kNames[index],
                       component,
                       std::string_view(escaped).substr(1, escaped.size() - 2));
  }
  s.sink->log(spdlog::level::critical, line);
}

unsigned long long log_count(LogLevel level) {
  return state().counts[static_cast<size_t>(level)].load(std::memory_order_relaxed);
}

}  // namespace kaiku::base
