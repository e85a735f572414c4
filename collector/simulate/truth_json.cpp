#include "collector/base/text.h"
#include "collector/simulate/truth.h"

namespace uptrail::simulate {

namespace {

void key(std::string& out, std::string_view name) {
  out += out.back() == '{' ? "\"" : ",\"";
  out += name;
  out += "\":";
}
void text(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty()) {
    key(out, name);
    append_json_string(out, value);
  }
}
void number(std::string& out, std::string_view name, std::int64_t value) {
  key(out, name);
  out += std::to_string(value);
}

void finding(std::string& out, const TrueFinding& f) {
  out += '{';
  text(out, "rule", f.rule);
  text(out, "severity", severity_name(f.severity));
  if (f.task) {
    text(out, "task", f.task->text());
  }
  text(out, "identifier", f.identifier);
  text(out, "upload", f.upload);
  out += '}';
}

void findings(std::string& out, std::string_view name, const std::vector<TrueFinding>& list) {
  key(out, name);
  out += '[';
  for (std::size_t i = 0; i < list.size(); ++i) {
    out += i == 0 ? "" : ",";
    finding(out, list[i]);
  }
  out += ']';
}

void task(std::string& out, const TrueTask& t) {
  out += '{';
  text(out, "uuid", t.uuid.text());
  number(out, "id", t.id);
  text(out, "identifier", t.identifier);
  text(out, "upload", t.upload);
  text(out, "created", format_iso(t.created, 9));
  text(out, "end", t.end);
  number(out, "code", t.code);
  number(out, "status", t.status);
  key(out, "told");
  out += t.told ? "true}" : "false}";
}

}  // namespace

std::string truth_json(const Truth& truth) {
  std::string out = "{";
  number(out, "uptrail_truth", 1);
  key(out, "seed");
  out += std::to_string(truth.seed);
  text(out, "bundle", truth.bundle);
  text(out, "from", format_iso(truth.from, 9));
  text(out, "to", format_iso(truth.to, 9));
  key(out, "faults");
  out += "[";
  for (std::size_t i = 0; i < truth.faults.size(); ++i) {
    const InjectedFault& f = truth.faults[i];
    out += i == 0 ? "\n {" : ",\n {";
    text(out, "fault", f.fault);
    text(out, "at", format_iso(f.at, 9));
    key(out, "finding");
    finding(out, f.finding);
    findings(out, "consequences", f.consequences);
    out += '}';
  }
  out += "]";
  findings(out, "by_nature", truth.by_nature);
  key(out, "tasks");
  out += "[";
  for (std::size_t i = 0; i < truth.tasks.size(); ++i) {
    out += i == 0 ? "\n " : ",\n ";
    task(out, truth.tasks[i]);
  }
  return out + "]}\n";
}

}  // namespace uptrail::simulate
