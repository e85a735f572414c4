#include "collector/containers/device_syslog.h"

#include <algorithm>
#include <array>

#include "collector/base/text.h"
#include "collector/containers/head_source.h"
#include "collector/containers/sniff.h"

namespace uptrail {

namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::size_t kLongestHeader = 512;  // from the time to the pid
constexpr std::size_t kLongestLevel = 12;
constexpr DurationNs kMicrosecond = nanoseconds(1000);

struct LevelWord {
  std::string_view word;
  LogLevel level;
};
constexpr std::array<LevelWord, 10> kLevels = {{{"Notice", LogLevel::standard},
                                                {"Default", LogLevel::standard},
                                                {"Warning", LogLevel::standard},
                                                {"Info", LogLevel::info},
                                                {"Debug", LogLevel::debug},
                                                {"Error", LogLevel::error},
                                                {"Fault", LogLevel::fault},
                                                {"Critical", LogLevel::fault},
                                                {"Alert", LogLevel::fault},
                                                {"Emergency", LogLevel::fault}}};

std::string_view without_nuls(std::string_view line) {
  while (line.starts_with('\0')) {
    line.remove_prefix(1);
  }
  return line;
}

// The line behind what may stand before its time.
std::string_view body(std::string_view line, DeviceForm form) {
  if (form == DeviceForm::relay) {
    return without_nuls(line);
  }
  if (form == DeviceForm::asl) {
    line.remove_prefix(std::min(line.size(), std::min<std::size_t>(line.find_first_not_of(" \t"), 64)));
  }
  return line;
}

// " <Notice>:" or ":", taken off.
bool take_level(HeaderScan& in, Record& out, bool& level) {
  HeaderScan probe = in;
  if (probe.eat(' ')) {
    const std::size_t close = probe.rest().substr(0, kLongestLevel + 2).find(">:");
    if (!probe.eat('<') || close == kNone) {
      return false;
    }
    const std::string_view word = probe.rest().substr(0, close - 1);
    const auto known = std::find_if(kLevels.begin(), kLevels.end(), [&](const LevelWord& l) { return l.word == word; });
    if (word.empty() || word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != kNone) {
      return false;
    }
    out.level = known == kLevels.end() ? LogLevel::unknown : known->level;
    probe.skip(close);
    level = true;
  }
  if (!probe.eat(':')) {
    return false;
  }
  in = probe;
  return true;
}

// launchd puts the service it speaks of between its pid and the colon: " (com.example[12]): ". That stays in the message.
bool is_service(std::string_view rest) { return rest.starts_with(" (") && rest.substr(0, kLongestHeader).find("): ") != kNone; }

// "[4711]" with what follows it. Brackets in the name of the process hold something else than digits, or are followed by another.
struct PidAt {
  std::size_t open = 0;
  std::int64_t pid = 0;
};
std::optional<PidAt> find_pid(HeaderScan& in, DeviceForm form, Record& out, bool& level) {
  const std::string_view rest = in.rest();
  const std::string_view front = rest.substr(0, std::min(rest.find(": "), kLongestHeader));
  for (std::size_t open = front.find('['); open != kNone; open = front.find('[', open + 1)) {
    HeaderScan probe(rest.substr(open + 1));
    const auto pid = probe.number();
    if (!pid || open == 0 || !probe.eat(']')) {
      continue;
    }
    const bool service = form == DeviceForm::asl && is_service(probe.rest());
    if (service || take_level(probe, out, level)) {
      in.skip(rest.size() - probe.rest().size());
      return PidAt{open, *pid};
    }
  }
  return std::nullopt;
}

// "host process(library)" without what follows it.
void take_names(std::string_view names, bool host, DeviceHeader& seen, Record& out) {
  const std::size_t blank = names.find(' ');
  seen.one_word = blank == kNone;
  if (host && blank != kNone) {
    names.remove_prefix(std::min(names.find_first_not_of(' ', blank), names.size()));
  }
  const std::size_t open = names.ends_with(')') ? names.rfind('(') : kNone;
  if (open != kNone && open > 0) {
    out.library = names.substr(open + 1, names.size() - open - 2);
    names = names.substr(0, open);
  }
  seen.library = !out.library.empty();
  out.process = names;
}

bool parse(std::string_view line, DeviceForm form, bool host, YearlessReader& stamps, DeviceHeader& seen, Record& out) {
  HeaderScan in(body(line, form));
  seen = {};
  if (!stamps.read(in, seen.stamp) || !in.eat(' ')) {
    return false;
  }
  const std::string_view rest = in.rest();
  const auto pid = find_pid(in, form, out, seen.level);
  std::size_t end = 0;
  if (pid) {
    out.pid = pid->pid;
    end = pid->open;
  } else {
    end = form == DeviceForm::asl ? rest.substr(0, kLongestHeader).find(": ") : kNone;
    if (end == kNone) {
      return false;
    }
    in.skip(end + 1);
  }
  seen.pid = pid.has_value();
  take_names(rest.substr(0, end), host, seen, out);
  const bool word = out.process.find_first_of(" \t") == kNone;
  if (out.process.empty() || (!seen.pid && (seen.one_word || !word)) || (form != DeviceForm::asl && !seen.level)) {
    return false;
  }
  in.eat(' ');
  out.time = seen.stamp.in_1972;
  out.message = in.rest();
  return true;
}

// "Nov 18 14:41:03 --- last message repeated 3 times ---", also behind the host and without the dashes.
std::string_view repetition(std::string_view line) {
  HeaderScan in(line);
  YearlessReader stamps;
  YearlessStamp stamp;
  if (!stamps.read(in, stamp)) {
    return {};
  }
  constexpr std::string_view kWords = "last message repeated ";
  const std::size_t at = in.rest().find(kWords);
  // Not found is far behind the longest header, too.
  if (at > kLongestHeader || in.rest().substr(0, at).find(':') != kNone) {
    return {};
  }
  HeaderScan count(in.rest().substr(at + kWords.size()));
  const auto n = count.number();
  const std::string_view words = in.rest().substr(at);
  return n && count.rest().starts_with(" time") ? words.substr(0, words.find(" ---")) : std::string_view();
}

// Marks of idevicesyslog itself: "[connected:UDID]", "[disconnected]".
bool is_mark(std::string_view line, std::string_view word) {
  return line.starts_with('[') && line.ends_with(']') && line.substr(1).starts_with(word) &&
         (line[1 + word.size()] == ']' || line[1 + word.size()] == ':') && line.find_first_of(" \t") == kNone;
}

bool is_nuls(std::string_view line) { return !line.empty() && without_nuls(line).empty(); }

std::string_view form_text(DeviceForm form) {
  switch (form) {
    case DeviceForm::idevicesyslog:
      return "month, day, time, process[pid] and <level>";
    case DeviceForm::relay:
      return "a NUL, month, day, time, process[pid] and <level>";
    case DeviceForm::asl:
      return "month, day, time, host and process[pid]:";
  }
  return "";
}

}  // namespace

DeviceLayout device_layout(std::string_view head, bool complete) {
  DeviceLayout out;
  const auto lines = head_lines(head, complete, 200);
  out.lines = lines.size();
  YearlessReader stamps;
  for (const std::string_view line : lines) {
    const std::string_view plain = body(without_nuls(line), DeviceForm::asl);
    Record record;
    DeviceHeader seen;
    if (!parse(plain, DeviceForm::asl, true, stamps, seen, record)) {
      out.before += out.headers == 0 && repetition(line).empty() && !line.starts_with('[') ? 1U : 0U;
      continue;
    }
    ++out.headers;
    out.levels += seen.level ? 1U : 0U;
    out.libraries += seen.library ? 1U : 0U;
    out.pids += seen.pid ? 1U : 0U;
    out.micros += seen.stamp.whole_seconds ? 0U : 1U;
    out.nuls += line.starts_with('\0') || line.ends_with('\0') ? 1U : 0U;
    out.host = out.host && !seen.one_word;
  }
  return out;
}

std::optional<DeviceForm> device_form(const DeviceLayout& layout) {
  if (layout.pids == 0) {
    return std::nullopt;
  }
  if (layout.nuls > 0 && layout.levels > 0) {
    return DeviceForm::relay;
  }
  const bool tool = layout.libraries > 0 || layout.micros > 0 || !layout.host;
  return layout.levels > 0 && tool ? DeviceForm::idevicesyslog : DeviceForm::asl;
}

Sniffed sniff_device(std::string_view head, bool complete, DeviceForm form) {
  const DeviceLayout layout = device_layout(head, complete);
  const auto found = device_form(layout);
  if (!found) {
    return sniffed_no("no line begins with " + std::string(form_text(form)));
  }
  if (*found != form) {
    return sniffed_no("the lines have " + std::string(form_text(*found)) +
                      (*found == DeviceForm::asl ? ", and none has a library, microseconds or no host" : ""));
  }
  const std::string text = count_of(layout.headers, "line") + " of the first " + std::to_string(layout.lines) +
                           (layout.headers == 1 ? " begins with " : " begin with ") + std::string(form_text(form));
  if (layout.before > layout.headers) {
    return sniffed(60, text + ", but more lines stand before the first");
  }
  return sniffed(std::min<int>(98, 93 + static_cast<int>(layout.headers)), text);
}

bool DeviceStyle::parse_header(std::string_view line, Record& out) {
  if (!parse(line, form_, host_, stamps_, header_, out)) {
    out = {};
    return false;
  }
  (header_.stamp.whole_seconds ? seconds_ : micros_) = true;
  return true;
}

void DeviceStyle::finish(Record& out) {
  if (out.time) {
    out.time = clock_.place(*out.time);
  }
  if (form_ == DeviceForm::relay) {
    while (out.message.ends_with('\0')) {
      out.message.remove_suffix(1);
    }
    out.message = without_vis(out.message, plain_);
    out.raw = without_nuls(out.raw);
  }
}

bool DeviceStyle::is_banner(std::string_view line) const {
  const std::string_view plain = body(line, form_);
  return !repetition(plain).empty() || (form_ == DeviceForm::relay && is_nuls(line)) ||
         (form_ == DeviceForm::idevicesyslog && (is_mark(plain, "connected") || is_mark(plain, "disconnected")));
}

std::optional<Issue> DeviceStyle::note(std::string_view line) const {
  const std::string_view plain = body(line, form_);
  if (const std::string_view repeated = repetition(plain); !repeated.empty()) {
    return Issue{IssueKind::note, {}, "the log says here: " + std::string(repeated.substr(0, 64))};
  }
  if (form_ == DeviceForm::idevicesyslog && is_mark(plain, "disconnected")) {
    return Issue{IssueKind::loss, {}, "the device was disconnected here; what it logged until the next connection is missing"};
  }
  return std::nullopt;
}

bool DeviceStyle::begins_header(std::string_view line) const { return YearlessReader::begins(body(line, form_)); }

ClockTraits DeviceStyle::traits() const {
  ClockTraits out;
  out.date = DateShown::month_day;
  out.precision = micros_ && !seconds_ ? kMicrosecond : seconds(1);
  out.leap_year = clock_.leap_year();
  out.common_year = clock_.common_year();
  return out;
}

Status read_device_log(ByteSource& source, RecordSink& sink, DeviceForm form) {
  HeadSource whole(source);
  UPTRAIL_TRY(whole.fill());
  DeviceStyle style(form, device_layout(whole.head(), whole.complete()).host);
  UPTRAIL_TRY(read_text_records(whole, sink, style));
  sink.clock_traits(style.traits());
  return done();
}

std::string_view without_vis(std::string_view text, std::string& scratch) {
  if (text.find("\\M") == kNone && text.find("\\^") == kNone) {
    return text;
  }
  const auto control = [](char c) { return (c >= '@' && c <= '_') || c == '?'; };
  scratch.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view next = text.substr(i, 4);
    const auto meta = [](unsigned char c) { return static_cast<char>(c | 0x80U); };
    const auto toggled = [](char c) { return static_cast<char>(static_cast<unsigned char>(c) ^ 0x40U); };
    if (next.size() == 4 && next.starts_with("\\M-") && next[3] >= '!' && next[3] <= '~') {
      scratch += meta(static_cast<unsigned char>(next[3]));
      i += 3;
    } else if (next.size() == 4 && next.starts_with("\\M^") && control(next[3])) {
      scratch += meta(static_cast<unsigned char>(toggled(next[3])));
      i += 3;
    } else if (next.size() >= 3 && next.starts_with("\\^") && control(next[2])) {
      scratch += toggled(next[2]);
      i += 2;
    } else {
      scratch += text[i];
    }
  }
  return scratch;
}

}  // namespace uptrail
