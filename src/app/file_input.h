// FileInput reads the records of one file: lines, one document, or envelopes.
//
// Threads: confined to its user.
// Owns:    the open file and one record.
// Cost:    one read per line.
// Fails:   open() with kNoInput or kNoPermission; next() with kNoInput when the file cannot be read
//          (a folder), kBadData naming file and line.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kaiku/base/status.h"
#include "kaiku/parse/envelope.h"

namespace kaiku::app {

enum class Framing : uint8_t { kLines, kRecord, kEnvelope };

// By the name: ".json" is one record, ".envelope.jsonl" envelopes, everything else lines.
[[nodiscard]] Framing framing_of(const std::string& path);
[[nodiscard]] std::optional<Framing> parse_framing(const std::string& name);

class FileInput {
 public:
  // "-" is standard input.
  [[nodiscard]] static base::Result<std::unique_ptr<FileInput>> open(const std::string& path,
                                                                     Framing framing);

  // False at the end. Lines without content are skipped.
  [[nodiscard]] base::Result<bool> next();

  [[nodiscard]] const parse::Envelope& record() const { return record_; }

  [[nodiscard]] parse::Envelope& record() { return record_; }

  [[nodiscard]] Framing framing() const { return framing_; }

  // Path and line of the record.
  [[nodiscard]] std::string place() const { return path_ + ":" + std::to_string(line_number_); }

 private:
  struct Close {
    void operator()(std::FILE* file) const;
  };

  FileInput(std::string path, Framing framing, std::FILE* file);
  [[nodiscard]] base::Status read_status() const;
  [[nodiscard]] base::Result<bool> read_line();
  [[nodiscard]] base::Result<bool> read_all();

  std::string path_;
  Framing framing_;
  std::unique_ptr<std::FILE, Close> file_;
  parse::EnvelopeReader envelopes_;
  parse::Envelope record_;
  std::string line_;
  std::vector<char> buffer_ = std::vector<char>(256U << 10);
  size_t at_ = 0;
  size_t filled_ = 0;
  uint64_t line_number_ = 0;
  bool done_ = false;
};

}  // namespace kaiku::app
