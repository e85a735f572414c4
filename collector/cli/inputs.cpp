#include "collector/cli/inputs.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "collector/base/text.h"
#include "collector/cli/rules_file.h"

namespace uptrail::cli {

namespace {

constexpr std::size_t kMaxOptionFile = 16U << 20U;

// A small file named by an option.
Result<std::string> read_option_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text;
  std::array<char, 65536> buffer{};
  while (in.read(buffer.data(), buffer.size()) || in.gcount() > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMaxOptionFile) {
      return fail(ErrorKind::limit, "larger than 16 MB: not a file for this option", path);
    }
  }
  if (!in.eof()) {
    return fail(ErrorKind::unreadable, std::strerror(errno != 0 ? errno : EIO), path);
  }
  return text;
}

Status add_dates(const std::vector<std::string>& dates, const std::vector<std::string>& paths, CollectOptions& out) {
  for (const std::string& given : dates) {
    const std::size_t equals = given.rfind('=');
    const std::string file = given.substr(0, equals);
    if (equals == std::string::npos || equals == 0 || equals + 1 == given.size()) {
      Error error = fail(ErrorKind::usage, "--date " + given + " is not FILE=DATE");
      error.hint = "for example --date " + (paths.empty() ? std::string("console.txt") : paths.front()) + "=2026-11-18+01:00";
      return error;
    }
    if (std::find(paths.begin(), paths.end(), file) == paths.end()) {
      return fail(ErrorKind::usage, "--date names " + file + ", which is not among the inputs");
    }
    const std::string date = given.substr(equals + 1);
    // A date with zone; "T00:00" lets the one time parser judge it.
    const std::string probe = date.substr(0, 10) + "T00:00:00" + (date.size() > 10 ? date.substr(10) : "");
    if (!parse_iso(probe)) {
      Error error = fail(ErrorKind::usage, "\"" + date + "\" is not a date");
      error.hint = "write 2026-11-18, or 2026-11-18+01:00 with the device's zone";
      return error;
    }
    out.dates[file] = date;
  }
  return done();
}

Status add_rules(const CaptureOptions& options, analysis::RuleSettings& settings) {
  if (!options.rules.empty()) {
    const auto text = read_option_file(options.rules);
    UPTRAIL_TRY(text);
    UPTRAIL_TRY(parse_rules_text(text.value(), options.rules, settings));
  }
  for (const auto* list : {&options.only, &options.ignore}) {
    for (const std::string& rule : *list) {
      UPTRAIL_TRY(check_rule_name(rule));
      (list == &options.only ? settings.only : settings.ignore).push_back(rule);
    }
  }
  return done();
}

}  // namespace

void CaptureOptions::declare(Options& options) {
  options.list("--only", only, "RULE", "Judge by these rules only", true);
  options.list("--ignore", ignore, "RULE", "Leave these rules out", true);
  options.text("--rules", rules, "FILE", "Thresholds: lines of rule.threshold = value");
  options.list("--messages", messages, "FILE", "More message patterns, for your own app's log lines");
  options.list("--date", dates, "FILE=DATE", "Day (and zone) of a capture that prints none");
}

bool CaptureOptions::any() const {
  return !only.empty() || !ignore.empty() || !messages.empty() || !dates.empty() || !rules.empty();
}

Result<CollectOptions> CaptureOptions::resolve(const std::vector<std::string>& paths, Context& context) const {
  CollectOptions out;
  out.paths = paths;
  UPTRAIL_TRY(add_rules(*this, out.rules));
  UPTRAIL_TRY(add_dates(dates, paths, out));
  std::vector<CatalogueText> texts;
  for (const std::string& file : messages) {
    auto text = read_option_file(file);
    UPTRAIL_TRY(text);
    texts.push_back({file, text.take()});
  }
  if (!texts.empty()) {
    auto catalogue = load_catalogue(texts);
    UPTRAIL_TRY(catalogue);
    out.catalogue = catalogue.take();
  }
  out.cancel = context.terminal.cancel;
  out.progress = [&talk = context.talk](const Progress& p) {
    const bool known = p.total && *p.total > 0;
    talk.progress(p.what, known ? static_cast<double>(p.done) / static_cast<double>(*p.total) : -1.0);
  };
  return out;
}

bool is_case_path(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::array<char, 4096> head{};
  in.read(head.data(), head.size());
  const auto length = static_cast<std::size_t>(in.gcount());
  return looks_like_case({head.data(), length}) || ends_with_ignore_case(path, ".uptrail");
}

bool tell_inputs(const CollectReport& report, Context& context) {
  for (const std::string& path : report.duplicates) {
    context.talk.note(path + ": already known by its content; nothing added");
  }
  for (const InputFailure& failure : report.failures) {
    Error error = failure.error;
    if (error.path.empty()) {
      error.path = failure.path;
    }
    context.talk.error(error);
  }
  return !report.failures.empty();
}

Result<OpenedCase> open_inputs(const std::vector<std::string>& paths, const CaptureOptions& options, Context& context) {
  OpenedCase opened;
  const auto case_at = std::find_if(paths.begin(), paths.end(), is_case_path);
  if (case_at != paths.end()) {
    if (paths.size() > 1) {
      Error error = fail(ErrorKind::usage, *case_at + " is a case: give one case, or captures");
      error.hint = "uptrail collect adds captures to a case";
      return error;
    }
    if (options.any()) {
      Error error = fail(ErrorKind::usage, "a case keeps the judgement it was collected with");
      error.hint = "give these options to uptrail collect, or check the captures";
      return error;
    }
    auto reader = open_case(*case_at);
    UPTRAIL_TRY(reader);
    opened.file = reader.take();
    opened.reader = opened.file.get();
    return opened;
  }
  auto settings = options.resolve(paths, context);
  UPTRAIL_TRY(settings);
  auto writer = create_memory_case();
  UPTRAIL_TRY(writer);
  opened.memory = writer.take();
  const auto report = collect(*opened.memory, settings.value());
  context.talk.clear_progress();
  UPTRAIL_TRY(report);
  opened.some_failed = tell_inputs(report.value(), context);
  opened.reader = report.value().sources.empty() ? nullptr : &opened.memory->reader();
  return opened;
}

}  // namespace uptrail::cli
