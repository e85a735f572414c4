#include "viewer/app/screenshot.h"

#include <chrono>
#include <thread>

#include "viewer/app/workbench.h"
#include "viewer/raster/image.h"
#include "viewer/raster/raster.h"

namespace uptrail::viewer {

namespace {

constexpr int kMaxFrames = 400;  // a view that never settles is our own fault; the picture shows it then

class Context {
 public:
  Context() : context_(ImGui::CreateContext()) {}
  ~Context() { ImGui::DestroyContext(context_); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

 private:
  ImGuiContext* context_;
};

void prepare(const Options& options) {
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.DisplaySize = ImVec2(static_cast<float>(options.width), static_cast<float>(options.height));
  io.DeltaTime = 1.0F / 60;
  io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
}

void frame(Workbench& bench, const Theme& theme, const Fonts& fonts, bool& changed) {
  bench.pump();
  ImGui::NewFrame();
  changed = bench.draw(theme, fonts);
  ImGui::Render();
}

Status settle(Workbench& bench, const Theme& theme, const Fonts& fonts) {
  int quiet = 0;
  for (int n = 0; n < kMaxFrames && quiet < 4; ++n) {
    bool changed = false;
    frame(bench, theme, fonts, changed);
    while (bench.busy()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      bench.pump();
      changed = true;
    }
    const LoadStatus& load = bench.state().load;
    if (load.phase == LoadPhase::failed) return load.error;
    const LoadStatus& other = bench.state().compare_load;
    if (other.phase == LoadPhase::failed) return other.error;
    quiet = changed ? 0 : quiet + 1;
  }
  return done();
}

}  // namespace

Status take_screenshot(const Options& options) {
  const Context context;
  prepare(options);
  const Theme theme(options.theme.value_or(ThemeKind::dark), options.scale > 0 ? static_cast<float>(options.scale) : 1.0F);
  theme.apply_style();
  ImGuiIO& io = ImGui::GetIO();
  const Fonts fonts = load_fonts(*io.Fonts, theme.scale(), 1);
  unsigned char* pixels = nullptr;
  Texture texture;
  io.Fonts->GetTexDataAsRGBA32(&pixels, &texture.width, &texture.height);
  const auto* bytes = reinterpret_cast<const std::uint32_t*>(pixels);
  texture.pixels = bytes;

  Workbench bench;
  bench.state().theme = theme.kind();
  bench.select_when_loaded(options.select);
  bench.run_when_loaded(options.commands);
  bench.set_messages({options.messages, options.user_messages});
  bench.open(options.files);
  if (!options.compare.empty()) bench.compare(options.compare);
  UPTRAIL_TRY(settle(bench, theme, fonts));
  if (bench.missed_wanted()) return fail(ErrorKind::usage, "no finding or cause called " + options.select + " in this case");
  Image image(options.width, options.height, theme.color(Color::window));
  rasterise(*ImGui::GetDrawData(), texture, image);
  return write_png(image, options.screenshot);
}

}  // namespace uptrail::viewer
