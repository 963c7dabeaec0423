#include "app/rates_file.h"

#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "kaiku/base/logger.h"

namespace kaiku::app {
namespace {

constexpr std::uintmax_t kBytesMost = 64U << 20;

}  // namespace

RatesFile::RatesFile(std::string path, std::shared_ptr<const money::Rates> rates)
    : path_(std::move(path)), rates_(std::move(rates)) {}

void RatesFile::look() {
  if (path_.empty()) {
    return;
  }
  std::error_code error;
  Stamp stamp;
  stamp.time = std::filesystem::last_write_time(path_, error);
  if (!error) {
    stamp.size = std::filesystem::file_size(path_, error);
  }
  if (error || stamp == seen_) {
    return;  // a file that is being replaced is there the next time
  }
  if (stamp.size > kBytesMost) {
    seen_ = stamp;
    base::log_warn("app", path_ + ": too large for exchange rates; those before it stay");
    return;
  }
  std::ifstream in(path_, std::ios::binary);
  std::ostringstream content;
  content << in.rdbuf();
  if (!in) {
    return;
  }
  seen_ = stamp;
  auto rates = money::Rates::parse(current()->base(), content.str(), path_);
  if (!rates.has_value()) {
    base::log_warn("app", rates.error().message() + "; the exchange rates before it stay");
    return;
  }
  if (rates.value().version() == current()->version()) {
    return;
  }
  base::log_info("app", path_ + ": exchange rates " + rates.value().version());
  const std::lock_guard lock(mutex_);
  rates_ = std::make_shared<const money::Rates>(std::move(rates).value());
}

std::shared_ptr<const money::Rates> RatesFile::current() const {
  const std::lock_guard lock(mutex_);
  return rates_;
}

}  // namespace kaiku::app
