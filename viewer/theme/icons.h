// Own icons, drawn as vectors so that they are sharp at every scale.
#pragma once

#include <imgui.h>

#include <cstdint>

#include "collector/model/finding.h"

namespace uptrail::viewer {

enum class Icon : std::uint8_t {
  error,
  warning,
  info,
  ok,
  unknown,
  ghost,
  launch,
  terminate,
  force_quit,
  invalidate,
  http_error,
  succeeded,
  failed,
  store,
  disagree,
  dot,
  running,
  cancelled,
  chevron,
  drop,
  file,
  sun,
  moon,
  close,
  logo,
};

// Centred at `at`, `size` pixels wide. `ink`: colour of the shape; `ground`: colour of what is cut out of it.
void draw_icon(ImDrawList& list, Icon icon, ImVec2 at, float size, ImU32 ink, ImU32 ground);

Icon icon_of(Severity severity);

}  // namespace uptrail::viewer
