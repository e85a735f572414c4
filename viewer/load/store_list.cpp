#include "viewer/load/store_list.h"

#include <algorithm>
#include <map>
#include <set>

#include "collector/base/text.h"
#include "collector/pipeline/store_titles.h"
#include "collector/timeline/beliefs.h"
#include "viewer/load/text_match.h"

namespace uptrail::viewer {

namespace {

using K = EventKind;

constexpr std::size_t kShownProblems = 8;

const std::vector<EventKind>& row_kinds() {
  static const std::vector<EventKind> kKinds = {K::store_entry, K::store_session, K::store_file};
  return kKinds;
}

bool is_row(const Event& e) { return std::find(row_kinds().begin(), row_kinds().end(), e.kind) != row_kinds().end(); }

void take_problems(const Source& source, StoreHeading& out) {
  out.problem_count = source.issue_count;
  for (const Issue& issue : source.issues) {
    if (out.problems.size() == kShownProblems) break;
    out.problems.push_back(issue.detail);
  }
}

// Of the streams of one source.
struct Clock {
  bool placed = false;
  std::optional<Interval> span;
};

std::vector<std::string> listed(const std::set<std::string>& names) { return {names.begin(), names.end()}; }

// A file that is a store: one heading for all of it.
Result<StoreHeading> heading_of_file(CaseReader& reader, const Source& source, const Clock& clock) {
  StoreHeading out;
  out.span = clock.span;
  out.source = source.id;
  out.path = source.path;
  out.format = store_title(source.container);
  out.unparsed = source.accounting.unparsed;
  out.placed = clock.placed;
  take_problems(source, out);
  std::set<std::string> bundles;
  std::optional<Interval> dated;
  bool snapshot = false;
  EventQuery query;
  query.source = source.id;
  query.span = clock.span;
  UPTRAIL_TRY(reader.for_each_event(query, [&](const Event& e) {
    if (!e.bundle.empty()) bundles.insert(e.bundle);
    if (const auto store = e.fields.text(Field::store); !store.empty()) out.store = store;
    if (e.kind == K::store_snapshot) {
      snapshot = true;
      out.taken = {e.t, e.t};
      const bool whole = e.fields.boolean(Field::complete).value_or(true);
      out.complete = out.complete.value_or(true) && whole;
      return true;
    }
    ++out.rows;
    if (e.t_src) dated = dated ? Interval{std::min(dated->start, e.t), std::max(dated->end, e.t)} : Interval{e.t, e.t};
    return true;
  }));
  out.bundles = listed(bundles);
  out.taken_by = snapshot ? TakenBy::file_time : dated ? TakenBy::rows : TakenBy::nothing;
  if (!snapshot && dated) out.taken = *dated;
  return out;
}

// A log that tells of stores: one heading for each time that one was read.
Status headings_of_log(CaseReader& reader, const Source& source, const Clock& clock, StoreList& out) {
  std::map<std::pair<std::string, std::string>, std::size_t> open;  // by store and bundle: the last one
  EventQuery query;
  query.source = source.id;
  query.span = clock.span;
  query.kinds = row_kinds();
  query.kinds.push_back(K::store_snapshot);
  std::vector<Event> events;
  UPTRAIL_TRY(reader.for_each_event(query, [&](const Event& e) {
    Event kept;  // without its other fields
    kept.kind = e.kind;
    kept.seq = e.seq;
    kept.t = e.t;
    kept.t_src = e.t_src;
    kept.bundle = e.bundle;
    kept.fields.set(Field::store, std::string(e.fields.text(Field::store)));
    if (const auto complete = e.fields.boolean(Field::complete)) kept.fields.set(Field::complete, *complete);
    events.push_back(std::move(kept));
    return true;
  }));
  std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.seq < b.seq; });
  for (const Event& e : events) {
    const std::pair key(std::string(e.fields.text(Field::store)), e.bundle);
    const auto known = open.find(key);
    if (is_row(e) && known != open.end()) {
      ++out[known->second].rows;
      continue;
    }
    if (known != open.end()) out[known->second].end_seq = e.seq;
    StoreHeading heading;
    heading.source = source.id;
    heading.path = source.path;
    heading.format = "told by a log";
    heading.told = true;
    heading.store = key.first;
    if (!e.bundle.empty()) heading.bundles = {e.bundle};
    heading.taken = {e.t, e.t};
    heading.taken_by = e.t_src ? TakenBy::log : TakenBy::nothing;
    heading.placed = clock.placed;
    heading.span = clock.span;
    heading.complete = e.fields.boolean(Field::complete);
    heading.rows = is_row(e) ? 1 : 0;
    heading.first_seq = e.seq;
    open[key] = out.size();
    out.push_back(std::move(heading));
  }
  return done();
}

std::string size_text(std::int64_t bytes) {
  constexpr std::int64_t kKilo = 1000;
  if (bytes < kKilo) return std::to_string(bytes) + " B";
  const char* const units[] = {"kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes) / kKilo;
  std::size_t unit = 0;
  for (; value >= 999.95 && unit < 3; ++unit) value /= kKilo;
  const auto tenths = static_cast<std::int64_t>(value * 10 + 0.5);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " " + units[unit];
}

std::string bytes_text(const Event& e) {
  const auto sent = e.fields.integer(Field::sent);
  const auto expected = e.fields.integer(Field::expected);
  if (sent && expected && *sent == *expected) return "all of " + size_text(*expected);
  if (sent && expected) return size_text(*sent) + " of " + size_text(*expected);
  if (sent || expected) return sent ? size_text(*sent) : "of " + size_text(*expected);
  if (const auto about = e.fields.integer(Field::sent_about)) return "about " + size_text(*about);
  if (const auto size = e.fields.integer(Field::size)) return size_text(*size);
  return "";
}

std::string error_text(const Event& e) {
  auto code = e.fields.integer(Field::error_code);
  if (!code) code = e.fields.integer(Field::code);
  std::string text(e.fields.text(Field::error_domain));
  if (code && *code != 0) text += (text.empty() ? "" : " ") + std::to_string(*code);
  if (!code || *code == 0) text = std::string(e.fields.text(Field::error));
  if (const auto status = e.fields.integer(Field::status)) text += (text.empty() ? "HTTP " : ", HTTP ") + std::to_string(*status);
  return text;
}

std::string about_text(const Event& e) {
  for (const Field field : {Field::desc, Field::upload_id}) {
    if (const auto text = e.fields.text(field); !text.empty()) return std::string(text);
  }
  if (const auto id = e.fields.integer(Field::id)) return "task " + std::to_string(*id);
  if (const auto uuid = e.fields.uuid(Field::uuid)) return uuid->text();
  return std::string(e.fields.text(Field::file));
}

}  // namespace

Result<StoreList> read_store_list(CaseReader& reader, const std::vector<Source>& sources, const std::vector<Stream>& streams) {
  StoreList out;
  for (const Source& source : sources) {
    bool speaks = source.is_store;
    Clock clock;
    bool timeless = false;
    for (const Stream& s : streams) {
      if (s.source != source.id) continue;
      speaks = speaks || s.observer == Observer::store;
      clock.placed = clock.placed || s.placed;
      timeless = timeless || !s.open;
      if (!s.open) continue;
      const Interval own{s.open->start, s.open->end + nanoseconds(1)};
      clock.span = clock.span ? Interval{std::min(clock.span->start, own.start), std::max(clock.span->end, own.end)} : own;
    }
    if (timeless) clock.span.reset();
    if (!speaks) continue;
    if (!source.is_store) {
      UPTRAIL_TRY(headings_of_log(reader, source, clock, out));
      continue;
    }
    auto heading = heading_of_file(reader, source, clock);
    UPTRAIL_TRY(heading);
    out.push_back(heading.take());
  }
  return out;
}

StoreRows read_store_rows(CaseReader& reader, const StoreHeading& store) {
  StoreRows out;
  EventQuery query;
  query.source = store.source;
  query.span = store.span;
  const bool file = !store.told;
  if (!file) query.kinds = row_kinds();
  const Status read = reader.for_each_event(query, [&](const Event& e) {
    if (e.kind == K::store_snapshot || e.seq < store.first_seq || e.seq >= store.end_seq) return true;
    if (!file && e.fields.text(Field::store) != store.store) return true;
    if (out.rows.size() == kMaxStoreRows) {
      out.cut = true;
      return false;
    }
    StoreRow row;
    row.event = e.id;
    row.task = e.task;
    row.upload = e.upload;
    if (store.taken_by == TakenBy::rows && e.t_src) row.t = e.t;
    row.row = !e.store_row.empty() ? e.store_row : e.span.line > 0 ? "line " + std::to_string(e.span.line) : "";
    row.about = about_text(e);
    row.claims = timeline::claim_words(e);
    row.bytes = bytes_text(e);
    row.error = error_text(e);
    row.session = e.fields.text(Field::identifier);
    out.rows.push_back(std::move(row));
    return true;
  });
  if (!read.ok()) out.problem = read.error().text();
  return out;
}

std::vector<std::uint32_t> rows_with(const StoreRows& rows, const std::string& text) {
  const TextMatch wanted(trim(text));
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < rows.rows.size(); ++i) {
    const StoreRow& r = rows.rows[i];
    const bool passes = wanted.empty() || wanted.in(r.about) || wanted.in(r.claims) || wanted.in(r.session) ||
                        wanted.in(r.error) || wanted.in(r.row) || wanted.in(r.bytes);
    if (passes) out.push_back(i);
  }
  return out;
}

}  // namespace uptrail::viewer
