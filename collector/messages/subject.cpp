#include "collector/messages/subject.h"

#include <algorithm>

#include "collector/base/text.h"

namespace uptrail {

namespace {

constexpr std::size_t kUuidLength = 36;
constexpr std::size_t kMaxToken = 64;  // between < and >; longer is no identifier of ours

bool eat(std::string_view text, std::size_t& at, std::string_view literal) {
  if (text.substr(at, literal.size()) != literal) {
    return false;
  }
  at += literal.size();
  return true;
}

// "<token>" at `at`; a redacted token may itself stand in <>.
std::optional<std::string_view> eat_token(std::string_view text, std::size_t& at) {
  std::size_t p = at;
  if (!eat(text, p, "<")) {
    return std::nullopt;
  }
  const std::string_view window = text.substr(p, kMaxToken);
  std::size_t length = window.find('>');
  if (length == std::string_view::npos || window.find('\n') < length) {
    return std::nullopt;
  }
  const std::string_view token = window.substr(0, length);
  const std::size_t inner = std::min(token.find_first_not_of('<'), token.size());
  for (std::size_t i = 0; i < inner && window.substr(length + 1, 1) == ">"; ++i) {
    ++length;
  }
  at = p + length + 1;
  return token;
}

// "Task <U>.<N>" or "New task" at `at`.
bool eat_task(std::string_view text, std::size_t& at, SubjectMatch& out) {
  std::size_t p = at;
  if (eat(text, p, "New task")) {
    at = p;
    return true;
  }
  if (!eat(text, p, "Task ")) {
    return false;
  }
  const auto uuid = eat_token(text, p);
  if (!uuid || !eat(text, p, ".")) {
    return false;
  }
  const auto number = eat_token(text, p);
  if (!number) {
    return false;
  }
  out.task = Uuid::parse(*uuid);
  const auto n = parse_int(*number);
  out.number = n == 0 ? std::nullopt : n;
  at = p;
  return true;
}

void read_daemon_session(std::string_view text, std::size_t at, bool new_class, SubjectMatch& out) {
  const auto session = eat_token(text, at);
  if (!session) {
    return;
  }
  out.kind = SubjectForm::session;
  out.session = Uuid::parse(*session);
  out.end = at;
  std::size_t p = at;
  if (!eat(text, p, " ")) {
    return;
  }
  bool task = eat_task(text, p, out);
  if (!task && new_class) {
    const auto token = eat_token(text, p);
    const auto n = token ? parse_int(*token) : std::nullopt;
    out.number = n;
    task = n.has_value();
  }
  if (task) {
    out.kind = SubjectForm::task;
    out.end = p;
  }
}

}  // namespace

SubjectMatch read_subject(std::string_view text) {
  SubjectMatch out;
  std::size_t at = 0;
  if (text.empty()) {
    return out;
  }
  switch (text.front()) {
    case 'T':
      if (eat_task(text, at, out)) {
        out.kind = SubjectForm::task;
        out.end = at;
      }
      break;
    case 'N':
      if (eat(text, at, "NDSession ")) {
        read_daemon_session(text, at, false, out);
      } else if (eat(text, at, "NDNWSession ")) {
        read_daemon_session(text, at, true, out);
      } else if (eat_task(text, at, out)) {
        out.kind = SubjectForm::task;
        out.end = at;
      }
      break;
    case 'B':
    case 'P':
      if (eat(text, at, "BackgroundSession ") || eat(text, at, "ProxySession ")) {
        if (const auto session = eat_token(text, at)) {
          out.kind = SubjectForm::app_session;
          out.session = Uuid::parse(*session);
          out.end = at;
        }
      }
      break;
    default:
      break;
  }
  return out;
}

LineSubject named_in(std::string_view text) {
  LineSubject out;
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    const std::string_view before = text.substr(0, at);
    const bool task = !out.task && before.ends_with("Task ");
    if (!task && (out.session || !before.ends_with("Session "))) {
      continue;
    }
    const auto uuid = Uuid::parse(text.substr(at + 1, kUuidLength));
    if (!uuid || text.substr(at + 1 + kUuidLength, 1) != ">") {
      continue;
    }
    (task ? out.task : out.session) = uuid;
    std::size_t p = at + 1 + kUuidLength + 1;
    if (task && eat(text, p, ".")) {
      const auto number = eat_token(text, p);
      const auto n = number ? parse_int(*number) : std::nullopt;
      out.number = n == 0 ? std::nullopt : n;
    }
    if (out.task && out.session) {
      break;
    }
  }
  return out;
}

bool may_name(std::string_view text) {
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    const std::string_view before = text.substr(0, at);
    if (before.ends_with("Task ") || before.ends_with("Session ")) {
      return true;
    }
  }
  return false;
}

}  // namespace uptrail
