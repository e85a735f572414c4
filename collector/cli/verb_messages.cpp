#include <algorithm>
#include <ostream>

#include "collector/base/text.h"
#include "collector/cli/inputs.h"
#include "collector/messages/draft.h"
#include "collector/messages/message_list.h"
#include "collector/pipeline/read_records.h"

namespace uptrail::cli {

namespace {

constexpr std::int64_t kMaxDrafted = 5000;

void append_pair(std::string& out, std::string_view key, std::string_view value) {
  append_json_string(out, key);
  out += ": ";
  append_json_string(out, value);
}

std::string list_json(const std::vector<MessageInfo>& messages) {
  std::string out = "{\n  \"schema\": \"uptrail.message-list/1\",\n  \"messages\": [";
  for (const MessageInfo& p : messages) {
    out += (&p == &messages.front() ? "\n    {" : ",\n    {");
    append_pair(out, "id", p.id);
    out += ", \"processes\": [";
    for (const std::string& process : p.processes) {
      out += &process == &p.processes.front() ? "" : ", ";
      append_json_string(out, process);
    }
    out += "], ";
    append_pair(out, "observer", p.observer);
    out += ", ";
    append_pair(out, "pattern", p.pattern);
    out += ", \"kind\": ";
    if (p.kind.empty()) {
      out += "null";
    } else {
      append_json_string(out, p.kind);
    }
    out += ", ";
    append_pair(out, "provenance", p.provenance);
    out += ", ";
    append_pair(out, "library", p.library);
    out += ", ";
    append_pair(out, "file", p.file);
    out += "}";
  }
  return out + "\n  ]\n}\n";
}

std::string list_text(const std::vector<MessageInfo>& messages, const TextStyle& style) {
  std::string out;
  std::string file;
  for (const MessageInfo& p : messages) {
    if (p.file != file) {
      file = p.file;
      out += (out.empty() ? "" : "\n") + paint(style, Paint::bold, printable(file)) + (p.built_in ? "  (built-in)" : "") + "\n";
    }
    std::string processes;
    for (const std::string& process : p.processes) {
      processes += (processes.empty() ? "" : ", ") + process;
    }
    out += "  " + pad_right(printable(p.id), 44) + "  " + pad_right(p.kind.empty() ? "-" : p.kind, 28) + "  " +
           pad_right(p.provenance, 6) + "  " + printable(processes) +
           (p.library.empty() ? "" : "  [" + printable(p.library) + "]") + "\n";
  }
  return out;
}

class MessagesVerb final : public Verb {
 public:
  [[nodiscard]] std::string_view name() const override { return "messages"; }
  [[nodiscard]] std::string_view summary() const override { return "Draft, list, check and try message patterns"; }
  [[nodiscard]] std::string_view usage() const override { return "draft LOG... | list | check FILE... | test FILE LOG..."; }

  void declare(Options& options) override {
    options.inputs("ACTION", words_, "draft, list, check or test, and its files; - is standard input", true);
    options.text("--limit", limit_, "N", "draft: at most so many messages (default 40)");
    options.flag("--all", all_, "draft: also lines that seem to have nothing to do with uploads");
    options.flag("--json", json_, "list, test: print one JSON object");
    messages_.declare(options);
    options.examples(
        "  uptrail messages draft app.log > my-app.json       then edit it: docs/formats/messages.md\n"
        "  uptrail messages check my-app.json                 every pattern against its samples\n"
        "  uptrail messages test my-app.json app.log          how often each pattern fits\n"
        "  uptrail check --messages my-app.json app.log system.log");
  }

  int run(Context& context) override {
    const std::string action = words_.front();
    files_.assign(words_.begin() + 1, words_.end());
    Status result = done();
    if (action == "draft") {
      result = draft(context);
    } else if (action == "list") {
      result = list(context);
    } else if (action == "check") {
      result = check(context);
    } else if (action == "test") {
      result = test(context);
    } else {
      Error error = fail(ErrorKind::usage, "messages cannot \"" + action + "\"");
      const std::string meant = nearest(action, {"draft", "list", "check", "test"});
      error.hint = meant.empty() ? "draft, list, check or test" : "did you mean " + meant + "?";
      result = error;
    }
    context.talk.clear_progress();
    if (result.ok()) {
      return kExitOk;
    }
    context.talk.error(result.error());
    return exit_code_of(result.error());
  }

 private:
  [[nodiscard]] Status need_files(std::size_t least, const char* what) const {
    return files_.size() >= least ? done() : Status(fail(ErrorKind::usage, std::string(what)));
  }

  Status list(Context& context) const {
    if (!files_.empty()) {
      return fail(ErrorKind::usage, "messages list takes no file; --messages FILE adds one");
    }
    const auto loaded = load_message_files(messages_.wanted(context));
    UPTRAIL_TRY(loaded);
    const std::vector<MessageInfo> messages = messages_of(*loaded->catalogue);
    context.terminal.out << (json_ ? list_json(messages) : list_text(messages, context.terminal.style()));
    return done();
  }

  // A file that is given twice, or lies in the user's folder, too, is read once.
  [[nodiscard]] MessageFiles with(const Context& context, const std::vector<std::string>& files) const {
    MessageFiles wanted = messages_.wanted(context);
    wanted.named.insert(wanted.named.begin(), files.begin(), files.end());
    return wanted;
  }

  Status check(Context& context) const {
    UPTRAIL_TRY(need_files(1, "messages check needs a message file"));
    const auto loaded = load_message_files(with(context, files_));
    UPTRAIL_TRY(loaded);
    for (const std::string& file : files_) {
      std::size_t patterns = 0;
      std::size_t events = 0;
      std::size_t samples = 0;
      for (const MessageInfo& p : messages_of(*loaded->catalogue)) {
        if (p.file == file) {
          ++patterns;
          events += p.kind.empty() ? 0 : 1;
          samples += p.samples;
        }
      }
      context.terminal.out << printable(file) << ": OK, " << count_of(patterns, "pattern") << ", " << events
                           << " of them for events, " << count_of(samples, "sample") << "\n";
    }
    return done();
  }

  // How often each pattern of the file is the one that counts.
  Status test(Context& context) const {
    UPTRAIL_TRY(need_files(2, "messages test needs a message file and a log"));
    const std::string& file = files_.front();
    const auto loaded = load_message_files(with(context, {file}));
    UPTRAIL_TRY(loaded);
    MessageCounter counter(loaded->catalogue);
    std::uint64_t lines = 0;
    for (std::size_t i = 1; i < files_.size(); ++i) {
      const auto read = read_records(files_[i], context.terminal.cancel, [&](const Record& record) {
        ++lines;
        counter.add(record);
      });
      UPTRAIL_TRY(read);
      warn_unknown_format(files_[i], *read, context);
    }
    std::string out =
        json_ ? "{\n  \"schema\": \"uptrail.message-test/1\",\n  \"records\": " + std::to_string(lines) + ",\n  \"messages\": ["
              : std::string();
    bool first = true;
    const std::vector<MessageInfo> messages = messages_of(*loaded->catalogue);
    for (std::size_t i = 0; i < messages.size(); ++i) {
      const MessageInfo& p = messages[i];
      const std::uint64_t n = counter.hits()[i];
      if (p.file != file) {
        continue;
      }
      if (json_) {
        out += first ? "\n    {" : ",\n    {";
        append_pair(out, "id", p.id);
        out += ", \"hits\": " + std::to_string(n) + "}";
      } else {
        out += pad_left(format_count(n), 9) + "  " + pad_right(p.kind.empty() ? "-" : p.kind, 28) + "  " + printable(p.id) + "\n";
      }
      first = false;
    }
    context.terminal.out << out << (json_ ? "\n  ]\n}\n" : "");
    return done();
  }

  static void warn_unknown_format(const std::string& file, const RecordsRead& read, Context& context) {
    if (read.container.empty()) {
      context.talk.warn(file +
                        ": no known log format, so each line is taken as one message. uptrail check cannot read such a "
                        "file: it needs times and processes (uptrail howto)");
    }
  }

  Status draft(Context& context) const {
    UPTRAIL_TRY(need_files(1, "messages draft needs a log"));
    const auto limit = parse_int(limit_);
    if (!limit || *limit < 1 || *limit > kMaxDrafted) {
      return fail(ErrorKind::usage, "--limit must be a number from 1 to " + std::to_string(kMaxDrafted));
    }
    auto loaded = load_message_files(messages_.wanted(context));
    UPTRAIL_TRY(loaded);
    MessageDraft draft(loaded->catalogue);
    for (const std::string& file : files_) {
      const auto read = read_records(file, context.terminal.cancel, [&](const Record& record) { draft.add(record); });
      UPTRAIL_TRY(read);
      warn_unknown_format(file, *read, context);
    }
    const auto made = draft.finish(static_cast<std::size_t>(*limit), all_);
    UPTRAIL_TRY(made);
    context.terminal.out << made->json;
    tell(*made, context);
    return done();
  }

  void tell(const DraftedMessages& made, Context& context) const {
    context.talk.note(
        format_count(made.lines) + " records read: " + format_count(made.known) + " understood already, " +
        format_count(made.of_system) + " of the system, " + format_count(made.covered) + " in " +
        count_of(made.messages, "drafted message") +
        (made.left_out == 0 ? std::string() : "; " + count_of(made.left_out, "more template") + " left out (--limit, --all)"));
    if (made.messages == 0) {
      context.talk.note(all_ ? "no line is left to draft" : "no other line seems to be about uploads; --all drafts the others");
      return;
    }
    if (made.nameless) {
      context.talk.note("the log names no process: put your app's into \"processes\"");
    }
    context.talk.note(
        "next: 1. set \"kind\" where a line tells an event, and name its captures after the kind's fields "
        "(docs/events.md); 2. delete what matters not, and what is private in the samples; 3. uptrail messages check FILE; 4. "
        "uptrail check --messages FILE " +
        printable(files_.front()));
  }

  std::vector<std::string> words_;
  std::vector<std::string> files_;
  MessageOptions messages_;
  std::string limit_ = "40";
  bool all_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_messages_verb() { return std::make_unique<MessagesVerb>(); }

}  // namespace uptrail::cli
