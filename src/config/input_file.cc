#include "config/input_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <sys/stat.h>

namespace kaiku::config {
namespace {

base::Status refused(const std::string& path, const std::string& why) {
  return base::Status::stop(base::Exit::kNoInput, "cannot read " + path + ": " + why);
}

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

std::string resolve_path(const std::string& base_dir, const std::string& path) {
  if (base_dir.empty() || path.empty() || path.front() == '/') {
    return path;
  }
  return base_dir.back() == '/' ? base_dir + path : base_dir + "/" + path;
}

base::Result<std::string> read_input_file(const std::string& path, size_t most_bytes) {
  if (path.find('\0') != std::string::npos) {
    return refused(path.substr(0, path.find('\0')), "the name holds a NUL byte");
  }

  struct stat about {};

  if (stat(path.c_str(), &about) != 0) {
    return refused(path, std::strerror(errno));
  }
  if (S_ISDIR(about.st_mode)) {
    return refused(path, "it is a folder");
  }
  const std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) {
    return refused(path, std::strerror(errno));
  }
  std::string content;
  char chunk[16 << 10];
  while (content.size() <= most_bytes) {
    const size_t got = std::fread(chunk, 1, sizeof(chunk), file.get());
    content.append(chunk, got);
    if (got < sizeof(chunk)) {
      if (std::ferror(file.get()) != 0) {
        return refused(path, std::strerror(errno));
      }
      break;
    }
  }
  if (content.size() > most_bytes) {
    return refused(path, "it is larger than " + std::to_string(most_bytes) + " bytes");
  }
  return content;
}

}  // namespace kaiku::config
