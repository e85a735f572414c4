#include "collector/messages/draft_words.h"
#include "collector/messages/redaction.h"

#include <algorithm>
#include <array>

#include "collector/base/ids.h"
#include "collector/base/text.h"

namespace uptrail::draft {

namespace {

constexpr std::size_t kUuidLength = 36;

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_alpha(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }
bool is_alnum(char c) { return is_digit(c) || is_alpha(c); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

template <class P>
std::size_t run(std::string_view s, P p) {
  std::size_t n = 0;
  while (n < s.size() && p(s[n])) {
    ++n;
  }
  return n;
}

bool one_of(std::string_view word, const auto& list) { return std::find(list.begin(), list.end(), word) != list.end(); }

constexpr std::array<std::string_view, 15> kUnits = {"s",  "ms", "us", "ns", "B",   "kB",  "KB", "MB",
                                                     "GB", "x",  "th", "st", "sec", "min", "px"};
constexpr std::array<std::string_view, 24> kExtensions = {"jpg", "jpeg", "png", "heic",   "heif", "gif",  "mov", "mp4",
                                                          "m4a", "m4v",  "mp3", "wav",    "caf",  "pdf",  "tmp", "temp",
                                                          "dat", "bin",  "zip", "sqlite", "json", "data", "txt", "part"};

// How a variable begins at `s`; length 0: it does not.
struct Found {
  std::size_t length = 0;
  CaptureType type = CaptureType::word;
};

// 12:34:56.789, 2026-11-18, 2026-11-18T12:34:56Z
std::size_t time_length(std::string_view s) {
  const std::size_t n =
      run(s, [](char c) { return is_digit(c) || c == ':' || c == '-' || c == '.' || c == 'T' || c == 'Z' || c == '+'; });
  std::size_t end = n;
  while (end > 0 && !is_digit(s[end - 1]) && s[end - 1] != 'Z') {
    --end;
  }
  const std::string_view t = s.substr(0, end);
  const bool clock = std::count(t.begin(), t.end(), ':') >= 2;
  const bool date = t.size() >= 10 && t[4] == '-' && t[7] == '-' && run(t, is_digit) == 4;
  return (clock || date) && (end == s.size() || !is_alnum(s[end])) ? end : 0;
}

Found number_at(std::string_view s) {
  const std::size_t sign = s.front() == '-' ? 1 : 0;
  const std::size_t whole = run(s.substr(sign), is_digit);
  if (whole == 0) {
    return {};
  }
  std::size_t n = sign + whole;
  CaptureType type = CaptureType::integer;
  if (n + 1 < s.size() && s[n] == '.' && is_digit(s[n + 1])) {
    n += 1 + run(s.substr(n + 1), is_digit);
    type = CaptureType::real;
  }
  const std::size_t letters = run(s.substr(n), is_alnum);
  if (letters > 0 && !one_of(s.substr(n, letters), kUnits)) {
    return {n + letters, CaptureType::word};
  }
  if (type == CaptureType::integer && !parse_int(s.substr(0, n))) {
    type = CaptureType::word;
  }
  return {n, type};
}

// Letters and digits without a break: is it a value rather than a name like "S3" or "UTF8"?
bool is_value(std::string_view s) {
  const auto digits = static_cast<std::size_t>(std::count_if(s.begin(), s.end(), is_digit));
  const bool all_hex = s.size() >= 12 && std::all_of(s.begin(), s.end(), is_hex) && digits > 0;
  return all_hex || digits >= 4 || (digits * 5 >= s.size() * 2 && s.size() >= 5);
}

constexpr std::string_view kUrlEnds = " \t\"'<>()[]{},";

std::size_t url_length(std::string_view s) {
  const std::size_t scheme = run(s, [](char c) { return is_lower(c) || c == '-'; });
  if (scheme < 2 || s.substr(scheme, 3) != "://") {
    return 0;
  }
  std::size_t n = run(s, [](char c) { return kUrlEnds.find(c) == std::string_view::npos; });
  while (s[n - 1] == '.' || s[n - 1] == ';') {
    --n;
  }
  return n > scheme + 3 ? n : 0;
}

// A path, a file name with a usual extension, or a dotted name such as com.example.uploads.
std::size_t name_length(std::string_view s) {
  const std::size_t n = run(
      s, [](char c) { return is_alnum(c) || c == '.' || c == '/' || c == '_' || c == '-' || c == '~' || c == '%' || c == '+'; });
  std::string_view t = s.substr(0, n);
  while (!t.empty() && (t.back() == '.' || t.back() == '-')) {
    t.remove_suffix(1);
  }
  if (t.size() < 3) {
    return 0;
  }
  const auto slashes = std::count(t.begin(), t.end(), '/');
  if ((t.front() == '/' && slashes >= 2) || (slashes >= 2 && t.front() == '~')) {
    return t.size();
  }
  const std::size_t dot = t.rfind('.');
  if (dot != std::string_view::npos && dot > 0 && one_of(to_lower_ascii(t.substr(dot + 1)), kExtensions)) {
    return t.size();
  }
  const std::size_t first = t.find('.');
  const bool bundle =
      std::count(t.begin(), t.end(), '.') >= 2 && first >= 2 && first <= 3 && run(t, is_lower) == first && slashes == 0;
  return bundle ? t.size() : 0;
}

Found quoted_at(std::string_view s) {
  constexpr std::string_view kOpen = "\xE2\x80\x9C";   // “
  constexpr std::string_view kClose = "\xE2\x80\x9D";  // ”
  const bool curly = s.substr(0, kOpen.size()) == kOpen;
  if (!curly && s.front() != '"' && s.front() != '\'') {
    return {};
  }
  const std::size_t begin = curly ? kOpen.size() : 1;
  const std::size_t end = curly ? s.find(kClose, begin) : s.find(s.front(), begin);
  if (end == std::string_view::npos || (s.front() == '\'' && end + 1 < s.size() && is_alnum(s[end + 1]))) {
    return {};
  }
  return {end, CaptureType::text};
}

class Cutter {
 public:
  explicit Cutter(std::string_view line) : line_(line) {}

  std::vector<Word> run_all() {
    while (at_ < line_.size()) {
      const std::size_t begin = at_;
      at_ += run(line_.substr(at_), is_blank);
      if (at_ == line_.size()) {
        break;
      }
      words_.push_back({std::string(line_.substr(begin, at_ - begin)), {}});
      if (words_.size() == kMaxWords) {
        variable({line_.size() - at_, CaptureType::rest});
        break;
      }
      while (at_ < line_.size() && !is_blank(line_[at_])) {
        step();
      }
    }
    for (Word& word : words_) {
      settle(word);
    }
    return std::move(words_);
  }

 private:
  [[nodiscard]] std::string_view rest() const { return line_.substr(at_); }
  std::vector<Piece>& pieces() { return words_.back().pieces; }

  void literal(std::size_t n) {
    if (pieces().empty() || pieces().back().variable) {
      pieces().emplace_back();
    }
    pieces().back().text += line_.substr(at_, n);
    at_ += n;
  }

  void variable(Found found, bool any = false) {
    Piece piece;
    piece.variable = true;
    piece.any = any;
    piece.type = found.type;
    pieces().push_back(std::move(piece));
    at_ += found.length;
  }

  bool quoted() {
    const Found found = quoted_at(rest());
    if (found.length == 0) {
      return false;
    }
    const std::size_t mark = rest().front() == '"' || rest().front() == '\'' ? 1 : 3;
    literal(mark);
    variable({found.length - mark, CaptureType::text});
    literal(mark);
    return true;
  }

  // At the beginning of a run of letters and digits, or at a mark.
  void step() {
    const std::string_view s = rest();
    const bool fresh = at_ == 0 || !is_alnum(line_[at_ - 1]);
    if (s.substr(0, 13) == "Error Domain=") {
      variable({s.size(), CaptureType::error});
      return;
    }
    if (const std::size_t n = redacted_length(s); n != 0) {
      variable({n, CaptureType::word}, true);
      return;
    }
    if (quoted()) {
      return;
    }
    if (fresh && value(s)) {
      return;
    }
    literal(std::max<std::size_t>(1, is_alnum(s.front()) ? run(s, is_alnum) : 0));
  }

  bool value(std::string_view s) {
    Found found;
    if (Uuid::parse(s.substr(0, kUuidLength)) && (s.size() == kUuidLength || !is_alnum(s[kUuidLength]))) {
      found = {kUuidLength, CaptureType::uuid};
    } else if (s.substr(0, 2) == "0x" && run(s.substr(2), is_hex) > 0 && run(s.substr(2), is_alnum) == run(s.substr(2), is_hex)) {
      found = {2 + run(s.substr(2), is_hex), CaptureType::hex};
    } else if (const std::size_t n = std::max(url_length(s), time_length(s)); n > 0) {
      found = {n, CaptureType::word};
    } else if (const std::size_t name = name_length(s); name > 0) {
      found = {name, CaptureType::word};
    } else if (is_digit(s.front()) || (s.front() == '-' && s.size() > 1 && is_digit(s[1]))) {
      found = number_at(s);
    } else if (const std::size_t letters = run(s, is_alnum); letters > 0 && is_value(s.substr(0, letters))) {
      found = {letters, CaptureType::word};
    }
    if (found.length == 0) {
      return false;
    }
    variable(found);
    return true;
  }

  // Two variables side by side are one: nothing would tell where the first ends.
  static void settle(Word& word) {
    std::vector<Piece> out;
    for (Piece& piece : word.pieces) {
      if (piece.variable && !out.empty() && out.back().variable) {
        const bool tail = piece.type == CaptureType::rest || piece.type == CaptureType::error;
        out.back().type = tail ? CaptureType::rest : CaptureType::word;
        out.back().any = false;
      } else {
        out.push_back(std::move(piece));
      }
    }
    word.pieces = std::move(out);
  }

  std::string_view line_;
  std::size_t at_ = 0;
  std::vector<Word> words_;
};

constexpr std::array<std::string_view, 58> kTelling = {
    "upload",  "session",  "background", "task",   "transfer",   "complet", "finish",  "succe",      "fail",    "error",
    "start",   "begin",    "began",      "resum",  "cancel",     "retry",   "retri",   "creat",      "invalid", "handler",
    "delegat", "enqueue",  "queue",      "paus",   "suspend",    "wait",    "abort",   "receiv",     "respon",  "request",
    "call",    "invok",    "will",       "did",    "not",        "never",   "no",      "done",       "end",     "stop",
    "launch",  "terminat", "wake",       "woke",   "foreground", "active",  "connect", "disconnect", "save",    "saving",
    "delet",   "remov",    "add",        "expire", "timeout",    "timed",   "reject",  "accept"};

}  // namespace

std::string Word::skeleton() const {
  std::string out = gap;
  for (const Piece& p : pieces) {
    out += p.variable ? "\xFF" : p.text;
  }
  return out;
}

std::string Word::form() const {
  std::string out = gap;
  for (const Piece& p : pieces) {
    if (p.variable) {
      out += '\xFF';
      out += p.any ? '*' : static_cast<char>('A' + static_cast<int>(p.type));
    } else {
      out += p.text;
    }
  }
  return out;
}

std::vector<Word> cut(std::string_view line) { return Cutter(line).run_all(); }

bool tells_apart(const Word& word) {
  std::string letters;
  for (const Piece& p : word.pieces) {
    for (const char c : p.variable ? std::string_view() : std::string_view(p.text)) {
      if (is_alpha(c)) {
        letters += c;
      }
    }
  }
  letters = to_lower_ascii(letters);
  return std::any_of(kTelling.begin(), kTelling.end(), [&](std::string_view stem) {
    const bool short_stem = stem.size() <= 3;  // "no", "not", "did", "end", "add": the word itself
    return short_stem ? letters == stem : letters.substr(0, stem.size()) == stem;
  });
}

}  // namespace uptrail::draft
