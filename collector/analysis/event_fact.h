// One event -> one fact: which of its fields are the number, the words and the flags that rules compare.
#pragma once

#include <bitset>
#include <optional>
#include <string_view>

#include "collector/analysis/facts.h"
#include "collector/model/event.h"

namespace uptrail::analysis {

// The fields of an event beside which of them there are. Most questions are about missing ones: they cost a look at one bit.
// The event must outlive it.
class EventFields {
 public:
  explicit EventFields(const Event& event) : fields_(event.fields) {
    for (const auto& [field, value] : fields_.all()) {
      there_.set(static_cast<std::size_t>(field));
    }
  }
  // As those of Fields.
  [[nodiscard]] bool has(Field field) const { return there_[static_cast<std::size_t>(field)]; }
  [[nodiscard]] std::optional<std::int64_t> integer(Field field) const {
    return has(field) ? fields_.integer(field) : std::nullopt;
  }
  [[nodiscard]] std::optional<bool> boolean(Field field) const { return has(field) ? fields_.boolean(field) : std::nullopt; }
  [[nodiscard]] double real(Field field, double otherwise) const {
    return has(field) ? fields_.real(field).value_or(otherwise) : otherwise;
  }
  [[nodiscard]] std::string_view text(Field field) const { return has(field) ? fields_.text(field) : std::string_view(); }
  [[nodiscard]] const std::vector<TaskListing>* tasks(Field field) const { return has(field) ? fields_.tasks(field) : nullptr; }

 private:
  const Fields& fields_;
  std::bitset<kFieldCount> there_;
};

// Everything but what reconstruction sets. `device`: it concerns the device or a whole stream.
Fact make_fact(const Event& event, const EventFields& fields, bool device);

}  // namespace uptrail::analysis
