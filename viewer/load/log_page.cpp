#include "viewer/load/log_page.h"

#include <algorithm>

#include "viewer/load/text_match.h"

namespace uptrail::viewer {

namespace {

constexpr std::uint64_t kLinesBefore = 400;
constexpr std::size_t kLinesInPage = 1200;
constexpr std::size_t kLinesAtOnce = 8000;
constexpr std::size_t kMostLooked = 400'000;  // lines, for one page

class LineFilter {
 public:
  LineFilter(CaseReader& reader, const LoadedCase& data, const Source* source, const Filter& filter)
      : reader_(reader), data_(data), source_(source), filter_(filter), text_(filter.text) {}

  [[nodiscard]] bool passes(const RawLine& line) {
    if (!text_.in(line.text)) return false;
    if (filter_.span && !in_span(line)) return false;
    return (!filter_.app && !filter_.session) || of_subject(line);
  }

 private:
  [[nodiscard]] bool in_span(const RawLine& line) const {
    if (!line.t_src || source_ == nullptr) return false;
    return filter_.span->contains(*line.t_src + source_->clock_info.offset);
  }
  // Only events say whom they concern.
  bool of_subject(const RawLine& line) {
    if (!line.is_event) return false;
    const auto event = reader_.event(line.event);
    if (!event || !event.value()) return false;
    const Event& e = *event.value();
    if (filter_.app && e.unit != *filter_.app) return false;
    if (!filter_.session) return true;
    return e.session == *filter_.session || session_of(e.task) == *filter_.session;
  }

  SessionId session_of(TaskId task) {
    if (sessions_.empty()) sessions_ = data_.sessions_of_tasks();
    return task.value < sessions_.size() ? sessions_[task.value] : SessionId{};
  }

  CaseReader& reader_;
  const LoadedCase& data_;
  std::vector<SessionId> sessions_;  // by task; made when it is needed
  const Source* source_;
  const Filter& filter_;
  TextMatch text_;
};

LogPage plain_page(CaseReader& reader, LogPage page, std::uint64_t line) {
  page.first_line = line > kLinesBefore ? line - kLinesBefore : 0;
  auto lines = reader.raw_lines(page.source, page.first_line, kLinesInPage);
  if (!lines) {
    page.problem = lines.error().text();
    return page;
  }
  page.lines = lines.take();
  page.at_start = page.first_line == 0;
  page.at_end = page.lines.size() < kLinesInPage;
  return page;
}

}  // namespace

LogPage read_log_page(CaseReader& reader, const LoadedCase& data, SourceId source, std::uint64_t line, const Filter& filter) {
  LogPage page;
  page.source = source;
  if (!filter.about_lines()) return plain_page(reader, std::move(page), line);
  page.filtered = true;
  page.first_line = line > kLinesAtOnce ? line - kLinesAtOnce : 0;
  page.at_start = page.first_line == 0;
  LineFilter sieve(reader, data, data.source(source), filter);
  std::uint64_t next = page.first_line;
  for (std::size_t looked = 0; looked < kMostLooked && page.lines.size() < kLinesInPage;) {
    auto lines = reader.raw_lines(source, next, kLinesAtOnce);
    if (!lines) {
      page.problem = lines.error().text();
      break;
    }
    looked += lines->size();
    const bool last = lines->size() < kLinesAtOnce;
    if (!lines->empty()) next = lines->back().span.line > 0 ? lines->back().span.line + 1 : next + lines->size();
    for (RawLine& raw : *lines) {
      if (sieve.passes(raw)) page.lines.push_back(std::move(raw));
    }
    page.at_end = last;
    if (last) break;
  }
  // What lies far before the line gives way to what follows it.
  const auto at = std::find_if(page.lines.begin(), page.lines.end(), [&](const RawLine& raw) { return raw.span.line >= line; });
  const auto before = static_cast<std::uint64_t>(at - page.lines.begin());
  if (before > kLinesBefore) {
    page.lines.erase(page.lines.begin(), page.lines.begin() + static_cast<std::ptrdiff_t>(before - kLinesBefore));
    page.at_start = false;
  }
  return page;
}

}  // namespace uptrail::viewer
