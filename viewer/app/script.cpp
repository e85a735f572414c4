#include "viewer/app/script.h"

#include <algorithm>
#include <array>

#include "collector/base/nearest.h"
#include "collector/base/text.h"

namespace uptrail::viewer {

namespace {

using What = decltype(ScriptStep::what);
using Parsed = Result<What>;

Error bad(std::string message) { return fail(ErrorKind::usage, std::move(message)); }

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  for (const std::string_view word : split(text, ' ')) {
    if (!word.empty()) out.push_back(word);
  }
  return out;
}

std::optional<ImVec2> point(std::string_view x, std::string_view y) {
  const auto px = parse_double(x);
  const auto py = parse_double(y);
  constexpr double kFar = 100'000;
  if (!px || !py || !(*px > -kFar && *px<kFar&& * py> - kFar && *py < kFar)) return std::nullopt;
  return ImVec2(static_cast<float>(*px), static_cast<float>(*py));
}

Target target(std::string_view text) {
  const auto parts = words(text);
  if (parts.size() == 2) {
    if (const auto p = point(parts[0], parts[1])) return *p;
  }
  return std::string(text);
}

// "Ctrl+Shift+drag" leaves "drag".
KeyMods take_mods(std::string_view& text) {
  KeyMods mods;
  for (;;) {
    const std::string lower = to_lower_ascii(text);
    if (lower.starts_with("ctrl+") && text.size() > 5) {
      mods.ctrl = true;
      text.remove_prefix(5);
    } else if (lower.starts_with("shift+") && text.size() > 6) {
      mods.shift = true;
      text.remove_prefix(6);
    } else {
      return mods;
    }
  }
}

std::optional<Key> named_key(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, Key>, 13> kNamed = {{{"esc", Key::escape},
                                                                        {"left", Key::left},
                                                                        {"right", Key::right},
                                                                        {"up", Key::up},
                                                                        {"down", Key::down},
                                                                        {"pageup", Key::page_up},
                                                                        {"pagedown", Key::page_down},
                                                                        {"home", Key::home},
                                                                        {"end", Key::end},
                                                                        {"enter", Key::enter},
                                                                        {"backspace", Key::backspace},
                                                                        {"tab", Key::tab},
                                                                        {"+", Key::equal}}};
  const std::string lower = to_lower_ascii(name);
  for (const auto& [known, key] : kNamed) {
    if (lower == known) return key;
  }
  if (name.size() != 1) return std::nullopt;
  const std::string_view printable(kKeyChars, kPrintableKeys);
  const char upper = lower[0] >= 'a' && lower[0] <= 'z' ? static_cast<char>(lower[0] - 'a' + 'A') : lower[0];
  const std::size_t at = printable.find(upper);
  return at == std::string_view::npos ? std::nullopt : std::optional(static_cast<Key>(at));
}

Parsed parse_open(std::string_view rest) {
  if (rest.empty()) return bad("open wants a path; several are divided by tabs");
  OpenStep step;
  for (const std::string_view path : split(rest, '\t')) step.paths.emplace_back(trim(path));
  return What(step);
}

Parsed parse_do(std::string_view rest) {
  if (const Command* command = find_command(rest)) return What(DoStep{command});
  std::vector<std::string> known;
  for (const Command& command : commands()) known.emplace_back(command.id);
  const std::string meant = nearest(rest, known);
  return bad("no command " + std::string(rest) + (meant.empty() ? "" : "; did you mean " + meant + "?"));
}

Parsed parse_key(std::string_view rest) {
  std::string_view name = rest;
  const KeyMods mods = take_mods(name);
  // A sign that is typed, like "?", comes as text: which key has it depends on the keyboard.
  if (name == "?") return What(TypeStep{"?"});
  if (const auto key = named_key(name)) return What(KeyStep{*key, mods});
  return bad("no key " + std::string(rest) + "; for example: N, 3, Ctrl+F, Ctrl+Shift+Z, Esc, Enter, Tab, Left, PageDown");
}

Parsed parse_drag(std::string_view rest, KeyMods mods) {
  const auto parts = words(rest);
  if (parts.size() == 4) {
    const auto from = point(parts[0], parts[1]);
    const auto to = point(parts[2], parts[3]);
    if (from && to) return What(DragStep{*from, *to, mods});
  }
  return bad("drag wants X1 Y1 X2 Y2");
}

Parsed parse_wheel(std::string_view rest, KeyMods mods) {
  const std::size_t blank = std::min(rest.find(' '), rest.size());
  const auto steps = parse_double(rest.substr(0, blank));
  std::string_view where = trim(rest.substr(blank));
  const bool placed = where.starts_with("at ");
  if (!steps || !(*steps >= -1000 && *steps <= 1000) || (!where.empty() && !placed)) {
    return bad("wheel wants a number of steps, and where: wheel 3 at X Y, wheel -2 at lanes");
  }
  WheelStep step{static_cast<float>(*steps), std::nullopt, mods};
  if (placed) step.at = target(trim(where.substr(3)));
  return What(step);
}

Parsed parse_wait(std::string_view rest) {
  if (rest == "settled") return What(WaitStep{0});
  const auto frames = parse_int(rest);
  if (!frames || *frames < 1 || *frames > 100'000) return bad("wait wants a number of frames, or settled");
  return What(WaitStep{static_cast<int>(*frames)});
}

Parsed parse_size_step(std::string_view rest) {
  const auto parts = split(rest, 'x');
  if (parts.size() == 2) {
    const auto width = parse_int(parts[0]);
    const auto height = parse_int(parts[1]);
    if (width && height && *width >= 320 && *height >= 240 && *width <= 16384 && *height <= 16384) {
      return What(SizeStep{static_cast<int>(*width), static_cast<int>(*height)});
    }
  }
  return bad("size wants WIDTHxHEIGHT between 320x240 and 16384x16384");
}

Parsed parse_shot_of(std::string_view rest) {
  const std::size_t blank = rest.find(' ');
  if (blank == std::string_view::npos) return bad("shot-of wants the name of a place and a file");
  return What(ShotStep{std::string(trim(rest.substr(blank))), std::string(rest.substr(0, blank))});
}

Parsed parse_step(std::string_view line) {
  const std::size_t blank = std::min(line.find(' '), line.size());
  std::string_view verb = line.substr(0, blank);
  const std::string_view rest = trim(line.substr(blank));
  if (verb == "open") return parse_open(rest);
  if (verb == "do") return parse_do(rest);
  if (verb == "key") return parse_key(rest);
  if (verb == "wait") return parse_wait(rest);
  if (verb == "size") return parse_size_step(rest);
  const KeyMods mods = take_mods(verb);
  if (verb == "drag") return parse_drag(rest, mods);
  if (verb == "wheel") return parse_wheel(rest, mods);
  constexpr std::array<std::string_view, 15> kVerbs = {
      "open",  "do",   "key",  "type", "click",   "move",   "drag",       "expect-copied",
      "wheel", "wait", "size", "shot", "shot-of", "expect", "expect-not",
  };
  const bool with_text =
      verb == "type" || verb == "click" || verb == "move" || verb.starts_with("shot") || verb.starts_with("expect");
  if (with_text && rest.empty()) return bad(std::string(verb) + " wants something behind it");
  if (verb == "type") return What(TypeStep{std::string(rest)});
  if (verb == "click") return What(ClickStep{target(rest)});
  if (verb == "move") return What(MoveStep{target(rest)});
  if (verb == "shot") return What(ShotStep{std::string(rest)});
  if (verb == "shot-of") return parse_shot_of(rest);
  if (verb == "expect") return What(ExpectStep{std::string(rest), true});
  if (verb == "expect-not") return What(ExpectStep{std::string(rest), false});
  if (verb == "expect-copied") return What(ExpectCopiedStep{std::string(rest)});
  const std::string meant = nearest(verb, {kVerbs.begin(), kVerbs.end()});
  return bad("no step " + std::string(verb) + (meant.empty() ? "" : "; did you mean " + meant + "?"));
}

}  // namespace

Result<std::vector<ScriptStep>> parse_script(std::string_view text, const std::string& name) {
  std::vector<ScriptStep> steps;
  std::size_t number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    const std::string_view step = trim(line);
    if (step.empty() || step.front() == '#') continue;
    Parsed what = is_valid_utf8(step) ? parse_step(step) : Parsed(bad("is not UTF-8"));
    if (!what) return bad(name + ":" + std::to_string(number) + ": " + what.error().message);
    steps.push_back({number, what.take()});
  }
  if (steps.empty()) return bad(name + ": has no steps");
  return steps;
}

}  // namespace uptrail::viewer
