// JUnit writes the results of tests in the XML form that build servers read.
//
// Threads: pure.
// Owns:    what it returns.
// Cost:    the length of the result.
// Fails:   never.
// Format:  <testsuites><testsuite><testcase>, with <failure> and <error>. XML 1.0: what it cannot
//          hold (most control characters, bytes that are not UTF-8) is written as U+FFFD.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kaiku::app {

struct TestResult {
  std::string name;
  int line = 0;
  int64_t elapsed_us = 0;
  std::string failure;  // "" if it passed
};

// The tests of one pipeline file.
struct SuiteResult {
  std::string file;
  std::vector<TestResult> tests;
  std::string error;  // why they could not be run; "" if they were
};

[[nodiscard]] std::string junit_xml(const std::vector<SuiteResult>& suites);

}  // namespace kaiku::app
