#include "viewer/app/platform.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace uptrail::viewer {

namespace {
std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}
}  // namespace

std::string config_dir() {
  const std::string home = environment("HOME");
#if defined(__APPLE__)
  return home.empty() ? "" : home + "/Library/Application Support/Uptrail";
#else
  const std::string xdg = environment("XDG_CONFIG_HOME");
  if (!xdg.empty() && xdg.front() == '/') return xdg + "/uptrail";
  return home.empty() ? "" : home + "/.config/uptrail";
#endif
}

int local_zone_minutes(TimeNs t) {
  const auto seconds = static_cast<std::time_t>(t.ns / 1'000'000'000);
  std::tm local{};
  if (localtime_r(&seconds, &local) == nullptr) return 0;
  return static_cast<int>(local.tm_gmtoff / 60);
}

std::string today() {
  const CivilTime c = to_civil(TimeNs{static_cast<std::int64_t>(std::time(nullptr)) * 1'000'000'000});
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", c.year, c.month, c.day);
  return text.data();
}

}  // namespace uptrail::viewer
