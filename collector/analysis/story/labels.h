// How stories call a task and a session.
#pragma once

#include <string>

#include "collector/model/entities.h"
#include "collector/model/session_identifier.h"

namespace uptrail::analysis {

inline std::string task_label(const Task& task) {
  if (task.identifier) {
    return "task " + std::to_string(*task.identifier);
  }
  return task.uuid ? "task " + task.uuid->text().substr(0, 8) : !task.desc.empty() ? "task " + task.desc : "a task";
}

inline std::string capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  }
  return text;
}

inline std::string session_label(const Session& session) {
  return session.identifier.empty() ? "session with a hidden identifier" : "session " + shown_identifier(session.identifier);
}

}  // namespace uptrail::analysis
