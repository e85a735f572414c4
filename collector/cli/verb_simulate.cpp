#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <ostream>

#include "collector/base/text.h"
#include "collector/cli/verb.h"
#include "collector/simulate/app_store.h"
#include "collector/simulate/degrade.h"
#include "collector/simulate/scenario.h"
#include "collector/simulate/simulate.h"
#include "collector/simulate/task_store.h"
#include "collector/simulate/writers.h"

namespace uptrail::cli {

namespace {

namespace fs = std::filesystem;
namespace sim = simulate;

constexpr int kRandomFaults = 3;
// Of the sources, those that are files beside the log.
constexpr std::string_view kDaemonStore = "store";
constexpr std::string_view kAppStore = "app-store";

Result<std::int64_t> whole_number(const std::string& option, const std::string& text) {
  const auto value = parse_int(text);
  return value ? Result<std::int64_t>(*value) : fail(ErrorKind::usage, option + " needs a whole number, not \"" + text + '"');
}

Result<DurationNs> seconds_of(const std::string& option, std::string_view text) {
  const auto value = parse_double(text);
  return value ? Result<DurationNs>(from_seconds(*value))
               : fail(ErrorKind::usage, option + " needs seconds, not \"" + std::string(text) + '"');
}

Result<std::vector<Observer>> observers_of(const std::string& option, const std::vector<std::string>& names) {
  const std::string knows = option + " knows app, cfn, daemon, sys, store and app-store, not \"";
  std::vector<Observer> out;
  for (const std::string& name : names) {
    if (name == kAppStore) {
      continue;
    }
    const auto observer = observer_from_name(name);
    if (!observer || *observer > Observer::store) {
      return fail(ErrorKind::usage, knows + name + '"');
    }
    out.push_back(*observer);
  }
  return out;
}

// "trip.log" gives "trip.app.log".
std::string with_part(const std::string& path, std::string_view part) {
  const fs::path whole(path);
  fs::path out = whole.parent_path() / whole.stem();
  out += "." + std::string(part) + whole.extension().string();
  return out.string();
}

// Nothing is at the path afterwards.
Status make_way(const std::string& path, bool force) {
  std::error_code failed;
  if (!force && fs::exists(path, failed)) {
    Error error = fail(ErrorKind::usage, "exists; it is left as it is", path);
    error.hint = "--force replaces it";
    return error;
  }
  fs::remove(path, failed);
  return failed ? Status(fail(ErrorKind::unreadable, "cannot be replaced: " + failed.message(), path)) : done();
}

Status write_file(const std::string& path, const std::string& text, bool force) {
  UPTRAIL_TRY(make_way(path, force));
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  return out ? done() : Status(fail(ErrorKind::unreadable, "cannot be written", path));
}

class SimulateVerb final : public Verb {
 public:
  [[nodiscard]] std::string_view name() const override { return "simulate"; }
  [[nodiscard]] std::string_view summary() const override { return "Make a capture with known faults, and the truth about it"; }
  [[nodiscard]] std::string_view usage() const override { return "[SCENARIO] [options] [-o FILE]"; }

  void declare(Options& options) override {
    options.inputs("SCENARIO", scenario_, "A named scenario or an event script (.scn) instead of a random day; --list names them",
                   false);
    options.text("--scenario", named_scenario_, "NAME", "The same as an option");
    options.text("--seed", seed_, "N", "Same seed, same capture (1)");
    options.text("--sessions", sessions_, "N", "Background sessions of the app (1)");
    options.text("--tasks", tasks_, "N", "Uploads that go well (6)");
    options.text("--hours", hours_, "H", "Length of the day, about (4)");
    options.list("--faults", faults_, "F,F", "Faults to inject, by the rule that finds them; none (default) or random", true);
    options.flag("--overlap", overlap_, "Faults that can happen while another one goes on do");
    options.list(
        "--sources", sources_, "S,S",
        "Who records: app, cfn, daemon, sys (these four); too: store (nsurlsessiond's tasks.sqlite), app-store (the app's)",
        true);
    options.list("--drop", dropped_, "S", "Leave a source out", true);
    options.text("--cut", cut_, "T", "End the capture T seconds after its begin");
    options.text("--gap", gap_, "A-B", "Lose the seconds A to B");
    options.text("--skew", skew_, "S", "The system's clock is S seconds ahead of the app's; two files");
    options.flag("--redact", redacted_, "nsurlsessiond shows <private> for bundle and identifier");
    std::vector<std::string> containers;
    for (const std::string_view form : sim::container_names()) {
      containers.emplace_back(form);
    }
    options.choice("--container", container_, containers, "What to write (event)");
    options.flag("--split", split_, "The app's log and the system's as two files");
    options.text("-o,--output", output_, "FILE", "Where to (default: standard output)");
    options.text("--truth", truth_, "FILE", "Write what really happened, as JSON");
    options.flag("--force", force_, "Replace existing files");
    options.flag("--list", list_, "List the faults and the scenarios");
    options.examples(
        "  uptrail simulate --seed 7 --faults random -o trip.ndjson --truth trip.truth.json\n"
        "  uptrail simulate --faults completion-handler-not-called --container syslog | uptrail check -\n"
        "  uptrail simulate 13-resume-case --container console\n"
        "  uptrail simulate --sources app,daemon,store -o trip.ndjson        # and trip.tasks.sqlite\n"
        "  uptrail simulate 91-three-witnesses --sources daemon,sys,store,app-store -o trip.ndjson\n"
        "  uptrail simulate --list");
  }

  int run(Context& context) override {
    if (list_) {
      list(context.terminal.out);
      return kExitOk;
    }
    const Status status = make(context);
    if (!status.ok()) {
      context.talk.error(status.error());
      return exit_code_of(status.error());
    }
    return kExitOk;
  }

 private:
  static void list(std::ostream& out) {
    out << "Faults:\n";
    for (const sim::FaultInfo& fault : sim::fault_list()) {
      out << "  " << pad_right(fault.id, 38) << pad_right(severity_name(fault.severity), 9) << fault.summary << "\n";
    }
    out << "\nScenarios:\n";
    for (const std::string_view name : sim::scenario_names()) {
      out << "  " << name << "\n";
    }
  }

  Status make(Context& context) const {
    auto made = plays_script() ? from_script() : random_day();
    UPTRAIL_TRY(made);
    std::vector<Event>& events = made->events;
    UPTRAIL_TRY(write_stores(events, made->truth, context));
    UPTRAIL_TRY(degrade(events, made->truth.from));
    const auto catalogue = builtin_catalogue();
    UPTRAIL_TRY(catalogue);
    UPTRAIL_TRY(write(events, **catalogue, context));
    return truth_.empty() ? done() : write_file(truth_, sim::truth_json(made->truth), force_);
  }

  Result<sim::Simulated> random_day() const {
    sim::SimulateOptions o;
    const auto seed = whole_number("--seed", seed_);
    UPTRAIL_TRY(seed);
    if (*seed < 0) {
      return fail(ErrorKind::usage, "--seed must not be negative");
    }
    o.seed = static_cast<std::uint64_t>(*seed);
    UPTRAIL_TRY(take("--sessions", sessions_, sim::kMaxSessions, o.sessions));
    UPTRAIL_TRY(take("--tasks", tasks_, sim::kMaxTasks, o.tasks));
    UPTRAIL_TRY(take("--hours", hours_, sim::kMaxHours, o.hours));
    o.overlap = overlap_;
    for (const std::string& fault : faults_) {
      if (fault == "random") {
        o.faults = sim::random_faults(o.seed, kRandomFaults);
      } else if (fault != "none") {
        o.faults.push_back(fault);
      }
    }
    auto made = sim::simulate(o);
    if (made.ok() || !contains(made.error().message, "no fault")) {
      return made;
    }
    Error error = made.error();
    error.hint = "uptrail simulate --list shows them";
    return error;
  }

  static Status take(const std::string& option, const std::string& text, int most, int& target) {
    const auto value = whole_number(option, text);
    UPTRAIL_TRY(value);
    if (*value < 0 || *value > most) {
      return fail(ErrorKind::usage, option + " must be at most " + std::to_string(most) + ", and not negative");
    }
    target = static_cast<int>(*value);
    return done();
  }

  [[nodiscard]] bool plays_script() const { return !scenario_.empty() || !named_scenario_.empty(); }

  Result<sim::Simulated> from_script() const {
    if (scenario_.size() + (named_scenario_.empty() ? 0 : 1) > 1) {
      return fail(ErrorKind::usage, "give one scenario at a time");
    }
    const std::string& wanted = named_scenario_.empty() ? scenario_.front() : named_scenario_;
    if (wanted.ends_with(sim::kScriptEnding)) {
      std::ifstream in(wanted, std::ios::binary);
      const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
      return in.bad() || !fs::is_regular_file(wanted)
                 ? Result<sim::Simulated>(fail(ErrorKind::unreadable, "cannot be read", wanted))
                 : sim::play_script(text, wanted);
    }
    const auto text = sim::scenario_text(wanted);
    if (text.ok()) {
      return sim::play_script(*text, wanted);
    }
    const std::vector<std::string_view> known = sim::scenario_names();
    Error error = text.error();
    const std::string meant = nearest(wanted, std::vector<std::string>(known.begin(), known.end()));
    error.hint = meant.empty() ? "uptrail simulate --list names them" : "did you mean " + meant + "?";
    return error;
  }

  Status degrade(std::vector<Event>& events, TimeNs from) const {
    auto kept = observers_of("--sources", sources_);
    UPTRAIL_TRY(kept);
    const auto dropped = observers_of("--drop", dropped_);
    UPTRAIL_TRY(dropped);
    if (kept->empty()) {
      *kept = {Observer::app, Observer::cfn, Observer::daemon, Observer::sys, Observer::store, Observer::server, Observer::tool};
    }
    std::erase_if(*kept, [&](Observer o) { return std::find(dropped->begin(), dropped->end(), o) != dropped->end(); });
    sim::keep_observers(events, *kept);
    if (!gap_.empty()) {
      const std::size_t dash = gap_.find('-', 1);
      const auto begin = seconds_of("--gap", std::string_view(gap_).substr(0, dash));
      UPTRAIL_TRY(begin);
      const auto end = seconds_of("--gap", dash == std::string::npos ? "" : std::string_view(gap_).substr(dash + 1));
      UPTRAIL_TRY(end);
      sim::add_gap(events, from + *begin, from + *end);
    }
    if (!cut_.empty()) {
      const auto end = seconds_of("--cut", cut_);
      UPTRAIL_TRY(end);
      sim::cut(events, from + *end);
    }
    if (!skew_.empty()) {
      const auto by = seconds_of("--skew", skew_);
      UPTRAIL_TRY(by);
      sim::skew(events, *by);
    }
    if (redacted_) {
      sim::redact(events);
    }
    return done();
  }

  [[nodiscard]] bool keeps(std::string_view store) const {
    const auto names = [store](const std::vector<std::string>& list) {
      return std::find(list.begin(), list.end(), store) != list.end();
    };
    return names(sources_) && !names(dropped_);
  }

  // Of the whole world, whoever records it: a store forgets nothing that a log has lost.
  Status write_stores(const std::vector<Event>& events, const sim::Truth& truth, const Context& context) const {
    if (!keeps(kDaemonStore) && !keeps(kAppStore)) {
      return done();
    }
    if (output_.empty()) {
      return fail(ErrorKind::usage, "a store is a file beside the logs: -o FILE");
    }
    const auto cut = seconds_of("--cut", cut_.empty() ? "0" : cut_);
    const auto ahead = seconds_of("--skew", skew_.empty() ? "0" : skew_);
    UPTRAIL_TRY(cut);
    UPTRAIL_TRY(ahead);
    const TimeNs end = cut_.empty() ? truth.to : truth.from + *cut;
    const std::string stem = (fs::path(output_).parent_path() / fs::path(output_).stem()).string();
    if (keeps(kDaemonStore)) {
      sim::TaskStore store = sim::task_store(events, end);
      store.written = store.written + *ahead;
      UPTRAIL_TRY(write_store(stem + ".tasks.sqlite", store, store.rows.size(), "task", context));
    }
    if (keeps(kAppStore)) {
      const sim::AppStore store = sim::app_store(events, end);
      UPTRAIL_TRY(write_store(stem + ".transfers.sqlite", store, store.rows.size(), "upload", context));
    }
    return done();
  }

  static Status fill(const std::string& path, const sim::TaskStore& store) { return sim::write_task_store(path, store); }
  static Status fill(const std::string& path, const sim::AppStore& store) { return sim::write_app_store(path, store); }

  template <class Store>
  Status write_store(const std::string& path, const Store& store, std::size_t rows, std::string_view what,
                     const Context& context) const {
    UPTRAIL_TRY(make_way(path, force_));
    UPTRAIL_TRY(fill(path, store));
    context.talk.note("wrote " + path + ": " + count_of(rows, what));
    if (store.nameless > 0) {
      context.talk.note(path + ": " + count_of(store.nameless, what) + " without session identifier or number left out");
    }
    return done();
  }

  // Nothing is lost silently: what the form cannot say goes to the user.
  Result<std::string> render(const std::vector<Event>& events, const Catalogue& catalogue, const Context& context) const {
    const sim::Lines lines = plays_script() ? sim::Lines::everything : sim::Lines::as_device;
    auto written = sim::write_capture(events, catalogue, {container_, lines, redacted_});
    UPTRAIL_TRY(written);
    for (const std::string& loss : written->losses) {
      context.talk.note(container_ + ": " + loss);
    }
    return std::move(written->text);
  }

  Status write(const std::vector<Event>& events, const Catalogue& catalogue, Context& context) const {
    if (!split_ && skew_.empty()) {
      const auto text = render(events, catalogue, context);
      UPTRAIL_TRY(text);
      if (output_.empty()) {
        context.terminal.out << *text;
        return done();
      }
      return write_file(output_, *text, force_);
    }
    if (output_.empty()) {
      return fail(ErrorKind::usage, "two files need a name: -o FILE");
    }
    const sim::Split parts = sim::split_by_log(events);
    for (const auto& [part, of_part] : {std::pair{"app", &parts.app}, std::pair{"system", &parts.system}}) {
      const auto text = render(*of_part, catalogue, context);
      UPTRAIL_TRY(text);
      const std::string path = with_part(output_, part);
      UPTRAIL_TRY(write_file(path, *text, force_));
      context.talk.note("wrote " + path);
    }
    return done();
  }

  std::vector<std::string> scenario_, faults_, sources_, dropped_;
  std::string named_scenario_;
  std::string seed_ = "1", sessions_ = "1", tasks_ = "6", hours_ = "4", container_ = "event";
  std::string cut_, gap_, skew_, output_, truth_;
  bool overlap_ = false, redacted_ = false, split_ = false, force_ = false, list_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_simulate_verb() { return std::make_unique<SimulateVerb>(); }

}  // namespace uptrail::cli
