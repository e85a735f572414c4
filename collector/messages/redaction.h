// Values that were hidden: by the system (<private>, <mask.hash: '…'>, <~~~>), by a missing object ((null)), or by the hands of
// whoever posted the log (xxx, *****). Such a value is never a key and never joins anything.
#pragma once

#include <cstddef>
#include <string_view>

#include "collector/model/event.h"

namespace uptrail {

// Bytes of a hidden or missing value at the beginning of the text: "<private>", "(null)", "<mask.hash: '…'>" …; 0: none.
std::size_t redacted_length(std::string_view text);

// The same for a run that was typed over by hand: "xxx", "XXXXXXXX-XXXX", "*****"; at least three characters.
std::size_t overwritten_length(std::string_view text);

// Is the whole value hidden or missing?
bool is_redacted(std::string_view value);

// Does the system hide something in this line? Hand-made forms do not count: they say nothing about the device.
bool has_hidden_value(std::string_view line);

// Takes hidden values out of an event: unset is what they mean.
void drop_redacted(Event& event);

}  // namespace uptrail
