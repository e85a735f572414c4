#include "viewer/app/settings.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "collector/base/text.h"
#include "viewer/app/platform.h"

namespace uptrail::viewer {

namespace {

std::string settings_path() {
  const std::string dir = config_dir();
  return dir.empty() ? "" : dir + "/viewer.conf";
}

void set_share(std::string_view value, float& into) {
  const auto share = parse_double(value);
  if (share && *share >= 0.1 && *share <= 0.9) into = static_cast<float>(*share);
}

void set_side(std::string_view value, int& into) {
  const auto side = parse_int(value);
  if (side && *side >= 400 && *side <= 16384) into = static_cast<int>(*side);
}

std::string share_text(float share) {
  const int thousandths = static_cast<int>(std::lround(share * 1000));
  std::string digits = std::to_string(1000 + thousandths);
  return "0." + digits.substr(1);
}

}  // namespace

Settings parse_settings(const std::string& text) {
  Settings settings;
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos) continue;
    const std::string_view key = line.substr(0, blank);
    const std::string_view value = trim(line.substr(blank));
    if (key == "theme") settings.theme = theme_from_name(value).value_or(settings.theme);
    if (key == "width") set_side(value, settings.width);
    if (key == "height") set_side(value, settings.height);
    if (key == "split-left") set_share(value, settings.splitters.left);
    if (key == "split-causes") set_share(value, settings.splitters.causes);
    if (key == "split-timeline") set_share(value, settings.splitters.timeline);
    if (key == "split-details") set_share(value, settings.splitters.details);
  }
  return settings;
}

std::string settings_text(const Settings& s) {
  return "theme " + std::string(theme_name(s.theme)) + "\nwidth " + std::to_string(s.width) + "\nheight " +
         std::to_string(s.height) + "\nsplit-left " + share_text(s.splitters.left) + "\nsplit-causes " +
         share_text(s.splitters.causes) + "\nsplit-timeline " + share_text(s.splitters.timeline) + "\nsplit-details " +
         share_text(s.splitters.details) + "\n";
}

Settings load_settings() {
  const std::string path = settings_path();
  std::ifstream in(path, std::ios::binary);
  if (path.empty() || !in) return {};
  std::ostringstream text;
  text << in.rdbuf();
  return parse_settings(text.str());
}

void save_settings(const Settings& settings) {
  const std::string path = settings_path();
  if (path.empty()) return;
  std::error_code failed;
  std::filesystem::create_directories(config_dir(), failed);
  if (failed) return;
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << settings_text(settings);
}

}  // namespace uptrail::viewer
