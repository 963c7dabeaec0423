// RatesFile: the exchange rates of a running pipeline: its file, read again when it changes.
//
// Threads: look() from one thread; current() from any.
// Owns:    the table that was read last.
// Cost:    look() asks for size and time of the file, and reads it when they are others.
// Fails:   never: a file that is missing or does not parse is a warning, and the table before it
//          stays.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "kaiku/money/rates.h"

namespace kaiku::app {

class RatesFile {
 public:
  // `path` empty: there is no file, nothing is ever read.
  RatesFile(std::string path, std::shared_ptr<const money::Rates> rates);

  // Reads the file if it is another than before.
  void look();

  [[nodiscard]] std::shared_ptr<const money::Rates> current() const;

 private:
  struct Stamp {
    std::filesystem::file_time_type time;
    std::uintmax_t size = 0;

    friend bool operator==(const Stamp&, const Stamp&) = default;
  };

  const std::string path_;
  Stamp seen_;
  mutable std::mutex mutex_;
  std::shared_ptr<const money::Rates> rates_;
};

}  // namespace kaiku::app
