// From a template to the text of a pattern, with names for what varies, and guesses at its meaning. Private to this folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collector/messages/draft_templates.h"
#include "collector/model/event.h"

namespace uptrail::draft {

// How much the template has to do with uploads; 0: nothing.
int relation(const Template& t);

struct Meaning {
  std::optional<EventKind> kind;        // only when the line names the delegate method
  std::vector<std::string> candidates;  // kinds a person may choose from
};
Meaning meaning_of(const Template& t);

// The pattern; captures are named like fields where the words before them suggest it. With `kind`, a name of a field that the
// kind does not have, or of another type, is avoided. "": too little text that stays, or too long.
std::string pattern_text(const Template& t, std::optional<EventKind> kind);

// "upload-finished": words of the template.
std::string slug(const Template& t);

}  // namespace uptrail::draft
