// Plays the steps of a script, one after the other, without a display.
#include <cmath>
#include <fstream>
#include <sstream>

#include "collector/base/nearest.h"
#include "collector/base/text.h"
#include "viewer/app/headless.h"
#include "viewer/app/script.h"

namespace uptrail::viewer {

namespace {

class Player {
 public:
  explicit Player(Headless& viewer) : viewer_(viewer) {}

  Status operator()(const OpenStep& s) {
    viewer_.bench().open(s.paths);
    return viewer_.settle();
  }
  Status operator()(const DoStep& s) {
    if (s.command->needs_case && !viewer_.bench().state().data) {
      return fail(ErrorKind::usage, std::string(s.command->id) + " needs an open case");
    }
    viewer_.bench().act(s.command->action);
    return viewer_.settle();
  }
  Status operator()(const KeyStep& s) {
    viewer_.key(s.key, s.mods);
    return viewer_.settle();
  }
  Status operator()(const TypeStep& s) {
    for (std::size_t i = 0; i < s.text.size();) {
      const bool new_line = s.text.compare(i, 2, "\\n") == 0;
      if (new_line) {
        viewer_.key(Key::enter, {});
        i += 2;
      } else {
        viewer_.character(code_at(s.text, i));
      }
    }
    return viewer_.settle();
  }
  Status operator()(const ClickStep& s) {
    const auto at = find(s.at);
    UPTRAIL_TRY(at);
    viewer_.click(*at);
    return viewer_.settle();
  }
  Status operator()(const MoveStep& s) {
    const auto to = find(s.to);
    UPTRAIL_TRY(to);
    viewer_.move(*to);
    return viewer_.settle();
  }
  Status operator()(const DragStep& s) {
    viewer_.drag(s.from, s.to, s.mods);
    return viewer_.settle();
  }
  Status operator()(const WheelStep& s) {
    if (s.at) {
      const auto at = find(*s.at);
      UPTRAIL_TRY(at);
      viewer_.move(*at);
    }
    viewer_.wheel(s.steps, s.mods);
    return viewer_.settle();
  }
  Status operator()(const WaitStep& s) {
    if (s.frames == 0) return viewer_.settle();
    for (int i = 0; i < s.frames; ++i) viewer_.frame();
    return done();
  }
  Status operator()(const SizeStep& s) {
    viewer_.resize(s.width, s.height);
    return viewer_.settle();
  }
  Status operator()(const ShotStep& s) {
    if (s.place.empty()) return write_png(viewer_.picture(), s.path);
    const auto& places = viewer_.places();
    const auto at = places.find(s.place);
    if (at == places.end()) return no_place(s.place, "no place");
    const auto whole = [](float v) { return static_cast<int>(std::lround(v)); };
    const Rect& r = at->second;
    return write_png(cropped(viewer_.picture(), whole(r.min.x), whole(r.min.y), whole(r.width()), whole(r.height())), s.path);
  }
  Status operator()(const ExpectStep& s) {
    const auto glyphs = viewer_.glyphs();
    if (find_drawn(glyphs, s.text).has_value() == s.there) return done();
    Error error = fail(ErrorKind::usage, (s.there ? "nowhere is seen: " : "is seen: ") + s.text);
    if (s.there) error.hint = "seen is:\n" + drawn_text(glyphs);
    return error;
  }
  Status operator()(const ExpectCopiedStep& s) {
    const char* text = ImGui::GetClipboardText();
    const std::string copied = text != nullptr ? text : "";
    if (contains(copied, s.text)) return done();
    Error error = fail(ErrorKind::usage, "was not copied: " + s.text);
    error.hint = copied.empty() ? "nothing was copied" : "copied was:\n" + copied;
    return error;
  }

 private:
  static unsigned code_at(const std::string& text, std::size_t& i) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    const int more = lead >= 0xF0U ? 3 : lead >= 0xE0U ? 2 : lead >= 0xC0U ? 1 : 0;
    unsigned code = more == 0 ? lead : lead & (0x3FU >> static_cast<unsigned>(more));
    for (int k = 0; k < more && i < text.size(); ++k) code = code << 6U | (static_cast<unsigned char>(text[i++]) & 63U);
    return code;
  }

  Result<ImVec2> find(const Target& target) const {
    if (const auto* point = std::get_if<ImVec2>(&target)) return *point;
    const std::string& name = *std::get_if<std::string>(&target);
    const auto& places = viewer_.places();
    if (const auto at = places.find(name); at != places.end()) return at->second.centre();
    if (const auto text = find_drawn(viewer_.glyphs(), name)) {
      return ImVec2((text->min.x + text->max.x) / 2, (text->min.y + text->max.y) / 2);
    }
    return no_place(name, "no place and no text");
  }

  Error no_place(const std::string& name, const char* what) const {
    std::vector<std::string> known;
    for (const auto& [place, rect] : viewer_.places()) known.push_back(place);
    const std::string meant = nearest(name, known);
    return fail(ErrorKind::usage, "there is " + std::string(what) + " " + name + " in sight" +
                                      (meant.empty() ? "" : "; did you mean " + meant + "?"));
  }

  Headless& viewer_;
};

Result<std::string> read_script(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in || in.bad()) return fail(ErrorKind::unreadable, "cannot be read", path);
  return text.str();
}

}  // namespace

Result<std::optional<Error>> play_script(const Options& options) {
  const auto text = read_script(options.script);
  UPTRAIL_TRY(text);
  const auto steps = parse_script(*text, options.script);
  UPTRAIL_TRY(steps);
  Headless viewer(options);
  Workbench& bench = viewer.bench();
  bench.select_when_loaded(options.select);
  bench.run_when_loaded(options.commands);
  if (!options.files.empty()) bench.open(options.files);
  if (!options.compare.empty()) bench.compare(options.compare);
  UPTRAIL_TRY(viewer.settle());
  if (bench.missed_wanted()) return fail(ErrorKind::usage, "no finding or cause called " + options.select + " in this case");
  Player player(viewer);
  for (const ScriptStep& step : *steps) {
    const Status status = std::visit(player, step.what);
    if (status.ok()) continue;
    Error error = status.error();
    error.message = options.script + ":" + std::to_string(step.line) + ": " + error.message;
    return std::optional<Error>(error);
  }
  return std::optional<Error>();
}

}  // namespace uptrail::viewer
