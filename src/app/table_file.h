// TableFile: a table of a running pipeline, exchange rates or prices: its file, read again when it
// changes.
//
// Threads: look() from one thread; current() from any.
// Owns:    the table that was read last.
// Cost:    look() asks for size and time of the file, and reads it when they are others.
// Fails:   never: a file that is missing or does not parse is a warning, and the table before it
//          stays.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "kaiku/base/logger.h"
#include "kaiku/base/status.h"

namespace kaiku::app {

// A file that may have changed since it was read.
class ChangingFile {
 public:
  // `path` empty: there is no file.
  explicit ChangingFile(std::string path) : path_(std::move(path)) {}

  // What it holds, if it is another than before.
  [[nodiscard]] std::optional<std::string> changed();

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  struct Stamp {
    std::filesystem::file_time_type time;
    std::uintmax_t size = 0;

    friend bool operator==(const Stamp&, const Stamp&) = default;
  };

  const std::string path_;
  Stamp seen_;
};

template <typename Table>
class TableFile {
 public:
  using Parse = std::function<base::Result<Table>(std::string_view csv, std::string_view file)>;

  // `what` for messages: "exchange rates".
  TableFile(std::string path, std::string what, std::shared_ptr<const Table> table, Parse parse)
      : file_(std::move(path)),
        what_(std::move(what)),
        parse_(std::move(parse)),
        table_(std::move(table)) {}

  // Reads the file if it is another than before.
  void look() {
    const std::optional<std::string> content = file_.changed();
    if (!content) {
      return;
    }
    auto table = parse_(*content, file_.path());
    if (!table.has_value()) {
      base::log_warn("app", table.error().message() + "; the " + what_ + " before it stay");
      return;
    }
    if (const auto before = current(); before != nullptr && before->version() == table->version()) {
      return;
    }
    base::log_info("app", file_.path() + ": " + what_ + " " + table->version());
    const std::lock_guard lock(mutex_);
    table_ = std::make_shared<const Table>(std::move(table).value());
  }

  [[nodiscard]] bool has_file() const { return !file_.path().empty(); }

  [[nodiscard]] std::shared_ptr<const Table> current() const {
    const std::lock_guard lock(mutex_);
    return table_;
  }

 private:
  ChangingFile file_;
  const std::string what_;
  const Parse parse_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Table> table_;
};

}  // namespace kaiku::app
