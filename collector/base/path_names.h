// Names at the end of paths, as people call files. Paths come from logs and archives of other systems: text, never opened.
#pragma once

#include <string_view>

namespace uptrail {

// What stands behind the last of the separators: empty when the path ends with one, the whole path when it holds none.
inline std::string_view last_part(std::string_view path, std::string_view separators = "/") {
  return path.substr(path.find_last_of(separators) + 1);  // npos + 1 == 0
}

// A file's name for people; a path that ends with a slash is told whole.
inline std::string_view file_label(std::string_view path) {
  const std::string_view name = last_part(path, "/\\");
  return name.empty() ? path : name;
}

}  // namespace uptrail
