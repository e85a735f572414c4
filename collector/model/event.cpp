#include "collector/model/event.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace uptrail {

namespace {
auto lower(std::vector<std::pair<Field, Value>>& items, Field f) {
  return std::lower_bound(items.begin(), items.end(), f, [](const auto& item, Field field) { return item.first < field; });
}
}  // namespace

void Fields::set(Field field, Value value) {
  const auto it = lower(items_, field);
  const bool present = it != items_.end() && it->first == field;
  if (std::holds_alternative<std::monostate>(value)) {
    if (present) {
      items_.erase(it);
    }
  } else if (present) {
    it->second = std::move(value);
  } else {
    const auto at = it - items_.begin();
    if (items_.capacity() == 0) {
      items_.reserve(8);  // most events have fewer
    }
    items_.emplace(items_.begin() + at, field, std::move(value));
  }
}

const Value* Fields::find(Field field) const {
  const auto it = std::lower_bound(items_.begin(), items_.end(), field, [](const auto& item, Field f) { return item.first < f; });
  return it != items_.end() && it->first == field ? &it->second : nullptr;
}

std::optional<std::int64_t> Fields::integer(Field field) const {
  const Value* v = find(field);
  if (v == nullptr) {
    return std::nullopt;
  }
  if (const auto* i = std::get_if<std::int64_t>(v)) {
    return *i;
  }
  const auto* d = std::get_if<double>(v);
  if (d != nullptr && std::floor(*d) == *d && std::abs(*d) < 9e15) {
    return static_cast<std::int64_t>(*d);
  }
  return std::nullopt;
}

std::optional<double> Fields::real(Field field) const {
  const Value* v = find(field);
  if (v == nullptr) {
    return std::nullopt;
  }
  if (const auto* i = std::get_if<std::int64_t>(v)) {
    return static_cast<double>(*i);
  }
  const auto* d = std::get_if<double>(v);
  return d == nullptr ? std::nullopt : std::optional(*d);
}

std::optional<bool> Fields::boolean(Field field) const {
  const Value* v = find(field);
  const auto* b = v == nullptr ? nullptr : std::get_if<bool>(v);
  return b == nullptr ? std::nullopt : std::optional(*b);
}

std::string_view Fields::text(Field field) const {
  const Value* v = find(field);
  const auto* s = v == nullptr ? nullptr : std::get_if<std::string>(v);
  return s == nullptr ? std::string_view() : std::string_view(*s);
}

std::optional<Uuid> Fields::uuid(Field field) const {
  const Value* v = find(field);
  const auto* u = v == nullptr ? nullptr : std::get_if<Uuid>(v);
  return u == nullptr ? std::nullopt : std::optional(*u);
}

std::optional<TimeNs> Fields::time(Field field) const {
  const Value* v = find(field);
  const auto* t = v == nullptr ? nullptr : std::get_if<TimeNs>(v);
  return t == nullptr ? std::nullopt : std::optional(*t);
}

const std::vector<std::string>* Fields::texts(Field field) const {
  const Value* v = find(field);
  return v == nullptr ? nullptr : std::get_if<std::vector<std::string>>(v);
}

const std::vector<TaskListing>* Fields::tasks(Field field) const {
  const Value* v = find(field);
  return v == nullptr ? nullptr : std::get_if<std::vector<TaskListing>>(v);
}

std::string_view issue_kind_name(IssueKind kind) {
  constexpr std::array<std::string_view, 10> kNames = {"unparsed", "bad-value", "truncated", "invalid-utf8", "limit",
                                                       "loss",     "clock",     "damaged",   "repeated",     "note"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view level_name(LogLevel level) {
  constexpr std::array<std::string_view, 6> kNames = {"", "debug", "info", "default", "error", "fault"};
  return kNames[static_cast<std::size_t>(level)];
}

std::string_view clock_kind_name(ClockKind kind) {
  constexpr std::array<std::string_view, 3> kNames = {"absolute", "floating", "none"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view date_shown_name(DateShown date) {
  constexpr std::array<std::string_view, 3> kNames = {"full", "month and day", "none"};
  return kNames[static_cast<std::size_t>(date)];
}

}  // namespace uptrail
