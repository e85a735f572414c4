// What loggers print between the time and the text: level, thread, file and line, process, label.
#pragma once

#include <optional>
#include <string_view>

#include "collector/model/record.h"

namespace uptrail {

// `before` stood before the time, `rest` behind it. Sets level, thread, process, pid and category where they are recognisable,
// and message.
void take_log_tags(std::string_view before, std::string_view rest, Record& out);

// A level in any usual spelling, with brackets or a colon; nullopt: another word.
std::optional<LogLevel> level_of_word(std::string_view word);
// What loggers print before the time: a level or an icon.
bool is_word_before_time(std::string_view word);

}  // namespace uptrail
