#include "collector/simulate/writers.h"

#include <algorithm>
#include <array>

#include "collector/base/text.h"
#include "collector/simulate/log_writers.h"
#include "collector/simulate/write_script.h"

namespace uptrail::simulate {

namespace {

constexpr DurationNs kDay = hours(24);

// A form of a log, and what it cannot say whatever the events are; "": nothing.
struct Form {
  std::string_view name;
  std::string (*write)(const std::vector<LogLine>& lines);
  DurationNs precision;
  std::string_view clock;
};
constexpr std::array kForms = {
    Form{"default", write_log_show_default, nanoseconds(1000), ""},
    Form{"compact", write_log_show_compact, milliseconds(1), "the times name no zone: --date FILE=YYYY-MM-DD+01:00 says it"},
    Form{"syslog", write_log_show_syslog, nanoseconds(1000), ""},
    Form{"ndjson", write_log_show_ndjson, nanoseconds(1000), ""},
    Form{"json", write_log_show_json, nanoseconds(1000), ""},
    Form{"console", write_console_copy, nanoseconds(1000), "the times name no date: --date FILE=YYYY-MM-DD+01:00 says it"},
    Form{"idevicesyslog", write_idevicesyslog, seconds(1),
         "the times name neither year nor zone: --date FILE=YYYY+01:00 says them"},
};

std::string precision_name(DurationNs precision) {
  return precision == seconds(1) ? "whole seconds" : precision == milliseconds(1) ? "milliseconds" : "microseconds";
}

template <class Items, class Text>
std::string list_of(const Items& items, const Text& text) {
  std::string out;
  for (const auto& item : items) {
    out += (out.empty() ? "" : ", ") + text(item);
  }
  return out;
}

std::vector<std::string> losses_of(const Form& form, const LogLines& log) {
  std::vector<std::string> out;
  if (!form.clock.empty()) {
    out.emplace_back(form.clock);
  }
  const auto finer = [&](const LogLine& l) { return l.t.ns % form.precision.ns != 0; };
  if (const auto count = static_cast<std::size_t>(std::count_if(log.lines.begin(), log.lines.end(), finer)); count > 0) {
    out.push_back("the times show " + precision_name(form.precision) + "; " + count_of(count, "line") + " of " +
                  std::to_string(log.lines.size()) + " had more");
  }
  for (std::size_t i = 1; i < log.lines.size() && form.name == "console"; ++i) {
    if (log.lines[i].t - log.lines[i - 1].t >= kDay) {
      out.emplace_back("a silence of more than a day looks like one of less");
      break;
    }
  }
  if (!log.left_out.empty()) {
    out.push_back("no known line tells " + list_of(log.left_out, [](const auto& k) {
                    return std::string(kind_name(k.first)) + " (" + std::to_string(k.second) + ")";
                  }));
  }
  if (!log.not_shown.empty()) {
    out.push_back("the lines do not show " + list_of(log.not_shown, [](const std::string& f) { return f; }));
  }
  return out;
}

}  // namespace

std::vector<std::string_view> container_names() {
  std::vector<std::string_view> out{"event", "script"};
  for (const Form& form : kForms) {
    out.push_back(form.name);
  }
  return out;
}

Result<Written> write_capture(const std::vector<Event>& events, const Catalogue& catalogue, const WriteOptions& options) {
  if (options.container == "event") {
    return Written{write_ndjson(events), {}};
  }
  if (options.container == "script") {
    return write_script(events);
  }
  for (const Form& form : kForms) {
    if (form.name == options.container) {
      const LogLines log = log_lines(events, catalogue, options.lines, options.redacted);
      return Written{form.write(log.lines), losses_of(form, log)};
    }
  }
  return fail(ErrorKind::usage, "there is no container \"" + options.container + "\"");
}

}  // namespace uptrail::simulate
