// Stories for people and for programs.
#pragma once

#include <span>
#include <string>

#include "collector/model/story.h"
#include "collector/report/check_data.h"
#include "collector/report/text_layout.h"

namespace uptrail {

// A paragraph each, with the rules that found something behind it. `places`: each clause on a line with where it can be read.
std::string stories_text(const CheckData& data, std::span<const Story> stories, bool places, const TextStyle& style);

// One object, uptrail.story/1 (schemas/story.schema.json). Ends with '\n'.
std::string stories_json(const CheckData& data, std::span<const Story> stories);

// The events behind all clauses, each once, ascending.
std::vector<EventId> story_events(std::span<const Story> stories);

}  // namespace uptrail
