#include "money/csv.h"

#include <charconv>

#include "kaiku/base/digest.h"
#include "kaiku/base/event_time.h"
#include "kaiku/base/hex.h"

namespace kaiku::money {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

std::string_view take_until(std::string_view& text, char separator) {
  const size_t end = text.find(separator);
  const std::string_view head = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return head;
}

std::optional<unsigned> number(std::string_view digits) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

base::Status error_at(std::string_view file, size_t line, std::string_view reason) {
  std::string text(file);
  text.append(":").append(std::to_string(line)).append(": ").append(reason);
  return base::Status::stop(base::Exit::kConfig, std::move(text));
}

std::string_view take_field(std::string_view& row) {
  return trim(take_until(row, ','));
}

std::optional<int32_t> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
    return std::nullopt;
  }
  const auto year = number(text.substr(0, 4));
  const auto month = number(text.substr(5, 2));
  const auto day = number(text.substr(8, 2));
  if (!year || !month || !day || *month < 1 || *month > 12 || *day < 1 || *day > 31) {
    return std::nullopt;
  }
  const auto days = static_cast<int32_t>(base::days_from_civil(*year, *month, *day));
  // The 31st of a shorter month would be another date.
  if (base::format_date(days) != text) {
    return std::nullopt;
  }
  return days;
}

std::string version_of(std::string_view kind, std::string_view rows) {
  return base::hex(base::HashKey::derived_from(kind).hash64(rows));
}

base::Status read_rows(std::string_view csv,
                       std::string_view file,
                       std::string_view header,
                       size_t rows_max,
                       const RowVisit& visit) {
  bool header_seen = false;
  size_t rows = 0;
  size_t number = 0;
  if (csv.substr(0, 3) == "\xEF\xBB\xBF") {
    csv.remove_prefix(3);
  }
  while (!csv.empty()) {
    const std::string_view line = trim(take_until(csv, '\n'));
    ++number;
    if (line.empty() || line.front() == '#') {
      continue;
    }
    if (!header_seen) {
      if (line != header) {
        return error_at(file, number, "the first line has to be `" + std::string(header) + "`");
      }
      header_seen = true;
      continue;
    }
    if (++rows > rows_max) {
      return error_at(
          file, number, "more than " + std::to_string(rows_max) + " rows: leave out the oldest");
    }
    if (const std::string problem = visit(line, number); !problem.empty()) {
      return error_at(file, number, problem);
    }
  }
  if (!header_seen) {
    return error_at(
        file, 1, "the file is empty: it has to begin with `" + std::string(header) + "`");
  }
  return base::Status::ok();
}

}  // namespace kaiku::money
