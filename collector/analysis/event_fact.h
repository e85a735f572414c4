// One event -> one fact: which of its fields are the number, the words and the flags that rules compare.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "collector/analysis/facts.h"
#include "collector/model/event.h"

namespace uptrail::analysis {

// The fields of an event by their places: each is found at once, and most questions are about missing ones. The event must
// outlive it.
class EventFields {
 public:
  explicit EventFields(const Event& event) : fields_(event.fields) {
    for (const auto& [field, value] : fields_.all()) {
      places_[static_cast<std::size_t>(field)] = ++count_;
    }
  }
  // As those of Fields.
  [[nodiscard]] const Value* find(Field field) const {
    const std::size_t place = places_[static_cast<std::size_t>(field)];
    return place == 0 ? nullptr : &fields_.all()[place - 1].second;
  }
  [[nodiscard]] bool has(Field field) const { return places_[static_cast<std::size_t>(field)] != 0; }
  [[nodiscard]] std::optional<std::int64_t> integer(Field field) const {
    const Value* v = find(field);
    if (v == nullptr) {
      return std::nullopt;
    }
    const auto* i = std::get_if<std::int64_t>(v);
    return i != nullptr ? *i : fields_.integer(field);
  }
  [[nodiscard]] std::optional<bool> boolean(Field field) const { return has(field) ? fields_.boolean(field) : std::nullopt; }
  [[nodiscard]] double real(Field field, double otherwise) const {
    return has(field) ? fields_.real(field).value_or(otherwise) : otherwise;
  }
  [[nodiscard]] std::string_view text(Field field) const {
    const Value* v = find(field);
    const auto* s = v == nullptr ? nullptr : std::get_if<std::string>(v);
    return s == nullptr ? std::string_view() : std::string_view(*s);
  }
  [[nodiscard]] const std::vector<TaskListing>* tasks(Field field) const { return has(field) ? fields_.tasks(field) : nullptr; }

 private:
  const Fields& fields_;
  std::array<std::uint8_t, kFieldCount> places_{};  // behind the place in Fields::all(); 0: none
  std::uint8_t count_ = 0;
};

// Everything but what reconstruction sets. `device`: it concerns the device or a whole stream.
Fact make_fact(const Event& event, const EventFields& fields, bool device);

}  // namespace uptrail::analysis
