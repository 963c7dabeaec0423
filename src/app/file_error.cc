#include "app/file_error.h"

#include <cerrno>

namespace kaiku::app {

using base::Exit;

Exit exit_of(const std::error_code& error, Exit usual) {
  if (error == std::errc::no_space_on_device || error.value() == EDQUOT) {
    return Exit::kDiskFull;
  }
  const bool is_refused = error == std::errc::permission_denied ||
                          error == std::errc::operation_not_permitted ||
                          error == std::errc::read_only_file_system;
  return is_refused ? Exit::kNoPermission : usual;
}

}  // namespace kaiku::app
