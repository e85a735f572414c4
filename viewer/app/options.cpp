#include "viewer/app/options.h"

#include <CLI/CLI.hpp>
#include <sstream>

#include "collector/base/nearest.h"
#include "collector/base/text.h"
#include "viewer/panels/commands.h"

namespace uptrail::viewer {

namespace {

constexpr int kUsage = 2;
constexpr int kMaxSide = 16384;

// "1600x1000"
bool parse_size(const std::string& text, Options& options) {
  const std::size_t x = text.find('x');
  if (x == std::string::npos) return false;
  const auto width = parse_int(text.substr(0, x));
  const auto height = parse_int(text.substr(x + 1));
  if (!width || !height || *width < 320 || *height < 240 || *width > kMaxSide || *height > kMaxSide) return false;
  options.width = static_cast<int>(*width);
  options.height = static_cast<int>(*height);
  options.size_given = true;
  return true;
}

}  // namespace

ParsedOptions parse_options(int argc, const char* const* argv) {
  Options options;
  std::string size;
  std::string theme;
  CLI::App app("Shows what really happened to an app's background uploads.", "uptrail-viewer");
  app.set_version_flag("--version", UPTRAIL_VERSION);
  app.add_option("FILE", options.files, "Captures, stores, or one .uptrail case");
  app.add_option("--screenshot", options.screenshot, "Write one picture (PNG) and exit; needs no display");
  app.add_option("--script", options.script, "Play the steps of FILE, without a display, and exit (docs/viewer.md)")
      ->type_name("FILE");
  app.add_option("--size", size, "Width x height of the window or picture")->type_name("WxH");
  app.add_option("--scale", options.scale, "Pixels for one of the design; default: what the screen says")
      ->check(CLI::Range(0.5, 4.0));
  app.add_option("--select", options.select, "Select a cause (C1) or a finding (rule id or fingerprint)")->type_name("FINDING");
  app.add_option("--theme", theme, "dark or light")->check(CLI::IsMember({"dark", "light"}));
  app.add_option("--do", options.commands, "Do a command as soon as the case is open, as the palette would (docs/viewer.md)")
      ->type_name("COMMAND")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--compare", options.compare,
                 "A second case or capture to lay beside the first; several files: give it several times")
      ->type_name("FILE")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--messages", options.messages, "More message patterns, for your own app's log lines")
      ->type_name("FILE")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  bool no_user_messages = false;
  app.add_flag("--no-user-messages", no_user_messages, "Leave out the files of ~/.config/uptrail/messages");
  app.add_option("--quit-after", options.quit_after, "Close the window after so many frames (for tests)")
      ->check(CLI::PositiveNumber);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const bool asked = app.exit(error, out, err) == 0;
    return {std::nullopt, Stop{asked ? 0 : kUsage, out.str(), err.str()}};
  }
  if (!size.empty() && !parse_size(size, options)) {
    return {std::nullopt, Stop{kUsage, "", "--size wants WIDTHxHEIGHT between 320x240 and 16384x16384, not " + size + "\n"}};
  }
  if (!options.screenshot.empty() && options.files.empty()) {
    return {std::nullopt, Stop{kUsage, "", "--screenshot needs a FILE to show\n"}};
  }
  if (!options.compare.empty() && options.files.empty()) {
    return {std::nullopt, Stop{kUsage, "", "--compare needs a FILE to compare with\n"}};
  }
  if (!options.screenshot.empty() && !options.script.empty()) {
    return {std::nullopt, Stop{kUsage, "", "--script takes pictures by its step shot, not by --screenshot\n"}};
  }
  for (const std::string& id : options.commands) {
    if (find_command(id) != nullptr) continue;
    std::vector<std::string> known;
    for (const Command& command : commands()) known.emplace_back(command.id);
    const std::string meant = nearest(id, known);
    return {std::nullopt, Stop{kUsage, "", "no command " + id + (meant.empty() ? "" : "; did you mean " + meant + "?") + "\n"}};
  }
  options.user_messages = !no_user_messages;
  if (!theme.empty()) options.theme = theme_from_name(theme);
  return {options, std::nullopt};
}

}  // namespace uptrail::viewer
