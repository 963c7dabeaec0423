#include "app/file_input.h"

#include <cerrno>
#include <cstring>
#include <system_error>

#include "kaiku/base/limits.h"

#include "app/file_error.h"

namespace kaiku::app {
namespace {

using base::Exit;
using base::Status;

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

Framing framing_of(const std::string& path) {
  if (ends_with(path, ".envelope.jsonl")) {
    return Framing::kEnvelope;
  }
  return ends_with(path, ".json") ? Framing::kRecord : Framing::kLines;
}

std::optional<Framing> parse_framing(const std::string& name) {
  if (name == "lines") {
    return Framing::kLines;
  }
  if (name == "record") {
    return Framing::kRecord;
  }
  if (name == "envelope") {
    return Framing::kEnvelope;
  }
  return std::nullopt;
}

void FileInput::Close::operator()(std::FILE* file) const {
  if (file != stdin) {
    std::fclose(file);
  }
}

FileInput::FileInput(std::string path, Framing framing, std::FILE* file)
    : path_(std::move(path)), framing_(framing), file_(file) {}

base::Result<std::unique_ptr<FileInput>> FileInput::open(const std::string& path, Framing framing) {
  std::FILE* const file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    const std::error_code error(errno, std::generic_category());
    return Status::stop(exit_of(error, Exit::kNoInput),
                        path + ": cannot be opened: " + error.message());
  }
  return std::unique_ptr<FileInput>(new FileInput(path, framing, file));
}

// What stdio did not give is the end of the file only if nothing went wrong.
Status FileInput::read_status() const {
  return std::ferror(file_.get()) == 0
             ? Status::ok()
             : Status::stop(Exit::kNoInput,
                            path_ + ": cannot be read: " + std::generic_category().message(errno));
}

base::Result<bool> FileInput::read_line() {
  line_.clear();
  bool any = false;
  while (true) {
    if (at_ == filled_) {
      at_ = 0;
      filled_ = std::fread(buffer_.data(), 1, buffer_.size(), file_.get());
      if (filled_ == 0) {
        if (Status status = read_status(); !status.is_ok()) {
          return status;
        }
        break;
      }
    }
    any = true;
    const char* const begin = buffer_.data() + at_;
    const void* const newline = std::memchr(begin, '\n', filled_ - at_);
    const size_t size = newline == nullptr
                            ? filled_ - at_
                            : static_cast<size_t>(static_cast<const char*>(newline) - begin);
    // A line beyond the limit is cut behind it: the engine refuses it as too large all the same.
    if (line_.size() <= base::limits::kRecordBytes * 2) {
      line_.append(begin, size);
    }
    at_ += size;
    if (newline != nullptr) {
      ++at_;
      break;
    }
  }
  if (!any) {
    return false;
  }
  ++line_number_;
  if (!line_.empty() && line_.back() == '\r') {
    line_.pop_back();
  }
  return true;
}

base::Result<bool> FileInput::read_all() {
  done_ = true;
  record_.value.clear();
  char buffer[64 << 10];
  size_t size = 0;
  while ((size = std::fread(buffer, 1, sizeof(buffer), file_.get())) != 0) {
    record_.value.append(buffer, size);
    if (record_.value.size() > base::limits::kRecordBytes * 64) {
      return Status::stop(
          Exit::kBadData,
          path_ + ": larger than 64 MiB; a file of many records has one a line (.jsonl)");
    }
  }
  if (Status status = read_status(); !status.is_ok()) {
    return status;
  }
  record_.has_value = true;
  return true;
}

base::Result<bool> FileInput::next() {
  if (done_) {
    return false;
  }
  if (framing_ == Framing::kRecord) {
    return read_all();
  }
  do {
    auto more = read_line();
    if (!more.has_value() || !more.value()) {
      done_ = true;
      return more;
    }
  } while (line_.empty());
  if (framing_ == Framing::kLines) {
    record_.value.swap(line_);
    record_.has_value = true;
    return true;
  }
  if (Status status = envelopes_.read(line_, record_); !status.is_ok()) {
    return Status::stop(Exit::kBadData, place() + ": " + status.message());
  }
  return true;
}

}  // namespace kaiku::app
