#include "viewer/load/names.h"

namespace uptrail::viewer {

std::string file_name(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

std::string task_number(const Task& task) {
  return "Task " + (task.identifier ? std::to_string(*task.identifier) : std::string("?"));
}

std::string task_name(const Task& task) { return !task.desc.empty() ? task.desc : task_number(task); }

}  // namespace uptrail::viewer
