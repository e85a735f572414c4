// Time stamps that show month and day but no year ("Nov 18 14:41:03").
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "collector/base/time.h"
#include "collector/containers/header_scan.h"
#include "collector/model/record.h"

namespace uptrail {

// "Nov 18 14:41:03", "Apr  2 03:00:26", "Nov 18 14:41:03.123456". The time is that of the year 1972, which has all days;
// nullopt: no such day. YearlessClock says which year of the file it belongs to.
struct YearlessStamp {
  std::optional<TimeNs> in_1972;
  bool whole_seconds = true;
};
class YearlessReader {
 public:
  // False: the text is not of that shape.
  bool read(HeaderScan& in, YearlessStamp& out);
  // May `line`, cut off by the end of the input, be the beginning of such a stamp?
  static bool begins(std::string_view line);

 private:
  int day_key_ = -1;
  std::optional<std::int64_t> day_ns_;
};

// Counts the years of one file, whose stamps come in file order. The file begins in 1972, standing for any year. December
// followed by January is a new year; other steps back are left as they are. A step from before 29 February to after it, without a
// line of that day, says that the year has none: then there is none here either, so that durations stay right.
class YearlessClock {
 public:
  TimeNs place(TimeNs in_1972);
  [[nodiscard]] std::optional<int> leap_year() const { return leap_year_; }
  [[nodiscard]] std::optional<int> common_year() const { return common_year_; }

 private:
  [[nodiscard]] std::int64_t at(int year, std::int64_t day) const;
  void look_at_february(std::int64_t from, std::int64_t to);

  std::optional<TimeNs> last_;   // as placed
  std::int64_t last_day_ = 0;    // of the year, from 0; 59 is 29 February
  int year_ = 0;                 // of the last stamp
  std::int64_t year_start_ = 0;  // days from 1 January of year 0
  bool leap_ = false;            // the current year has a line of 29 February
  bool common_ = false;          // it has no such day
  std::optional<int> leap_year_, common_year_;
};

}  // namespace uptrail
