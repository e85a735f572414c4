#include "collector/cli/inputs.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "collector/base/text.h"
#include "collector/cli/globs.h"
#include "collector/cli/progress.h"
#include "collector/cli/today.h"
#include "collector/input/input.h"
#include "collector/pipeline/rules_file.h"
#include "collector/pipeline/source_clock.h"
#include "collector/pipeline/store_maps.h"

namespace uptrail::cli {

namespace {

constexpr std::size_t kMaxOptionFile = 16U << 20U;

Status add_dates(const std::vector<std::string>& dates, const std::vector<std::string>& paths, CollectOptions& out) {
  for (const std::string& given : dates) {
    const std::size_t equals = given.rfind('=');
    const std::string file = given.substr(0, equals);
    if (equals == std::string::npos || equals == 0 || equals + 1 == given.size()) {
      Error error = fail(ErrorKind::usage, "--date " + given + " is not FILE=DATE");
      error.hint = "for example --date " + (paths.empty() ? std::string("console.txt") : paths.front()) + "=2026-11-18+01:00";
      return error;
    }
    // Whether there is such an input shows only when all are read: it may lie in an archive.
    const std::string date = given.substr(equals + 1);
    if (!parse_given_date(date)) {
      Error error = fail(ErrorKind::usage, "\"" + date + "\" is not a date");
      error.hint = "write 2026-11-18, or 2026-11-18+01:00 with the device's zone; 2026+01:00 when only the year is missing";
      return error;
    }
    out.dates[file] = date;
  }
  return done();
}

// What has expired counts again; nobody shall have to find out why the build is red.
void tell_expired(const ProjectFile& project, Context& context) {
  for (const Suppression& s : project.suppressions) {
    if (s.expired) {
      context.talk.warn(project.path + ": " + s.what + " counts again, it was to be ignored until " + s.expires + " (" +
                        s.reason + ")");
    }
  }
}

Status add_rules(const CaptureOptions& options, analysis::RuleSettings& settings) {
  if (!options.rules.empty()) {
    const auto text = read_small_file(options.rules, kMaxOptionFile);
    UPTRAIL_TRY(text);
    UPTRAIL_TRY(parse_rules_file(text.value(), options.rules, today(), settings));
  }
  for (const auto* list : {&options.only, &options.ignore}) {
    for (const std::string& rule : *list) {
      UPTRAIL_TRY(list == &options.only ? check_rule_name(rule) : check_ignored(rule));
      (list == &options.only ? settings.only : settings.ignore).push_back(rule);
    }
  }
  return done();
}

}  // namespace

void MessageOptions::declare(Options& options) {
  options.list("--messages", files, "FILE", "More message patterns, for your own app's log lines");
  options.flag("--no-user-messages", no_user_messages, "Leave out the files of ~/.config/uptrail/messages");
}

MessageFiles MessageOptions::wanted(const Context& context) const {
  return {files, no_user_messages ? std::string() : context.terminal.message_folder};
}

void CaptureOptions::declare(Options& options) {
  options.list("--only", only, "RULE", "Judge by these rules only", true);
  options.list("--ignore", ignore, "RULE|ID", "Leave out these rules, and findings by their id (16 digits)", true);
  options.text("--rules", rules, "FILE", "Thresholds and choices, a JSON object (schemas/rules.schema.json)");
  messages.declare(options);
  options.list("--store-map", store_maps, "FILE", "How to read your app's own store (schemas/store_map.schema.json)");
  options.list("--date", dates, "FILE=DATE", "Day (and zone) of a capture that prints none");
  options.text("--config", config, "FILE", "Project file (without it: uptrail.json here or in a folder above)");
  options.flag("--no-config", no_config, "Read no project file");
}

bool CaptureOptions::any() const {
  return !only.empty() || !ignore.empty() || messages.any() || !store_maps.empty() || !dates.empty() || !rules.empty();
}

Result<std::optional<ProjectFile>> CaptureOptions::project(const Context& context) const {
  const std::string& folder = context.terminal.working_folder;
  const std::string path = no_config         ? std::string()
                           : !config.empty() ? config
                           : folder.empty()  ? folder
                                             : find_project_file(folder);
  if (path.empty()) {
    return std::optional<ProjectFile>();
  }
  const auto text = read_small_file(path, kMaxOptionFile);
  UPTRAIL_TRY(text);
  auto parsed = parse_project_file(text.value(), path, today());
  UPTRAIL_TRY(parsed);
  return std::optional(parsed.take());
}

Result<CollectOptions> CaptureOptions::resolve(const std::vector<std::string>& paths, Context& context) const {
  CollectOptions out;
  out.paths = paths;
  auto given = project(context);
  UPTRAIL_TRY(given);
  MessageOptions message_files = messages;
  std::vector<std::string> maps = store_maps;
  if (const auto& file = given.value()) {
    tell_expired(*file, context);
    out.rules = file->rules;
    message_files.files.insert(message_files.files.end(), file->messages.begin(), file->messages.end());
    maps.insert(maps.end(), file->store_maps.begin(), file->store_maps.end());
  }
  UPTRAIL_TRY(add_rules(*this, out.rules));
  UPTRAIL_TRY(add_dates(dates, paths, out));
  auto loaded = load_message_files(message_files.wanted(context));
  UPTRAIL_TRY(loaded);
  out.catalogue = std::move(loaded->catalogue);
  out.message_files = std::move(loaded->files);
  auto stores = load_store_maps(maps);
  UPTRAIL_TRY(stores);
  out.stores = stores.take();
  out.cancel = context.terminal.cancel;
  out.progress = [line = std::make_shared<ProgressLine>(context.terminal, context.talk)](const Progress& p) { line->show(p); };
  return out;
}

bool is_case_path(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::array<char, 4096> head{};
  in.read(head.data(), head.size());
  const auto length = static_cast<std::size_t>(in.gcount());
  return looks_like_case({head.data(), length}) || ends_with_ignore_case(path, ".uptrail");
}

namespace {
// A case that a stopped run has left.
Status tell_unread(CaseReader& reader, const std::string& path, Context& context) {
  const auto inputs = reader.inputs();
  UPTRAIL_TRY(inputs);
  std::string names;
  std::size_t unread = 0;
  constexpr std::size_t kShown = 3;
  for (const CaseInput& input : *inputs) {
    if (!input.done) {
      ++unread;
      names += unread > kShown ? "" : (names.empty() ? "" : ", ") + input.path;
    }
  }
  if (unread > 0) {
    context.talk.warn(path + " is not complete: collecting was stopped before " + count_of(unread, "input") + " (" + names +
                      (unread > kShown ? ", …" : "") + "); the same uptrail collect again reads the rest");
  }
  return done();
}
}  // namespace

bool tell_inputs(const CollectReport& report, Context& context) {
  for (const std::string& path : report.changed) {
    context.talk.note(path + ": not the content that was read before under this name; added beside it");
  }
  for (const std::string& path : report.replaced) {
    context.talk.note(path + ": has grown since it was read; read anew in place of the former content");
  }
  for (const std::string& path : report.duplicates) {
    context.talk.note(path + ": already known by its content; nothing added");
  }
  for (const auto& store : report.stores_unused) {
    context.talk.warn("no input is " + std::string(store->info().title) + ": none has " +
                      std::string(store->info().requires_structure));
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

Result<OpenedCase> open_inputs(const std::vector<std::string>& given, const CaptureOptions& options, Context& context) {
  OpenedCase opened;
  const auto expanded = expand_globs(given);
  UPTRAIL_TRY(expanded);
  const std::vector<std::string>& paths = expanded.value();
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
    UPTRAIL_TRY(tell_unread(*opened.file, *case_at, context));
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
