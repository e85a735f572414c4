#include <ostream>

#include "collector/base/text.h"
#include "collector/cli/inputs.h"
#include "collector/pipeline/stories.h"
#include "collector/report/story_text.h"

namespace uptrail::cli {

namespace {

class StoryVerb final : public Verb {
 public:
  [[nodiscard]] std::string_view name() const override { return "story"; }
  [[nodiscard]] std::string_view summary() const override { return "Tell in plain words what happened to each upload"; }
  [[nodiscard]] std::string_view usage() const override { return "[options] IN..."; }

  void declare(Options& options) override {
    options.inputs("IN", inputs_, "Captures, task stores, folders and archives, or one case (.uptrail)", true);
    options.text("--upload", query_.upload, "U", "This upload only");
    options.text("--task", query_.task, "T", "This task only: taskIdentifier, UUID (four digits suffice) or taskDescription");
    options.text("--session", query_.session, "S", "This session only: its identifier");
    options.text("--wake", wake_, "N", "This wake only, counted from 1");
    options.choice("--kind", kind_, {"uploads", "tasks", "sessions", "wakes"}, "All stories of one kind");
    options.flag("--places", places_, "Each clause on a line, with where it can be read");
    options.flag("--json", json_, "Print one JSON object");
    capture_.declare(options);
    options.examples(
        "  uptrail story trip.uptrail                   uploads with findings first, then the others\n"
        "  uptrail story --upload 17 --places trip.uptrail\n"
        "  uptrail story --kind wakes system.log app.ndjson");
  }

  int run(Context& context) override {
    const Status told = tell(context);
    if (!told.ok()) {
      context.talk.error(told.error());
      return exit_code_of(told.error());
    }
    return unreadable_ ? kExitUnreadable : kExitOk;
  }

 private:
  Status read_query() {
    const int filters = static_cast<int>(!query_.upload.empty()) + static_cast<int>(!query_.task.empty()) +
                        static_cast<int>(!query_.session.empty()) + static_cast<int>(!wake_.empty()) +
                        static_cast<int>(!kind_.empty());
    if (filters > 1) {
      return fail(ErrorKind::usage, "give one of --upload, --task, --session, --wake and --kind");
    }
    if (!wake_.empty()) {
      const auto number = parse_int(wake_);
      if (!number || *number < 1) {
        return fail(ErrorKind::usage, "--wake " + wake_ + " is not a number from 1");
      }
      query_.wake = static_cast<std::size_t>(*number);
    }
    for (const StoryKind kind : {StoryKind::upload, StoryKind::task, StoryKind::session, StoryKind::wake}) {
      if (kind_ == std::string(story_kind_name(kind)) + "s") {
        query_.all_of = kind;
      }
    }
    return done();
  }

  Status tell(Context& context) {
    UPTRAIL_TRY(read_query());
    auto opened = open_inputs(inputs_, capture_, context);
    UPTRAIL_TRY(opened);
    unreadable_ = opened->some_failed || opened->reader == nullptr;
    if (opened->reader == nullptr) {
      return done();
    }
    const auto stories = tell_stories(*opened->reader, query_);
    UPTRAIL_TRY(stories);
    auto data = gather_check(*opened->reader);
    UPTRAIL_TRY(data);
    if (json_ || places_) {
      UPTRAIL_TRY(add_lines(*opened->reader, story_events(*stories), false, data.value()));
    }
    context.terminal.out << (json_ ? stories_json(*data, *stories)
                                   : stories_text(*data, *stories, places_, context.terminal.style()));
    return done();
  }

  std::vector<std::string> inputs_;
  CaptureOptions capture_;
  StoryQuery query_;
  std::string wake_, kind_;
  bool places_ = false;
  bool json_ = false;
  bool unreadable_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_story_verb() { return std::make_unique<StoryVerb>(); }

}  // namespace uptrail::cli
