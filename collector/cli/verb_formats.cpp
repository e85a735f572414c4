#include <ostream>

#include "collector/base/text.h"
#include "collector/cli/verb.h"
#include "collector/containers/container.h"
#include "collector/pipeline/collect.h"
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
  return answer.is_case ? "case" : answer.chosen.empty() ? "none" : answer.is_store ? "store" : "container";
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
  return out + (first ? "]\n}\n" : "\n  ]\n}\n");
}

std::string answer_text(const FormatAnswer& answer, const TextStyle& style) {
  const std::string path = printable(answer.path);
  std::string out;
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
  [[nodiscard]] std::string_view usage() const override { return "[--json] [FILE]"; }
  void declare(Options& options) override {
    options.inputs("FILE", files_, "A file; none: list all formats", false);
    options.flag("--json", json_, "Print one JSON object");
  }

  int run(Context& context) override {
    const TextStyle style = context.terminal.style();
    if (files_.empty()) {
      context.terminal.out << (json_ ? list_json() : list_text(style));
      return kExitOk;
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
    return answer.value().chosen.empty() && !answer.value().is_case ? kExitUnreadable : kExitOk;
  }

 private:
  std::vector<std::string> files_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_formats_verb() { return std::make_unique<FormatsVerb>(); }

}  // namespace uptrail::cli
