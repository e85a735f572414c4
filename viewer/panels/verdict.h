// The words on top of the window: outcome, counts, title, what evidence there was. Pure.
#pragma once

#include <string>

#include "viewer/panels/state.h"

namespace uptrail::viewer {

std::string outcome_word(Outcome outcome);  // "OK", "FAIL", "COULD NOT TELL"
// "4 causes (3 errors, 1 warning), 8 findings; 4 of 14 uploads affected, 1 cannot tell"
std::string verdict_line(const LoadedCase& data);
// "Shoebox 3.2, iOS 26.1, 18 Nov 2026 14:00–17:45 +01:00 (synthetic)"
std::string title_line(const LoadedCase& data);

// Times on the axis of the scene. digits: decimals of the second.
std::string clock_text(const UiState& state, TimeNs t, int digits);    // as the user wants them; needs a case
std::string clock_text(const LoadedCase& data, TimeNs t, int digits);  // as the device showed them
int zone_minutes(const UiState& state);                                // what is added to UTC
std::string zone_shown(const UiState& state);                          // "+01:00, as the device", "UTC"
std::string date_text(TimeNs t, int zone_offset_minutes);              // "18 Nov 2026"
std::string zone_text(int zone_offset_minutes);                        // "+01:00", "UTC"

}  // namespace uptrail::viewer
