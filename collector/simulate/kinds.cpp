// The manifests: which kinds the observers of the simulated device write down.
#include <algorithm>
#include <array>
#include <string_view>

#include "collector/simulate/world.h"

namespace uptrail::simulate {

namespace {

using K = EventKind;

// What a process can only be told about, and what this app's logger has no call for.
constexpr std::array kNotByApp = {K::app_install,
                                  K::app_suspend,
                                  K::app_resume,
                                  K::app_terminate,
                                  K::app_force_quit,
                                  K::app_assertion,
                                  K::task_cfn_finished,
                                  K::session_setup_waiting,
                                  K::session_setup_ok,
                                  K::session_setup_failed,
                                  K::session_exists_warning,
                                  K::session_connection_lost,
                                  K::session_connection_restored,
                                  K::session_blocked_first_unlock,
                                  K::wake_never_called_warning};
constexpr std::array<std::string_view, 7> kAppPrefixes = {"app.", "session.", "task.", "delegate.", "upload.", "wake.", "file."};
constexpr std::array kByCfn = {
    K::session_exists_warning, K::session_blocked_first_unlock, K::session_setup_waiting,       K::session_setup_ok,
    K::session_setup_failed,   K::session_connection_lost,      K::session_connection_restored, K::task_resume,
    K::task_cfn_finished};
constexpr std::array kBySystem = {
    K::device_boot, K::device_first_unlock, K::device_lock,    K::device_network, K::device_power,
    K::app_install, K::app_launch,          K::app_foreground, K::app_background, K::app_suspend,
    K::app_resume,  K::app_terminate,       K::app_force_quit, K::app_assertion,  K::wake_never_called_warning};

template <std::size_t N>
bool among(const std::array<K, N>& list, K kind) {
  return std::find(list.begin(), list.end(), kind) != list.end();
}

bool records(Observer observer, K kind) {
  const std::string_view name = kind_name(kind);
  const auto begins = [name](std::string_view prefix) { return name.starts_with(prefix); };
  switch (observer) {
    case Observer::app:
      return std::any_of(kAppPrefixes.begin(), kAppPrefixes.end(), begins) && !among(kNotByApp, kind);
    case Observer::cfn:
      return among(kByCfn, kind);
    case Observer::daemon:
      return begins("daemon.") && kind != K::daemon_start && kind != K::daemon_exit;
    case Observer::sys:
      return among(kBySystem, kind) || kind == K::daemon_start || kind == K::daemon_exit;
    default:
      return false;
  }
}

}  // namespace

std::vector<K> kinds_of(Observer observer) {
  std::vector<K> out;
  for (std::size_t i = 0; i < kEventKindCount; ++i) {
    if (records(observer, static_cast<K>(i))) {
      out.push_back(static_cast<K>(i));
    }
  }
  return out;
}

}  // namespace uptrail::simulate
