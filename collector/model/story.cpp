#include "collector/model/story.h"

namespace uptrail {

std::string_view story_kind_name(StoryKind kind) {
  switch (kind) {
    case StoryKind::upload:
      return "upload";
    case StoryKind::task:
      return "task";
    case StoryKind::session:
      return "session";
    case StoryKind::wake:
      return "wake";
  }
  return "upload";
}

std::string story_paragraph(const Story& story) {
  std::string out = story.subject + ":";
  for (const Clause& clause : story.clauses) {
    std::string text = clause.text;
    switch (clause.joint) {
      case Joint::first:
        out += " ";
        break;
      case Joint::comma:
        out += ", ";
        break;
      case Joint::and_:
        out += " and ";
        break;
      case Joint::semicolon:
        out += "; ";
        break;
      case Joint::sentence:
        out += ". ";
        if (!text.empty() && text[0] >= 'a' && text[0] <= 'z' && !text.starts_with("nsurlsessiond")) {
          text[0] = static_cast<char>(text[0] - 'a' + 'A');
        }
        break;
    }
    out += text;
  }
  return out + ".";
}

}  // namespace uptrail
