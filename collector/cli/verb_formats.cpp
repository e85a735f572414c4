#include <ostream>

#include "collector/base/text.h"
#include "collector/cli/verb.h"
#include "collector/containers/container.h"
#include "collector/pipeline/collect.h"
#include "collector/pipeline/survey.h"
#include "collector/report/contents_text.h"
#include "collector/stores/store.h"

namespace uptrail::cli {

namespace {

std::string field(std::string_view key, std::string_view value) {
  std::string out;
  append_json_string(out, key);
  out += ": ";
  append_json_string(out, value);
  return out;
}

std::string_view kind_of(const FormatAnswer& answer) {
  return answer.is_case          ? "case"
         : answer.contents       ? "tree"
         : answer.chosen.empty() ? "none"
         : answer.is_store       ? "store"
                                 : "container";
}

std::string answer_json(const FormatAnswer& answer) {
  std::string out = "{\n  \"schema\": \"uptrail.formats/1\",\n  " + field("path", answer.path) + ",\n  " +
                    field("chosen", answer.chosen) + ",\n  " + field("kind", kind_of(answer)) + ",\n  \"candidates\": [";
  bool first = true;
  for (const auto& c : answer.candidates) {
    out += (first ? "\n    {" : ",\n    {") + field("id", c.id) + ", " + field("match", c.match) +
           ", \"score\": " + std::to_string(c.score) + ", " + field("title", c.title) + ", " + field("why", c.why) + "}";
    first = false;
  }
  out += first ? "]" : "\n  ]";
  if (answer.contents) {
    out += ",\n  " + field("format", answer.contents->format) + ",\n  \"members\": [";
    first = true;
    for (const auto& m : answer.members) {
      out += (first ? "\n    {" : ",\n    {") + field("path", m.path) + ", " + field("chosen", m.chosen) +
             ", \"score\": " + std::to_string(m.score) + ", " + field("why", m.why) + "}";
      first = false;
    }
    out += first ? "]" : "\n  ]";
  }
  return out + "\n}\n";
}

std::string tree_text(const FormatAnswer& answer, const TextStyle& style) {
  std::string out;
  for (const auto& m : answer.members) {
    const std::string score = m.score > 0 && m.score < 100 ? " " + std::to_string(m.score) : "";
    out += printable(m.path) + ": " + paint(style, Paint::green, m.chosen) + score + "\n" +
           paragraph("    ", printable(m.why), style.width);
  }
  return out + contents_text(*answer.contents, style);
}

std::string answer_text(const FormatAnswer& answer, const TextStyle& style) {
  const std::string path = printable(answer.path);
  std::string out;
  if (answer.contents && answer.candidates.empty()) {
    return tree_text(answer, style);
  }
  if (answer.is_case) {
    return path + ": a case file; uptrail check reads it directly\n";
  }
  if (answer.chosen.empty()) {
    out = path + ": " + paint(style, Paint::yellow, "not recognised") + "\n";
  } else {
    out = path + ": " + paint(style, Paint::green, answer.chosen) + "\n";
  }
  for (const auto& c : answer.candidates) {
    const std::string mark = c.id == answer.chosen ? "* " : "  ";
    const std::string score = c.match == "no" ? "no" : c.match + " " + std::to_string(c.score);
    out += paragraph(mark + pad_right(c.id, 20) + pad_right(score, 11), printable(c.why), style.width);
  }
  if (answer.chosen.empty()) {
    out +=
        "\n" + paragraph("", "uptrail formats lists what can be read; uptrail howto shows how to make a capture.", style.width);
  }
  return out;
}

std::string list_json() {
  std::string out = "{\n  \"schema\": \"uptrail.formats/1\",\n  \"containers\": [";
  bool first = true;
  for (const Container* c : builtin_containers()) {
    out += (first ? "\n    {" : ",\n    {") + field("id", c->info().id) + ", " + field("title", c->info().title) + ", " +
           field("doc", c->info().doc) + "}";
    first = false;
  }
  out += "\n  ],\n  \"stores\": [";
  first = true;
  for (const Store* s : builtin_stores()) {
    out += (first ? "\n    {" : ",\n    {") + field("id", s->info().id) + ", " + field("title", s->info().title) + ", " +
           field("doc", s->info().doc) + "}";
    first = false;
  }
  return out + "\n  ]\n}\n";
}

std::string list_text(const TextStyle& style) {
  std::string out = paint(style, Paint::bold, "Logs") + "\n";
  for (const Container* c : builtin_containers()) {
    out += paragraph("  " + pad_right(c->info().id, 22), c->info().title, style.width);
  }
  out += paint(style, Paint::bold, "Task stores") + "\n";
  for (const Store* s : builtin_stores()) {
    out += paragraph("  " + pad_right(s->info().id, 22), s->info().title, style.width);
  }
  return out + "\nuptrail formats FILE says how a file is recognised, and why not otherwise.\n";
}

class FormatsVerb final : public Verb {
 public:
  [[nodiscard]] std::string_view name() const override { return "formats"; }
  [[nodiscard]] std::string_view summary() const override { return "Say how a file is recognised, or list what can be read"; }
  [[nodiscard]] std::string_view usage() const override { return "[--json] [FILE] | --table FILE..."; }
  void declare(Options& options) override {
    options.inputs("FILE", files_, "A file, a folder or an archive; none: list all formats", false);
    options.flag("--json", json_, "Print one JSON object");
    options.flag("--table", table_, "Read each FILE and print how much of it was understood, tab separated");
  }

  int run(Context& context) override {
    const TextStyle style = context.terminal.style();
    if (files_.empty()) {
      context.terminal.out << (json_ ? list_json() : list_text(style));
      return kExitOk;
    }
    if (table_) {
      return print_table(context);
    }
    if (files_.size() > 1) {
      context.talk.error("give one file at a time (uptrail formats --help)");
      return kExitUsage;
    }
    const auto answer = explain_format(files_.front());
    if (!answer.ok()) {
      context.talk.error(answer.error());
      return exit_code_of(answer.error());
    }
    context.terminal.out << (json_ ? answer_json(answer.value()) : answer_text(answer.value(), style));
    const FormatAnswer& a = answer.value();
    return a.chosen.empty() && !a.is_case && a.members.empty() ? kExitUnreadable : kExitOk;
  }

 private:
  int print_table(Context& context) {
    std::ostream& out = context.terminal.out;
    out << "file\tcontainer\tread\tmatched\tknown\tnot understood\tirrelevant\tunparsed\tevents\n";
    bool all = true;
    for (const std::string& file : files_) {
      const auto row = survey(file);
      if (!row.ok()) {
        out << printable(file) << "\t-\t" << printable(row.error().message) << "\n";
        all = false;
        continue;
      }
      const Accounting& a = row->accounting;
      out << printable(file) << "\t" << row->container << "\t" << a.read << "\t" << a.matched << "\t" << a.known << "\t"
          << a.related - a.known << "\t" << a.irrelevant << "\t" << a.unparsed << "\t";
      std::string_view separator;
      for (const auto& [kind, count] : row->events) {
        out << separator << kind << " " << count;
        separator = ", ";
      }
      out << "\n";
    }
    return all ? kExitOk : kExitUnreadable;
  }

  std::vector<std::string> files_;
  bool json_ = false;
  bool table_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_formats_verb() { return std::make_unique<FormatsVerb>(); }

}  // namespace uptrail::cli
