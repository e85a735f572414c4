#include "viewer/load/notebook.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "collector/base/text.h"

namespace uptrail::viewer {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "uptrail-notes";
constexpr int kVersion = 1;
constexpr std::uintmax_t kMaxBytes = 16 << 20;

std::string text_of(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

Note note_of(const Json& json) {
  Note note;
  note.text = text_of(json, "text");
  note.fingerprint = text_of(json, "finding");
  note.source_hash = text_of(json, "source");
  note.title = text_of(json, "title");
  if (const auto at = json.find("line"); at != json.end() && at->is_number_unsigned()) note.line = at->get<std::uint64_t>();
  if (const auto at = json.find("t_ns"); at != json.end() && at->is_number_integer()) note.t = TimeNs{at->get<std::int64_t>()};
  return note;
}

Json json_of(const Note& note) {
  Json json = Json::object();
  if (!note.title.empty()) json["title"] = note.title;
  if (!note.fingerprint.empty()) json["finding"] = note.fingerprint;
  if (!note.source_hash.empty()) json["source"] = note.source_hash;
  if (note.line > 0) json["line"] = note.line;
  if (note.t) json["t_ns"] = note.t->ns;
  json["text"] = note.text;
  return json;
}

NotAProblem not_a_problem_of(const Json& json) {
  NotAProblem out;
  out.fingerprint = text_of(json, "finding");
  out.rule = text_of(json, "rule");
  out.title = text_of(json, "title");
  out.reason = text_of(json, "reason");
  out.expires = text_of(json, "expires");
  return out;
}

Json json_of(const NotAProblem& n) {
  Json json = {{"finding", n.fingerprint}, {"rule", n.rule}, {"title", n.title}, {"reason", n.reason}};
  if (!n.expires.empty()) json["expires"] = n.expires;
  return json;
}

template <class T, class F>
void read_list(const Json& root, const char* key, std::vector<T>& into, F make) {
  const auto list = root.find(key);
  if (list == root.end() || !list->is_array()) return;
  for (const Json& item : *list) {
    if (item.is_object()) into.push_back(make(item));
  }
}

Error not_notes(const std::string& why) {
  Error error = fail(ErrorKind::malformed, "the notes cannot be read: " + why);
  error.hint = "move the file away to begin new notes; it is not touched until then";
  return error;
}

bool holds(const NotAProblem& n, const std::string& today) { return n.expires.empty() || today <= n.expires; }

}  // namespace

const NotAProblem* Notebook::set_aside(const std::string& fingerprint, const std::string& today) const {
  const auto at = std::find_if(not_problems.begin(), not_problems.end(),
                               [&](const NotAProblem& n) { return n.fingerprint == fingerprint && holds(n, today); });
  return at == not_problems.end() ? nullptr : &*at;
}

std::string notebook_path(const std::vector<std::string>& opened) {
  if (opened.empty()) return "";
  std::string path = opened.front();
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path + ".notes.json";
}

Result<Notebook> parse_notebook(const std::string& text) {
  const Json root = Json::parse(text, nullptr, false);
  if (root.is_discarded() || !root.is_object()) return not_notes("no JSON object");
  if (text_of(root, "format") != kFormat) return not_notes("not written by Uptrail");
  const auto version = root.find("version");
  if (version == root.end() || !version->is_number_integer() || version->get<int>() > kVersion) {
    return not_notes("written by a newer Uptrail");
  }
  Notebook out;
  read_list(root, "notes", out.notes, note_of);
  read_list(root, "not_problems", out.not_problems, not_a_problem_of);
  return out;
}

std::string notebook_text(const Notebook& notebook) {
  Json root = {{"format", kFormat}, {"version", kVersion}, {"notes", Json::array()}, {"not_problems", Json::array()}};
  for (const Note& note : notebook.notes) root["notes"].push_back(json_of(note));
  for (const NotAProblem& n : notebook.not_problems) root["not_problems"].push_back(json_of(n));
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Notebook> load_notebook(const std::string& path) {
  std::error_code failed;
  if (path.empty() || !std::filesystem::exists(path, failed)) return Notebook{};
  if (std::filesystem::file_size(path, failed) > kMaxBytes || failed)
    return fail(ErrorKind::limit, "the notes are too large", path);
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return fail(ErrorKind::unreadable, "the notes cannot be read", path);
  auto parsed = parse_notebook(text.str());
  if (parsed) return parsed;
  Error error = parsed.error();
  error.path = path;
  return error;
}

Status write_file(const std::string& path, const std::string& text) {
  const std::string beside = path + ".new";
  {
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out << text;
    out.flush();
    if (!out) return fail(ErrorKind::unreadable, "cannot be written", path);
  }
  std::error_code failed;
  std::filesystem::rename(beside, path, failed);
  if (failed) return fail(ErrorKind::unreadable, "cannot be written: " + failed.message(), path);
  return done();
}

Status save_notebook(const std::string& path, const Notebook& notebook) {
  if (path.empty()) return done();
  if (notebook == Notebook{}) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    return done();
  }
  return write_file(path, notebook_text(notebook));
}

std::string ignore_file_text(const Notebook& notebook, const std::string& today) {
  Json root = {{"ignore", Json::array()}};
  for (const NotAProblem& n : notebook.not_problems) {
    if (!holds(n, today)) continue;
    Json item = {{"finding", n.fingerprint}, {"reason", n.reason}};
    if (!n.expires.empty()) item["expires"] = n.expires;
    root["ignore"].push_back(item);
  }
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

bool is_day(const std::string& text) {
  const auto parts = split(text, '-');
  if (text.size() != 10 || parts.size() != 3 || parts[0].size() != 4 || parts[1].size() != 2) return false;
  const auto year = parse_int(parts[0]);
  const auto month = parse_int(parts[1]);
  const auto day = parse_int(parts[2]);
  if (!year || !month || !day || *year < 1970 || *month < 1 || *month > 12 || *day < 1) return false;
  const bool leap = (*year % 4 == 0 && *year % 100 != 0) || *year % 400 == 0;
  const std::int64_t days = *month == 2 ? (leap ? 29 : 28) : *month == 4 || *month == 6 || *month == 9 || *month == 11 ? 30 : 31;
  return *day <= days;
}

}  // namespace uptrail::viewer
