#include "collector/cli/globs.h"

#include <glob.h>

#include <filesystem>
#include <memory>

namespace uptrail::cli {

Result<std::vector<std::string>> expand_globs(const std::vector<std::string>& paths) {
  std::vector<std::string> out;
  for (const std::string& path : paths) {
    std::error_code failed;
    if (path.find_first_of("*?[") == std::string::npos || std::filesystem::exists(path, failed)) {
      out.push_back(path);
      continue;
    }
    glob_t found{};
    const int code = ::glob(path.c_str(), 0, nullptr, &found);
    const std::unique_ptr<glob_t, void (*)(glob_t*)> owner(&found, ::globfree);
    if (code != 0) {
      Error error = fail(ErrorKind::usage, "nothing fits the pattern " + path);
      error.hint = "a folder may be given as it is: what is in it is found";
      return error;
    }
    out.insert(out.end(), found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  return out;
}

}  // namespace uptrail::cli
