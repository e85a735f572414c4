#include "collector/report/contents_text.h"

#include "collector/base/text.h"

namespace uptrail {

namespace {

// Links, pictures and the like are counted only.
bool deserves_a_word(const Contents::Group& group) {
  return group.fate >= MemberFate::log_archive && group.fate <= MemberFate::case_file && !group.detail.empty();
}

std::string group_text(const Contents::Group& group, const TextStyle& style) {
  std::string name = group.where;
  if (name.empty() && !group.examples.empty()) {
    name = group.examples.front();
    if (group.members > 1) {
      name += " and " + std::to_string(group.members - 1) + " more";
    }
  }
  std::string out = paragraph("    ", printable(name) + ": " + printable(group.detail), style.width);
  if (!group.command.empty()) {
    out += "      " + printable(group.command) + "\n";  // one line, to be copied
  }
  return out;
}

}  // namespace

std::string contents_text(const Contents& contents, const TextStyle& style) {
  std::string out = "  " + printable(contents.path) + (contents.format.empty() ? "" : " (" + printable(contents.format) + ")") +
                    "\n" + paragraph("    ", contents_line(contents), style.width);
  for (const Contents::Group& group : contents.groups) {
    if (deserves_a_word(group)) {
      out += group_text(group, style);
    }
  }
  return out;
}

}  // namespace uptrail
