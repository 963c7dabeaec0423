#include "app/table_file.h"

#include <fstream>
#include <sstream>
#include <system_error>

namespace kaiku::app {
namespace {

constexpr std::uintmax_t kBytesMost = 64U << 20;

}  // namespace

std::optional<std::string> ChangingFile::changed() {
  if (path_.empty()) {
    return std::nullopt;
  }
  std::error_code error;
  Stamp stamp;
  stamp.time = std::filesystem::last_write_time(path_, error);
  if (!error) {
    stamp.size = std::filesystem::file_size(path_, error);
  }
  if (error || stamp == seen_) {
    return std::nullopt;  // a file that is being replaced is there the next time
  }
  if (stamp.size > kBytesMost) {
    seen_ = stamp;
    base::log_warn("app", path_ + ": too large for a table; what was read before stays");
    return std::nullopt;
  }
  std::ifstream in(path_, std::ios::binary);
  std::ostringstream content;
  content << in.rdbuf();
  if (!in) {
    return std::nullopt;
  }
  seen_ = stamp;
  return std::move(content).str();
}

}  // namespace kaiku::app
