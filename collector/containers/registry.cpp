#include <algorithm>
#include <array>

#include "collector/containers/builtin.h"

namespace uptrail {

std::span<const Container* const> builtin_containers() {
  static const std::array kAll = {
      &event_ndjson_container(),     &event_script_container(),    &log_show_syslog_container(), &log_show_default_container(),
      &log_show_compact_container(), &log_show_ndjson_container(), &console_copy_container(),
  };
  return kAll;
}

Recognition recognise(std::string_view head, bool complete, std::span<const Container* const> containers) {
  Recognition out;
  for (const Container* container : containers) {
    out.candidates.push_back({container, container->sniff(head, complete)});
  }
  std::stable_sort(out.candidates.begin(), out.candidates.end(), [](const auto& a, const auto& b) {
    if (a.sniffed.score != b.sniffed.score) {
      return a.sniffed.score > b.sniffed.score;
    }
    return a.container->info().priority < b.container->info().priority;
  });
  if (!out.candidates.empty() && out.candidates.front().sniffed.match != Match::no) {
    out.chosen = out.candidates.front().container;
  }
  return out;
}

}  // namespace uptrail
