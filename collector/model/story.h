// What happened to one upload, task, session or wake, as a paragraph of clauses: plain data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/ids.h"

namespace uptrail {

enum class StoryKind : std::uint8_t { upload, task, session, wake };

// How a clause follows the one before it. `first` begins the paragraph.
enum class Joint : std::uint8_t { first, comma, and_, semicolon, sentence };

struct Clause {
  std::string text;             // without the punctuation around it
  std::vector<EventId> events;  // what it rests on; of a clause about what is missing: what it was due after, and the manifest
  Joint joint = Joint::semicolon;
};

struct Story {
  StoryKind kind = StoryKind::upload;
  std::uint32_t index = 0;  // the id in the case
  std::string subject;      // "Upload IMG_0042"
  std::vector<Clause> clauses;
  std::vector<FindingId> findings;  // about the subject or its tasks; gravest first
};

std::string_view story_kind_name(StoryKind kind);  // "upload", "task", "session", "wake"

// The clauses with their punctuation: one paragraph that begins with the subject. Texts come from logs and are still untrusted.
std::string story_paragraph(const Story& story);

}  // namespace uptrail
