#include "collector/pipeline/stories.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "collector/analysis/story/storyteller.h"
#include "collector/base/text.h"
#include "collector/model/session_identifier.h"

namespace uptrail {

namespace {

struct Wanted {
  StoryKind kind = StoryKind::upload;
  std::uint32_t index = 0;
};

class Stories {
 public:
  Stories(CaseReader& reader, const StoryQuery& query) : reader_(reader), query_(query) {}
  Result<std::vector<Story>> take();

 private:
  Status read();
  Status choose();
  void choose_all(StoryKind kind);
  void choose_default();
  [[nodiscard]] bool is_task(const Task& task) const;
  [[nodiscard]] UnitId unit_of(const Wanted& wanted) const;
  [[nodiscard]] bool has_findings(TaskId task, UploadId upload) const;
  Result<const analysis::Storyteller*> teller(UnitId unit);
  Result<std::vector<Event>> events_of(const std::vector<TaskId>& tasks);
  Result<Story> tell(const Wanted& wanted);

  CaseReader& reader_;
  const StoryQuery& query_;
  Derived derived_;
  std::vector<Source> sources_;
  std::vector<Stream> streams_;
  std::optional<int> zone_;
  std::vector<Wanted> wanted_;
  // Of one unit at a time: the stories are told unit by unit, so that only one unit's events are in memory.
  UnitId unit_;
  std::optional<analysis::Storyteller> teller_;
};

Status Stories::read() {
  auto derived = reader_.derived();
  UPTRAIL_TRY(derived);
  derived_ = derived.take();
  auto sources = reader_.sources();
  UPTRAIL_TRY(sources);
  sources_ = sources.take();
  auto streams = reader_.streams();
  UPTRAIL_TRY(streams);
  streams_ = streams.take();
  const auto info = reader_.info();
  UPTRAIL_TRY(info);
  zone_ = info->zone_offset_minutes;
  return done();
}

bool Stories::has_findings(TaskId task, UploadId upload) const {
  return std::any_of(derived_.findings.begin(), derived_.findings.end(), [&](const Finding& f) {
    return (task.valid() && f.subject.task == task) || (upload.valid() && f.subject.upload == upload);
  });
}

void Stories::choose_all(StoryKind kind) {
  const auto all = [&](const auto& items) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      wanted_.push_back({kind, static_cast<std::uint32_t>(i)});
    }
  };
  kind == StoryKind::upload    ? all(derived_.uploads)
  : kind == StoryKind::task    ? all(derived_.tasks)
  : kind == StoryKind::session ? all(derived_.sessions)
                               : all(derived_.wakes);
}

void Stories::choose_default() {
  std::vector<Wanted> with;
  std::vector<Wanted> without;
  for (const Upload& u : derived_.uploads) {
    const bool found =
        has_findings({}, u.id) || std::any_of(u.tasks.begin(), u.tasks.end(), [&](TaskId t) { return has_findings(t, {}); });
    (found ? with : without).push_back({StoryKind::upload, u.id.value});
  }
  for (const Task& t : derived_.tasks) {
    if (!t.upload.valid()) {
      (has_findings(t.id, {}) ? with : without).push_back({StoryKind::task, t.id.value});
    }
  }
  wanted_ = std::move(with);
  for (const Session& s : derived_.sessions) {
    const bool found = std::any_of(derived_.findings.begin(), derived_.findings.end(), [&](const Finding& f) {
      return f.subject.session == s.id && !f.subject.task.valid() && !f.subject.upload.valid();
    });
    if (found || (derived_.uploads.empty() && derived_.tasks.empty())) {
      wanted_.push_back({StoryKind::session, s.id.value});
    }
  }
  wanted_.insert(wanted_.end(), without.begin(), without.end());
}

bool Stories::is_task(const Task& task) const {
  const std::string& typed = query_.task;
  if (const auto number = parse_int(typed); number && task.identifier == number) {
    return true;
  }
  const std::string uuid = task.uuid ? to_lower_ascii(task.uuid->text()) : std::string();
  return (typed.size() >= 4 && uuid.starts_with(to_lower_ascii(typed))) || (!task.desc.empty() && task.desc == typed);
}

// "17, 18, 19, … (40 in all)"
std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 6;
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < kShown; ++i) {
    out += (i > 0 ? ", " : "") + ellipsize(names[i], 60);
  }
  return names.size() > kShown ? out + ", … (" + std::to_string(names.size()) + " in all)" : out;
}

Status Stories::choose() {
  std::vector<std::string> names;
  std::string typed;
  std::string_view what = "upload";
  if (!query_.upload.empty()) {
    typed = query_.upload;
    const std::string wanted = to_lower_ascii(typed);
    for (const Upload& u : derived_.uploads) {
      names.push_back(u.name);
      if (const std::string name = to_lower_ascii(u.name);
          name == wanted || "upload " + name == wanted || name == "upload " + wanted) {
        wanted_.push_back({StoryKind::upload, u.id.value});
      }
    }
  } else if (!query_.task.empty()) {
    what = "task";
    typed = query_.task;
    for (const Task& t : derived_.tasks) {
      names.push_back(t.identifier ? std::to_string(*t.identifier) : t.uuid ? t.uuid->text() : t.desc);
      if (is_task(t)) {
        wanted_.push_back({StoryKind::task, t.id.value});
      }
    }
  } else if (!query_.session.empty()) {
    what = "session";
    typed = query_.session;
    for (const Session& s : derived_.sessions) {
      names.push_back(shown_identifier(s.identifier));
      if (s.identifier == typed || shown_identifier(s.identifier) == typed) {
        wanted_.push_back({StoryKind::session, s.id.value});
      }
    }
  } else if (query_.wake) {
    what = "wake";
    typed = std::to_string(*query_.wake);
    for (std::size_t i = 0; i < derived_.wakes.size(); ++i) {
      names.push_back(std::to_string(i + 1));
    }
    if (*query_.wake >= 1 && *query_.wake <= derived_.wakes.size()) {
      wanted_.push_back({StoryKind::wake, static_cast<std::uint32_t>(*query_.wake - 1)});
    }
  } else if (query_.all_of) {
    choose_all(*query_.all_of);
    return done();
  } else {
    choose_default();
    return done();
  }
  if (!wanted_.empty()) {
    return done();
  }
  Error error = fail(ErrorKind::usage, "no " + std::string(what) + " \"" + typed + "\" in this case");
  error.hint = names.empty() ? "it has none" : "there is " + some_of(names);
  return error;
}

UnitId Stories::unit_of(const Wanted& w) const {
  switch (w.kind) {
    case StoryKind::upload:
      return derived_.uploads[w.index].unit;
    case StoryKind::task:
      return derived_.tasks[w.index].unit;
    case StoryKind::session:
      return derived_.sessions[w.index].unit;
    case StoryKind::wake:
      return derived_.wakes[w.index].unit;
  }
  return {};
}

Result<const analysis::Storyteller*> Stories::teller(UnitId unit) {
  if (!teller_ || unit_ != unit) {
    const auto kinds = analysis::story_context_kinds();
    EventQuery query;
    query.unit = unit;
    query.kinds.assign(kinds.begin(), kinds.end());
    std::vector<Event> context;
    UPTRAIL_TRY(reader_.for_each_event(query, [&](const Event& e) {
      context.push_back(e);
      return true;
    }));
    teller_.emplace(analysis::StoryInput{derived_, sources_, streams_, zone_}, unit, std::move(context));
    unit_ = unit;
  }
  return &*teller_;
}

Result<std::vector<Event>> Stories::events_of(const std::vector<TaskId>& tasks) {
  std::vector<Event> out;
  for (const TaskId task : tasks) {
    EventQuery query;
    query.task = task;
    UPTRAIL_TRY(reader_.for_each_event(query, [&](const Event& e) {
      out.push_back(e);
      return true;
    }));
  }
  std::stable_sort(out.begin(), out.end(), [](const Event& a, const Event& b) {
    return std::tie(a.domain, a.t, a.stream, a.seq) < std::tie(b.domain, b.t, b.stream, b.seq);
  });
  return out;
}

Result<Story> Stories::tell(const Wanted& w) {
  const auto teller = this->teller(unit_of(w));
  UPTRAIL_TRY(teller);
  if (w.kind == StoryKind::session) {
    return (*teller)->session(SessionId{w.index});
  }
  if (w.kind == StoryKind::wake) {
    const Wake& wake = derived_.wakes[w.index];
    EventQuery query;
    query.unit = wake.unit;
    query.span = Interval{wake.seen.start, wake.seen.end + nanoseconds(1)};
    std::vector<Event> own;
    UPTRAIL_TRY(reader_.for_each_event(query, [&](const Event& e) {
      const bool process = e.kind == EventKind::app_launch || e.kind == EventKind::app_resume ||
                           e.kind == EventKind::app_suspend || e.kind == EventKind::app_terminate;
      if (process || (e.session.valid() && e.session == wake.session)) {
        own.push_back(e);
      }
      return true;
    }));
    return (*teller)->wake(w.index, own);
  }
  const bool upload = w.kind == StoryKind::upload;
  const auto own = events_of(upload ? derived_.uploads[w.index].tasks : std::vector<TaskId>{TaskId{w.index}});
  UPTRAIL_TRY(own);
  return upload ? (*teller)->upload(UploadId{w.index}, *own) : (*teller)->task(TaskId{w.index}, *own);
}

Result<std::vector<Story>> Stories::take() {
  UPTRAIL_TRY(read());
  UPTRAIL_TRY(choose());
  std::vector<std::size_t> order(wanted_.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return unit_of(wanted_[a]) < unit_of(wanted_[b]); });
  std::vector<Story> out(wanted_.size());
  for (const std::size_t i : order) {
    auto story = tell(wanted_[i]);
    UPTRAIL_TRY(story);
    out[i] = story.take();
  }
  return out;
}

}  // namespace

Result<std::vector<Story>> tell_stories(CaseReader& reader, const StoryQuery& query) { return Stories(reader, query).take(); }

}  // namespace uptrail
