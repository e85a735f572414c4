#include "viewer/load/search.h"

#include <algorithm>

#include "collector/base/text.h"
#include "viewer/load/names.h"

namespace uptrail::viewer {

namespace {

constexpr std::size_t kLinesAtOnce = 8000;
constexpr std::uint32_t kTasksAtOnce = 20'000;
constexpr std::size_t kTitleBytes = 400;

// The part of a long line around what was found.
std::string excerpt(const std::string& text, std::size_t at) {
  constexpr std::size_t kBefore = 60;
  std::size_t from = at > kBefore ? at - kBefore : 0;
  while (from > 0 && (static_cast<unsigned char>(text[from]) & 0xC0U) == 0x80U) --from;
  std::string out = (from > 0 ? "…" : "") + ellipsize(std::string_view(text).substr(from), kTitleBytes);
  std::replace(out.begin(), out.end(), '\n', ' ');
  std::replace(out.begin(), out.end(), '\t', ' ');
  return out;
}

SearchHit hit_of(HitKind kind) {
  SearchHit hit;
  hit.kind = kind;
  return hit;
}

}  // namespace

Search::Search(std::shared_ptr<const LoadedCase> data, std::uint64_t number, const std::string& text)
    : data_(std::move(data)), wanted_(text) {
  result_.number = number;
  result_.text = text;
}

void Search::add(SearchHit hit) {
  if (result_.hits.size() >= kMaxHits) {
    result_.cut = true;
    return;
  }
  result_.hits.push_back(std::move(hit));
}

void Search::things() {
  const Derived& d = data_->derived;
  for (const Finding& f : d.findings) {
    if (!wanted_.in(f.title) && !wanted_.in(f.rule) && !wanted_.in(f.fingerprint)) continue;
    SearchHit hit = hit_of(HitKind::finding);
    hit.finding = f.id;
    hit.t = f.t;
    hit.title = f.title;
    hit.detail = f.rule;
    add(std::move(hit));
  }
  for (std::uint32_t i = 0; i < data_->upload_count(); ++i) {
    const timeline::UploadView u = data_->upload(UploadId{i});
    if (!wanted_.in(u.name) && !wanted_.in(u.last_state)) continue;
    SearchHit hit = hit_of(HitKind::upload);
    hit.upload = u.id;
    hit.t = u.seen.start;
    hit.title = std::string(u.name);
    hit.detail = "upload, " + std::string(upload_outcome_name(u.outcome));
    add(std::move(hit));
  }
}

void Search::look_at(const Task& t) {
  const std::string uuid = t.uuid ? t.uuid->text() : "";
  const char* where = wanted_.in(t.desc)   ? "task"
                      : wanted_.in(t.url)  ? "URL"
                      : wanted_.in(uuid)   ? "task UUID"
                      : wanted_.in(t.file) ? "file"
                                           : nullptr;
  if (where == nullptr) return;
  SearchHit hit = hit_of(HitKind::task);
  hit.task = t.id;
  hit.upload = t.upload;
  hit.t = t.seen.start;
  hit.title = task_name(t);
  const std::string w = where;
  hit.detail = w == "URL" ? t.url : w == "task UUID" ? uuid : w == "file" ? t.file : "task";
  add(std::move(hit));
}

bool Search::more_tasks(CaseReader& reader) {
  if (data_->has_all_tasks()) {
    for (const Task& task : data_->derived.tasks) look_at(task);
    return false;
  }
  const std::uint32_t end = next_task_ + kTasksAtOnce;
  const Status read = reader.for_each_task(TaskId{next_task_}, [&](const Task& task) {
    if (task.id.value < end) look_at(task);
    return task.id.value + 1 < end;
  });
  if (!read.ok()) result_.problem = read.error().text();
  next_task_ = end;
  return read.ok() && next_task_ < data_->task_count() && !result_.cut;
}

void Search::sessions() {
  for (const Session& s : data_->derived.sessions) {
    std::string uuid;
    for (const Uuid& u : s.uuids) {
      if (wanted_.in(u.text())) uuid = u.text();
    }
    if (!wanted_.in(s.identifier) && uuid.empty()) continue;
    SearchHit hit = hit_of(HitKind::session);
    hit.session = s.id;
    hit.title = s.identifier.empty() ? "(name not logged)" : s.identifier;
    hit.detail = uuid.empty() ? "session" : uuid;
    add(std::move(hit));
  }
}

bool Search::step(CaseReader& reader) {
  if (wanted_.empty()) result_.done = true;
  if (result_.done) return false;
  if (stage_ == Stage::things) {
    things();
    stage_ = Stage::tasks;
    if (!data_->has_all_tasks()) return true;
  }
  if (stage_ == Stage::tasks) {
    if (more_tasks(reader)) return true;
    sessions();
    stage_ = Stage::lines;
    return true;
  }
  if (source_ >= data_->sources.size() || result_.cut) {
    result_.done = true;
    return false;
  }
  const Source& source = data_->sources[source_];
  const auto lines = reader.raw_lines(source.id, next_, kLinesAtOnce);
  if (!lines) {
    result_.problem = lines.error().text();
    result_.done = true;
    return false;
  }
  const bool more = lines.value().size() == kLinesAtOnce;
  // Several records may stand on one line: the last line of a full step is left to the next one.
  const std::uint64_t last = more ? lines.value().back().span.line : 0;
  const bool again = last > 0 && lines.value().front().span.line < last;
  for (const RawLine& line : lines.value()) {
    if (again && line.span.line == last) break;
    ++result_.lines_searched;
    const std::size_t at = wanted_.find(line.text);
    if (at == std::string::npos) continue;
    SearchHit hit = hit_of(HitKind::line);
    hit.source = source.id;
    hit.line = line.span.line;
    if (line.is_event) hit.event = line.event;
    if (line.t_src && source.clock != ClockKind::none) hit.t = *line.t_src + source.clock_info.offset;
    hit.title = excerpt(line.text, at);
    hit.detail = file_name(source.path) + (line.span.line > 0 ? ":" + std::to_string(line.span.line) : "");
    add(std::move(hit));
  }
  if (more) {
    next_ = again ? last : last > 0 ? last + 1 : next_ + kLinesAtOnce;
  } else {
    ++source_;
    next_ = 0;
  }
  return true;
}

}  // namespace uptrail::viewer
