#include "collector/messages/draft_pattern.h"

#include <algorithm>
#include <array>
#include <set>

#include "collector/base/text.h"
#include "collector/messages/catalogue.h"

namespace uptrail::draft {

namespace {

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string literals(const Template& t) {
  std::string out;
  for (const Word& w : t.words) {
    out += w.gap;
    for (const Piece& p : w.pieces) {
      out += p.variable ? "\xFF" : p.text;
    }
  }
  return out;
}

// The words of letters in a text, in lower case; "didCompleteWithError" gives did, complete, with, error.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  const auto close = [&] {
    if (!word.empty()) {
      out.push_back(to_lower_ascii(word));
      word.clear();
    }
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool upper = c >= 'A' && c <= 'Z';
    if (!is_alpha(c) || (upper && !word.empty() && !(word.back() >= 'A' && word.back() <= 'Z'))) {
      close();
    }
    if (is_alpha(c)) {
      word += c;
    }
  }
  close();
  return out;
}

struct Weight {
  std::string_view stem;
  int points;
};
constexpr std::array<Weight, 22> kWeights = {
    {{"upload", 6},   {"session", 3},   {"background", 3}, {"task", 2},  {"transfer", 3}, {"handler", 2},
     {"complet", 2},  {"finish", 2},    {"fail", 2},       {"retr", 2},  {"resum", 2},    {"cancel", 2},
     {"invalid", 2},  {"delegate", 2},  {"urlsession", 5}, {"nsurl", 3}, {"url", 1},      {"enqueue", 2},
     {"progress", 1}, {"multipart", 2}, {"wake", 2},       {"chunk", 1}}};

bool starts(std::string_view word, std::string_view stem) { return word.substr(0, stem.size()) == stem; }

struct Method {
  std::string_view name;
  EventKind kind;
  bool needs_task;  // without a name of the task the event says little
};
constexpr std::array<Method, 7> kMethods = {
    {{"didCompleteWithError", EventKind::task_did_complete, true},
     {"didSendBodyData", EventKind::task_progress, true},
     {"DidFinishEventsForBackgroundURLSession", EventKind::session_did_finish_events, false},
     {"DidFinishEvents(forBackgroundURLSession", EventKind::session_did_finish_events, false},
     {"urlSessionDidFinishEvents", EventKind::session_did_finish_events, false},
     {"handleEventsForBackgroundURLSession", EventKind::wake_handle_events, false},
     {"didBecomeInvalidWithError", EventKind::session_did_become_invalid, false}}};

// All of the stems among the words of a line suggest the candidates.
struct Hint {
  std::array<std::string_view, 2> stems;
  std::array<std::string_view, 2> kinds;
};
constexpr std::array<Hint, 22> kHints = {{{{"handler", "call"}, {"wake.handler-called", ""}},
                                          {{"handler", "invok"}, {"wake.handler-called", ""}},
                                          {{"handler", "sav"}, {"wake.handler-saved", ""}},
                                          {{"handler", "stor"}, {"wake.handler-saved", ""}},
                                          {{"handle", "event"}, {"wake.handle-events", ""}},
                                          {{"session", "creat"}, {"session.create", ""}},
                                          {{"session", "invalid"}, {"session.invalidate", "session.did-become-invalid"}},
                                          {{"finish", "event"}, {"session.did-finish-events", ""}},
                                          {{"upload", "fail"}, {"upload.state", "task.did-complete"}},
                                          {{"upload", "finish"}, {"upload.state", "task.did-complete"}},
                                          {{"upload", "complet"}, {"upload.state", "task.did-complete"}},
                                          {{"upload", "succe"}, {"upload.state", "task.did-complete"}},
                                          {{"upload", "start"}, {"upload.state", "task.resume"}},
                                          {{"task", "creat"}, {"task.create", ""}},
                                          {{"resum", ""}, {"task.resume", "upload.state"}},
                                          {{"cancel", ""}, {"task.cancel", "upload.state"}},
                                          {{"retr", ""}, {"upload.state", "task.create"}},
                                          {{"progress", ""}, {"task.progress", ""}},
                                          {{"complet", ""}, {"task.did-complete", "upload.state"}},
                                          {{"finish", ""}, {"task.did-complete", "upload.state"}},
                                          {{"fail", ""}, {"task.did-complete", "upload.state"}},
                                          {{"upload", ""}, {"upload.state", ""}}}};
constexpr std::size_t kMaxCandidates = 3;

// Words before a value -> the field it is likely to be.
struct Naming {
  std::string_view word;
  std::string_view number, other;  // for a number, and for anything else
};
constexpr std::array<Naming, 18> kNamings = {{{"task", "id", "uuid"},
                                              {"taskid", "id", "uuid"},
                                              {"taskidentifier", "id", "id"},
                                              {"session", "", "identifier"},
                                              {"identifier", "id", "identifier"},
                                              {"upload", "uploadId", "uploadId"},
                                              {"uploadid", "uploadId", "uploadId"},
                                              {"status", "status", "state"},
                                              {"statuscode", "status", ""},
                                              {"http", "status", ""},
                                              {"code", "errorCode", ""},
                                              {"desc", "desc", "desc"},
                                              {"description", "desc", "desc"},
                                              {"taskdescription", "desc", "desc"},
                                              {"sent", "sent", ""},
                                              {"expected", "expected", ""},
                                              {"url", "", "url"},
                                              {"state", "", "state"}}};

constexpr std::array<std::string_view, 16> kNoNames = {"in", "of",  "for", "to",  "from", "with", "by",  "at",
                                                       "is", "and", "on",  "the", "a",    "was",  "are", "has"};

bool is_number(CaptureType t) { return t == CaptureType::integer || t == CaptureType::real; }

// The last word of letters before the value.
std::string word_before(std::string_view text) {
  std::size_t end = text.size();
  while (end > 0 && !is_alpha(text[end - 1]) && text[end - 1] != '\xFF') {
    --end;
  }
  std::size_t begin = end;
  while (begin > 0 && (is_alpha(text[begin - 1]) || is_digit(text[begin - 1]) || text[begin - 1] == '_')) {
    --begin;
  }
  return std::string(text.substr(begin, end - begin));
}

bool field_fits(std::string_view name, CaptureType type, std::optional<EventKind> kind) {
  const auto field = field_from_name(name);
  if (!field) {
    return name != "pid" && name != "bundle" && name != "process";
  }
  const FieldType wanted = field_info(*field).type;
  const bool value = wanted == FieldType::text || (wanted == FieldType::uuid && type == CaptureType::uuid) ||
                     (wanted == FieldType::integer && type == CaptureType::integer);
  return value && (!kind || has_field(*kind, *field));
}

class Namer {
 public:
  explicit Namer(std::optional<EventKind> kind) : kind_(kind) {}

  std::string name(std::string_view before, CaptureType type) {
    if (type == CaptureType::error || type == CaptureType::rest) {
      return unused(type == CaptureType::error ? "nsError" : "tail");
    }
    const std::string word = word_before(before);
    const std::string lower = to_lower_ascii(word);
    const auto it = std::find_if(kNamings.begin(), kNamings.end(), [&](const Naming& n) { return n.word == lower; });
    if (it != kNamings.end()) {
      const std::string_view wanted = is_number(type) ? it->number : it->other;
      if (!wanted.empty() && field_fits(wanted, type, kind_) && used_.insert(std::string(wanted)).second) {
        return std::string(wanted);
      }
    }
    const bool plain = !word.empty() && std::find(kNoNames.begin(), kNoNames.end(), lower) == kNoNames.end() &&
                       is_alpha(word.front()) && word.size() <= 24 && !field_from_name(word) && word != "pid" &&
                       word != "bundle" && word != "process";
    return unused(plain ? word : is_number(type) ? "number" : type == CaptureType::uuid ? "uuidValue" : "what");
  }

 private:
  std::string unused(const std::string& base) {
    std::string name = base;
    for (int n = 2; !used_.insert(name).second; ++n) {
      name = base + std::to_string(n);
    }
    return name;
  }

  std::optional<EventKind> kind_;
  std::set<std::string> used_;
};

std::string_view type_name(CaptureType type) {
  switch (type) {
    case CaptureType::uuid:
      return "uuid";
    case CaptureType::integer:
      return "int";
    case CaptureType::hex:
      return "hex";
    case CaptureType::real:
      return "real";
    case CaptureType::text:
      return "text";
    case CaptureType::rest:
      return "rest";
    case CaptureType::error:
      return "error";
    default:
      return "word";
  }
}

void append_literal(std::string& out, std::string_view text) {
  for (const char c : text) {
    out.append(c == '{' || c == '}' ? 2 : 1, c);
  }
}

}  // namespace

int relation(const Template& t) {
  int points = 0;
  std::set<std::string_view> seen;
  for (const std::string& word : words_of(literals(t))) {
    for (const Weight& w : kWeights) {
      if (starts(word, w.stem) && seen.insert(w.stem).second) {
        points += w.points;
      }
    }
  }
  return points;
}

Meaning meaning_of(const Template& t) {
  Meaning out;
  const std::string text = literals(t);
  const std::vector<std::string> words = words_of(text);
  const auto has = [&](std::string_view stem) {
    return stem.empty() || std::any_of(words.begin(), words.end(), [&](const std::string& w) { return starts(w, stem); });
  };
  const auto says = [&](std::string_view word) { return std::find(words.begin(), words.end(), word) != words.end(); };
  const bool denied = says("not") || says("never") || says("no") || says("without") || says("before") || says("waiting");
  for (const Method& m : kMethods) {
    if (contains(text, m.name)) {
      const bool another = out.kind && *out.kind != m.kind;
      out.kind = another || denied ? std::nullopt : std::optional(m.kind);
      out.candidates.assign(1, std::string(kind_name(m.kind)));
      if (another || denied) {
        break;
      }
    }
  }
  if (out.kind) {
    const auto method = std::find_if(kMethods.begin(), kMethods.end(), [&](const Method& m) { return m.kind == *out.kind; });
    const std::string pattern = pattern_text(t, out.kind);
    const bool named = contains(pattern, ":id}") || contains(pattern, ":uuid}") || contains(pattern, ":desc}") ||
                       contains(pattern, ":uploadId}");
    if (method->needs_task && !named) {
      out.kind.reset();
    }
  }
  for (const Hint& hint : kHints) {
    if (!has(hint.stems[0]) || !has(hint.stems[1])) {
      continue;
    }
    for (const std::string_view kind : hint.kinds) {
      const bool known = std::find(out.candidates.begin(), out.candidates.end(), kind) != out.candidates.end();
      if (!kind.empty() && !known && out.candidates.size() < kMaxCandidates) {
        out.candidates.emplace_back(kind);
      }
    }
  }
  return out;
}

std::string pattern_text(const Template& t, std::optional<EventKind> kind) {
  std::string out;
  std::string before;
  Namer namer(kind);
  std::size_t letters = 0;
  for (const Word& w : t.words) {
    append_literal(out, w.gap);
    before += w.gap;
    for (const Piece& p : w.pieces) {
      if (!p.variable) {
        append_literal(out, p.text);
        before += p.text;
        letters += static_cast<std::size_t>(std::count_if(p.text.begin(), p.text.end(), is_alpha));
        continue;
      }
      out += "{" + std::string(type_name(p.type)) + ":" + namer.name(before, p.type) + "}";
      before += '\xFF';
    }
  }
  return letters < 4 ? std::string() : out;
}

std::string slug(const Template& t) {
  std::string out;
  std::size_t used = 0;
  for (const std::string& word : words_of(literals(t))) {
    if (word.size() < 3 || used == 4) {
      continue;
    }
    out += (out.empty() ? "" : "-") + word.substr(0, 20);
    ++used;
  }
  return out.empty() ? "line" : out;
}

}  // namespace uptrail::draft
