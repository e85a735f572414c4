#include "viewer/load/names.h"
#include "collector/base/path_names.h"

namespace uptrail::viewer {

std::string file_name(std::string_view path) { return std::string(last_part(path, "/\\")); }

std::string task_number(const Task& task) {
  return "Task " + (task.identifier ? std::to_string(*task.identifier) : std::string("?"));
}

std::string task_name(const Task& task) { return !task.desc.empty() ? task.desc : task_number(task); }

}  // namespace uptrail::viewer
