#include "collector/messages/redaction.h"

#include <algorithm>
#include <array>
#include <vector>

namespace uptrail {

namespace {

constexpr std::string_view kMask = "<mask.hash:";
constexpr std::size_t kMaxMask = 128;
constexpr std::array<std::string_view, 8> kHidden = {"<private>", "(null)", "<redacted>",  "<REDACTED>",
                                                     "<<~~~>",    "<~~~>",  "<<private>>", "<decode: missing data>"};
constexpr std::size_t kMinRun = 3;

bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

void drop_if_redacted(std::string& text) {
  if (is_redacted(text)) {
    text.clear();
  }
}

}  // namespace

std::size_t redacted_length(std::string_view text) {
  if (text.empty() || (text.front() != '<' && text.front() != '(')) {
    return 0;
  }
  for (const std::string_view known : kHidden) {
    if (text.starts_with(known)) {
      return known.size();
    }
  }
  if (text.starts_with(kMask)) {
    const std::size_t end = text.substr(0, kMaxMask).find('>');
    return end == std::string_view::npos ? 0 : end + 1;
  }
  return 0;
}

std::size_t overwritten_length(std::string_view text) {
  if (text.empty() || (text.front() != 'x' && text.front() != 'X' && text.front() != '*')) {
    return 0;
  }
  const char c = text.front();
  const std::size_t end = std::min(text.find_first_not_of(c == '*' ? "*" : c == 'x' ? "x-" : "X-"), text.size());
  return end < kMinRun || (end < text.size() && is_word(text[end])) ? 0 : end;
}

bool is_redacted(std::string_view value) {
  return !value.empty() && (redacted_length(value) == value.size() || overwritten_length(value) == value.size());
}

bool has_hidden_value(std::string_view line) {
  for (std::size_t at = line.find('<'); at != std::string_view::npos; at = line.find('<', at + 1)) {
    if (redacted_length(line.substr(at)) != 0) {
      return true;
    }
  }
  return false;
}

void drop_redacted(Event& event) {
  for (std::string* text : {&event.device, &event.bundle, &event.process}) {
    drop_if_redacted(*text);
  }
  std::vector<Field> hidden;
  for (const auto& [field, value] : event.fields.all()) {
    const auto* text = std::get_if<std::string>(&value);
    if (text != nullptr && is_redacted(*text)) {
      hidden.push_back(field);
    }
  }
  for (const Field field : hidden) {
    event.fields.set(field, std::monostate{});
  }
  if (const auto* tasks = event.fields.tasks(Field::tasks)) {
    std::vector<TaskListing> listed = *tasks;
    for (TaskListing& task : listed) {
      drop_if_redacted(task.desc);
      drop_if_redacted(task.url);
    }
    if (listed != *tasks) {
      event.fields.set(Field::tasks, std::move(listed));
    }
  }
}

}  // namespace uptrail
