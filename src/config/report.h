// Report collects what is wrong while a file is read, and the texts that places point into.
//
// Threads: confined to one load.
// Owns:    the texts and the diagnostics.
// Cost:    small.
// Fails:   never: past kMost diagnostics it counts only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kaiku/config/diagnostic.h"

#include "config/node.h"

namespace kaiku::config {

class Report {
 public:
  static constexpr size_t kMost = 50;

  // A text that places may point into: the pipeline file, a mapping file, an override.
  [[nodiscard]] uint32_t add_source(std::string name, std::string_view text);

  [[nodiscard]] const std::string& source_name(uint32_t source) const {
    return sources_[source].name;
  }

  [[nodiscard]] std::string_view line_of(Place place) const;

  struct Finding {
    std::string_view code;
    Place place;
    int width = 1;  // bytes
    std::string path;
    std::string message;
    std::string suggestion;
  };

  void error(Finding finding) { add(Severity::kError, std::move(finding)); }

  void warning(Finding finding) { add(Severity::kWarning, std::move(finding)); }

  // At a value or a key.
  void error_at(const Node& node,
                std::string_view code,
                std::string path,
                std::string message,
                std::string suggestion = {});
  void warning_at(const Node& node,
                  std::string_view code,
                  std::string path,
                  std::string message,
                  std::string suggestion = {});

  [[nodiscard]] bool has_errors() const { return errors_ != 0; }

  [[nodiscard]] size_t error_count() const { return errors_; }

  // Sorted by source and place; the pipeline file first.
  [[nodiscard]] std::vector<Diagnostic> take();

 private:
  struct Source {
    std::string name;
    std::vector<std::string> lines;
  };

  struct Entry {
    uint32_t source = 0;
    Diagnostic diagnostic;
  };

  void add(Severity severity, Finding finding);

  std::vector<Source> sources_;
  std::vector<Entry> entries_;
  size_t errors_ = 0;
  size_t left_out_ = 0;
};

// Bytes to underline for a value as it is written, with its quotes.
[[nodiscard]] int width_of(const Node& node);

}  // namespace kaiku::config
