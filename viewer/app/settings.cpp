#include "viewer/app/settings.h"

#include <algorithm>
#include <array>
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

constexpr std::array<std::string_view, 3> kZones = {"device", "utc", "local"};
constexpr std::size_t kMaxRecent = 10;

void set_preference(std::string_view key, std::string_view value, Preferences& into) {
  if (key == "text-percent") {
    const auto percent = parse_int(value);
    if (percent && *percent >= kMinTextPercent && *percent <= kMaxTextPercent) into.text_percent = static_cast<int>(*percent);
  }
  const auto* zone = std::find(kZones.begin(), kZones.end(), value);
  if (key == "time-zone" && zone != kZones.end()) into.zone = static_cast<ZoneChoice>(zone - kZones.begin());
  if (key == "clock" && (value == "12" || value == "24")) into.twelve_hours = value == "12";
}

// Paths are separated by tabs; one with a tab or a line break in its name is not remembered.
std::string recent_text(const std::vector<std::vector<std::string>>& recent) {
  std::string out;
  for (const auto& paths : recent) {
    std::string line;
    for (const std::string& path : paths) line += (line.empty() ? "" : "\t") + path;
    const bool clean = std::none_of(paths.begin(), paths.end(),
                                    [](const std::string& p) { return p.find_first_of("\t\n\r") != std::string::npos; });
    if (clean && !line.empty()) out += "recent " + line + "\n";
  }
  return out;
}

void add_recent(std::string_view value, std::vector<std::vector<std::string>>& into) {
  if (into.size() >= kMaxRecent) return;
  std::vector<std::string> paths;
  for (const std::string_view path : split(value, '\t')) {
    if (!path.empty()) paths.emplace_back(path);
  }
  if (!paths.empty()) into.push_back(std::move(paths));
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
    if (key == "split-query") set_share(value, settings.splitters.query);
    set_preference(key, value, settings.preferences);
    if (key == "recent") add_recent(value, settings.recent);
  }
  return settings;
}

std::string settings_text(const Settings& s) {
  return "theme " + std::string(theme_name(s.theme)) + "\nwidth " + std::to_string(s.width) + "\nheight " +
         std::to_string(s.height) + "\nsplit-left " + share_text(s.splitters.left) + "\nsplit-causes " +
         share_text(s.splitters.causes) + "\nsplit-timeline " + share_text(s.splitters.timeline) + "\nsplit-details " +
         share_text(s.splitters.details) + "\nsplit-query " + share_text(s.splitters.query) + "\ntext-percent " +
         std::to_string(s.preferences.text_percent) + "\ntime-zone " +
         std::string(kZones[static_cast<std::size_t>(s.preferences.zone)]) + "\nclock " +
         (s.preferences.twelve_hours ? "12" : "24") + "\n" + recent_text(s.recent);
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
