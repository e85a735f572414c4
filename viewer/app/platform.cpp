#include "viewer/app/platform.h"

#include <cstdlib>

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

}  // namespace uptrail::viewer
