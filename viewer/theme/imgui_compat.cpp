#include "viewer/theme/imgui_compat.h"

#include <imgui_internal.h>

namespace uptrail::viewer {

void new_frame() {
  ImGui::NewFrame();
#if IMGUI_VERSION_NUM < 18800
  // A corner with a radius of less than a millionth looks up a circle of no segments and divides by it: any rounded box that
  // is drawn a hair wider than 2 px ends the program (ocornut/imgui#5249). The table is filled at the first frame.
  ImDrawListSharedData& shared = *ImGui::GetDrawListSharedData();
  if (shared.CircleSegmentCounts[0] == 0) shared.CircleSegmentCounts[0] = IM_DRAWLIST_ARCFAST_SAMPLE_MAX;
#endif
}

}  // namespace uptrail::viewer
