#include "directory.h"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace kaiku::rocks {
namespace {

using base::Exit;
using base::Status;

Status cannot(const std::string& directory, const std::string& reason) {
  return Status::stop(Exit::kCantCreate,
                      "the state directory " + directory + " cannot be used: " + reason);
}

// The entry of a new directory is durable when its parent is.
void sync_parent(const std::filesystem::path& path) {
  const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : ".";
  const int file = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file >= 0) {
    (void)::fsync(file);
    (void)::close(file);
  }
}

}  // namespace

Status make_writable(const std::string& directory) {
  std::error_code error;
  std::filesystem::path made;
  for (const auto& part : std::filesystem::path(directory)) {
    made /= part;
    if (std::filesystem::create_directory(made, error)) {
      sync_parent(made);
    }
    if (error && !std::filesystem::is_directory(made)) {
      return cannot(directory, made.string() + ": " + error.message());
    }
  }
  if (!std::filesystem::is_directory(directory, error)) {
    return cannot(directory, "it is no directory");
  }
  if (::faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
    return cannot(directory, std::error_code(errno, std::generic_category()).message());
  }
  return Status::ok();
}

}  // namespace kaiku::rocks
