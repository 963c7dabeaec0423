#include "kaiku/metrics/process.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <unistd.h>

namespace kaiku::metrics {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const size_t begin = text.find_first_not_of(" \t\n");
    if (begin == std::string_view::npos) {
      return words;
    }
    text.remove_prefix(begin);
    const size_t size = std::min(text.find_first_of(" \t\n"), text.size());
    words.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
}

std::optional<double> number(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return static_cast<double>(value);
}

// The word after `line_start` in a file of lines, as a number.
std::optional<double> number_after(std::string_view text, std::string_view line_start) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (line.starts_with(line_start)) {
      const std::vector<std::string_view> words = words_of(line.substr(line_start.size()));
      return words.empty() ? std::nullopt : number(words.front());
    }
    at = end + 1;
  }
  return std::nullopt;
}

// Fields of proc_pid_stat(5) after the name in parentheses, which may hold blanks: field 3 has
// index 0.
void add_stat(Samples& samples, const std::string& proc) {
  const std::string stat = read_file(proc + "/self/stat");
  const size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) {
    return;
  }
  const std::vector<std::string_view> fields =
      words_of(std::string_view(stat).substr(name_end + 1));
  constexpr size_t kUserTicks = 11;
  constexpr size_t kSystemTicks = 12;
  constexpr size_t kThreads = 17;
  constexpr size_t kStartTicks = 19;
  constexpr size_t kVirtualBytes = 20;
  constexpr size_t kResidentPages = 21;
  if (fields.size() <= kResidentPages) {
    return;
  }
  const auto ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  const auto user = number(fields[kUserTicks]);
  const auto system = number(fields[kSystemTicks]);
  if (user && system) {
    samples.add(Metric::kProcessCpu, (*user + *system) / ticks_per_second);
  }
  if (const auto threads = number(fields[kThreads])) {
    samples.add(Metric::kProcessThreads, *threads);
  }
  if (const auto bytes = number(fields[kVirtualBytes])) {
    samples.add(Metric::kProcessVirtual, *bytes);
  }
  if (const auto pages = number(fields[kResidentPages])) {
    samples.add(Metric::kProcessResident, *pages * page);
  }
  const auto boot = number_after(read_file(proc + "/stat"), "btime ");
  const auto start = number(fields[kStartTicks]);
  if (boot && start) {
    samples.add(Metric::kProcessStart, *boot + *start / ticks_per_second);
  }
}

void add_descriptors(Samples& samples, const std::string& proc) {
  std::error_code error;
  std::filesystem::directory_iterator entry(proc + "/self/fd", error);
  size_t open = 0;
  while (!error && entry != std::filesystem::directory_iterator()) {
    ++open;
    entry.increment(error);
  }
  if (!error) {
    samples.add(Metric::kProcessOpenFds, static_cast<double>(open));
  }
  if (const auto most = number_after(read_file(proc + "/self/limits"), "Max open files")) {
    samples.add(Metric::kProcessMaxFds, *most);
  }
}

}  // namespace

Collector process_collector(std::string proc) {
  return [proc = std::move(proc)](Samples& samples) {
    add_stat(samples, proc);
    add_descriptors(samples, proc);
  };
}

}  // namespace kaiku::metrics
