#include "kaiku/rocks/space_probe.h"

#include <sys/statvfs.h>

namespace kaiku::rocks {

std::optional<uint64_t> FileSystemProbe::free_bytes(const std::string& directory) const {
  struct statvfs info {};

  if (::statvfs(directory.c_str(), &info) != 0) {
    return std::nullopt;
  }
  return static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
}

}  // namespace kaiku::rocks
