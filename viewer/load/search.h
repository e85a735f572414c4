// Looking for a text in everything a case has: uploads, tasks, sessions, findings, and the raw lines. In steps, so that the
// thread that does it can answer other questions in between.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "viewer/load/loaded_case.h"
#include "viewer/load/text_match.h"

namespace uptrail::viewer {

enum class HitKind : std::uint8_t { finding, upload, task, session, line };

struct SearchHit {
  HitKind kind = HitKind::line;
  FindingId finding;
  UploadId upload;
  TaskId task;
  SessionId session;
  SourceId source;  // of lines
  std::uint64_t line = 0;
  EventId event;
  std::optional<TimeNs> t;  // normalised; nullopt: no clock
  std::string title;        // what was found
  std::string detail;       // where: "task", "URL", "system.log:17"
};
inline constexpr std::size_t kMaxHits = 5000;

struct SearchResult {
  std::uint64_t number = 0;  // of the question
  std::string text;
  std::vector<SearchHit> hits;  // things first, then lines by source and line
  bool done = false;
  bool cut = false;                  // kMaxHits reached
  std::uint64_t lines_searched = 0;  // so far
  std::string problem;               // why it stopped before its end; "": it did not
};

class Search {
 public:
  Search(std::shared_ptr<const LoadedCase> data, std::uint64_t number, const std::string& text);
  // Looks at some thousand lines. True: there is more to do.
  bool step(CaseReader& reader);
  [[nodiscard]] const SearchResult& result() const { return result_; }

 private:
  void things();  // findings and uploads
  void look_at(const Task& task);
  bool more_tasks(CaseReader& reader);  // some thousands of them; true: there are more
  void sessions();
  void add(SearchHit hit);

  std::shared_ptr<const LoadedCase> data_;
  TextMatch wanted_;
  SearchResult result_;
  enum class Stage : std::uint8_t { things, tasks, lines };
  Stage stage_ = Stage::things;
  std::uint32_t next_task_ = 0;
  std::size_t source_ = 0;
  std::uint64_t next_ = 0;  // line, or row of a source without lines
};

}  // namespace uptrail::viewer
