#include "collector/simulate/store_file.h"

#include <chrono>
#include <filesystem>

namespace uptrail::simulate {

Status set_written(const std::string& path, TimeNs written) {
  const auto since_1970 = std::chrono::nanoseconds(written.ns);
  std::error_code failed;
  std::filesystem::last_write_time(
      path, std::chrono::file_clock::from_sys(std::chrono::sys_time<std::chrono::nanoseconds>(since_1970)), failed);
  return failed ? Status(fail(ErrorKind::unreadable, "its time cannot be set: " + failed.message(), path)) : done();
}

}  // namespace uptrail::simulate
