// A page of the documentation as plain text for a terminal.
#pragma once

#include <string>
#include <string_view>

#include "collector/report/text_layout.h"

namespace uptrail {

// Understands what our pages use: headings, paragraphs, lists, tables, fenced code, `code`, **bold**, *emphasis*, links (their
// text stays). Everything else is kept as it is.
std::string page_text(std::string_view markdown, const TextStyle& style);

}  // namespace uptrail
