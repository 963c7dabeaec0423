// SpaceProbe: how many bytes a directory's file system has left for us.
//
// Threads: implementations are safe to call from any thread.
// Owns:    nothing.
// Cost:    one statvfs.
// Fails:   nothing, when the file system cannot be asked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace kaiku::rocks {

class SpaceProbe {
 public:
  SpaceProbe() = default;
  SpaceProbe(const SpaceProbe&) = delete;
  SpaceProbe& operator=(const SpaceProbe&) = delete;
  virtual ~SpaceProbe() = default;

  [[nodiscard]] virtual std::optional<uint64_t> free_bytes(const std::string& directory) const = 0;
};

class FileSystemProbe final : public SpaceProbe {
 public:
  [[nodiscard]] std::optional<uint64_t> free_bytes(const std::string& directory) const override;
};

}  // namespace kaiku::rocks
