// The time stamps of an app's own log: their shape is learnt from the head, so that a date in the text is not taken for one.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "collector/base/time.h"

namespace uptrail {

enum class DateOrder : std::uint8_t { none, ymd, dmy, mdy, unsure };  // unsure: day and month cannot be told apart
enum class StampZone : std::uint8_t { none, attached, after_blank };

// Two stamps of one log are of equal shape; the digits of the fraction may differ.
struct StampShape {
  std::uint8_t lead = 0;  // words before it: a level, an icon
  char bracket = '\0';    // '[', '(' or '<' directly before it
  DateOrder order = DateOrder::none;
  bool month_name = false;
  char date_mark = '\0';  // between the parts of the date
  char join = '\0';       // between date and time: blank, 'T', ',', ':' …
  bool half_day = false;  // AM or PM
  StampZone zone = StampZone::none;
  friend bool operator==(const StampShape&, const StampShape&) = default;
};

struct PrintedStamp {
  StampShape shape;
  int first = 0, second = 0, third = 0;  // of the date, as printed
  std::int64_t of_day = 0;               // ns since local midnight
  std::optional<int> zone_minutes;
  std::string_view lead;  // the words before it, with their blanks
  std::string_view rest;  // behind it and its closing bracket
};

// The stamp at the front of `line`, of any shape (order is ymd, unsure or none unless a month name says it); nullopt: none.
std::optional<PrintedStamp> find_stamp(std::string_view line);

struct LearntStamps {
  StampShape shape;  // order as printed: unsure stays
  DateOrder order = DateOrder::none;
  bool guessed = false;   // nothing in the head tells day and month apart
  std::size_t lines = 0;  // of this shape
};
// The shape that most lines have; nullopt: no line has one.
std::optional<LearntStamps> learn_stamps(const std::vector<std::string_view>& lines);

// ns since 1970, as if the zone that the stamp prints (or UTC) applied; ns since midnight when there is no date. nullopt: no such
// day.
std::optional<TimeNs> time_of(const PrintedStamp& stamp, DateOrder order);

}  // namespace uptrail
