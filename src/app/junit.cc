#include "app/junit.h"

#include <algorithm>

#include <fmt/format.h>

namespace kaiku::app {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// The length of the UTF-8 sequence of an XML character at `at`; 0 if there is none.
size_t character_at(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[at + i]); };
  if (byte(0) < 0x80) {
    return byte(0) >= 0x20 || byte(0) == '\t' || byte(0) == '\n' || byte(0) == '\r' ? 1 : 0;
  }
  const size_t size = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
  if (byte(0) < 0xC2 || byte(0) > 0xF4 || at + size > text.size()) {
    return 0;
  }
  uint32_t code = byte(0) & (0xFFU >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) {
      return 0;
    }
    code = code << 6U | (byte(i) & 0x3FU);
  }
  static constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
  const bool is_character =
      code >= kLeast[size] && code <= 0x10FFFF && !is_surrogate && code != 0xFFFE && code != 0xFFFF;
  return is_character ? size : 0;
}

// Line feeds in attributes would be read as blanks.
std::string escaped(std::string_view text, bool in_attribute) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t size = character_at(text, at);
    if (size == 0) {
      out += kReplacement;
      ++at;
      continue;
    }
    const char c = text[at];
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\r' || (in_attribute && (c == '\n' || c == '\t'))) {
      out += fmt::format("&#{};", static_cast<int>(c));
    } else {
      out += text.substr(at, size);
    }
    at += size;
  }
  return out;
}

std::string attribute(std::string_view name, std::string_view value) {
  return fmt::format(" {}=\"{}\"", name, escaped(value, true));
}

std::string seconds(int64_t microseconds) {
  return fmt::format("{:.3f}", static_cast<double>(microseconds) / 1e6);
}

struct Totals {
  size_t tests = 0;
  size_t failures = 0;
  size_t errors = 0;
  int64_t elapsed_us = 0;
};

std::string attributes_of(const Totals& totals) {
  return fmt::format(" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{}\"",
                     totals.tests,
                     totals.failures,
                     totals.errors,
                     seconds(totals.elapsed_us));
}

Totals totals_of(const SuiteResult& suite) {
  Totals totals;
  totals.errors = suite.error.empty() ? 0 : 1;
  totals.tests = suite.tests.size() + totals.errors;
  for (const TestResult& test : suite.tests) {
    totals.failures += test.failure.empty() ? 0 : 1;
    totals.elapsed_us += test.elapsed_us;
  }
  return totals;
}

// A problem of a test: its first line as message, all of it as text.
std::string problem(std::string_view element, std::string_view text) {
  const std::string_view first = text.substr(0, text.find('\n'));
  return fmt::format(
      "      <{0}{1}>{2}</{0}>\n", element, attribute("message", first), escaped(text, false));
}

void write_suite(const SuiteResult& suite, std::string& out) {
  out += "  <testsuite" + attribute("name", suite.file) + attributes_of(totals_of(suite)) + ">\n";
  const auto open = [&](std::string_view name, int line, int64_t elapsed_us) {
    out += "    <testcase" + attribute("name", name) + attribute("classname", suite.file) +
           attribute("file", suite.file);
    out += line > 0 ? attribute("line", std::to_string(line)) : "";
    out += attribute("time", seconds(elapsed_us));
  };
  if (!suite.error.empty()) {
    open("the pipeline is valid", 0, 0);
    out += ">\n" + problem("error", suite.error) + "    </testcase>\n";
  }
  for (const TestResult& test : suite.tests) {
    open(test.name, test.line, test.elapsed_us);
    out += test.failure.empty() ? "/>\n"
                                : ">\n" + problem("failure", test.failure) + "    </testcase>\n";
  }
  out += "  </testsuite>\n";
}

}  // namespace

std::string junit_xml(const std::vector<SuiteResult>& suites) {
  Totals all;
  for (const SuiteResult& suite : suites) {
    const Totals one = totals_of(suite);
    all.tests += one.tests;
    all.failures += one.failures;
    all.errors += one.errors;
    all.elapsed_us += one.elapsed_us;
  }
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"kaiku\"" +
                    attributes_of(all) + ">\n";
  for (const SuiteResult& suite : suites) {
    write_suite(suite, out);
  }
  return out + "</testsuites>\n";
}

}  // namespace kaiku::app
