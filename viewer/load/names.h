// What things are called in lists and titles.
#pragma once

#include <string>
#include <string_view>

#include "collector/model/entities.h"

namespace uptrail::viewer {

std::string file_name(std::string_view path);  // behind the last slash
std::string task_number(const Task& task);     // "Task 7"; "Task ?" when its identifier was not seen
std::string task_name(const Task& task);       // its taskDescription, else its number

}  // namespace uptrail::viewer
