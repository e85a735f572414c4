#include "viewer/app/headless.h"

#include <chrono>
#include <thread>

#include "viewer/raster/raster.h"
#include "viewer/theme/imgui_compat.h"

namespace uptrail::viewer {

namespace {
constexpr int kMaxFrames = 400;  // a view that never settles is our own fault; the picture shows it then
}  // namespace

Headless::Headless(const Options& options) : scale_(options.scale > 0 ? static_cast<float>(options.scale) : 1.0F) {
  prepare_headless(ImGui::GetIO());
  resize(options.width, options.height);
  bench_.state().theme = options.theme.value_or(ThemeKind::dark);
  bench_.set_messages({options.messages, options.user_messages});
  follow_look();
  feed_mouse(ImGui::GetIO(), {-100, -100});
}

Headless::~Headless() = default;

void Headless::resize(int width, int height) {
  ImGui::GetIO().DisplaySize = ImVec2(static_cast<float>(width), static_cast<float>(height));
}

// Colours and faces as they are wanted now.
void Headless::follow_look() {
  const UiState& state = bench_.state();
  if (percent_ == state.preferences.text_percent && theme_.kind() == state.theme) return;
  theme_ = Theme(state.theme, scale_ * static_cast<float>(state.preferences.text_percent) / 100);
  theme_.apply_style();
  if (percent_ == state.preferences.text_percent) return;
  percent_ = state.preferences.text_percent;
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  if (!atlas.Fonts.empty()) atlas.Clear();
  fonts_ = load_fonts(atlas, theme_.scale(), 1);
  unsigned char* pixels = nullptr;
  int width = 0;
  int height = 0;
  atlas.GetTexDataAsRGBA32(&pixels, &width, &height);
}

bool Headless::frame() {
  follow_look();
  bench_.pump();
  places_.clear();
  new_frame();
  const bool changed = bench_.draw(theme_, fonts_, &places_);
  ImGui::Render();
  return changed;
}

Status Headless::settle() {
  int quiet = 0;
  for (int n = 0; n < kMaxFrames && quiet < 4; ++n) {
    bool changed = frame();
    while (bench_.busy()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      bench_.pump();
      changed = true;
    }
    const LoadStatus& load = bench_.state().load;
    if (load.phase == LoadPhase::failed) return load.error;
    const LoadStatus& other = bench_.state().compare_load;
    if (other.phase == LoadPhase::failed) return other.error;
    quiet = changed ? 0 : quiet + 1;
  }
  return done();
}

void Headless::move(ImVec2 to) {
  feed_mouse(ImGui::GetIO(), to);
  frame();
}

void Headless::click(ImVec2 at) {
  move(at);
  for (const bool down : {true, false}) {
    feed_button(ImGui::GetIO(), 0, down);
    frame();
  }
}

void Headless::drag(ImVec2 from, ImVec2 to, KeyMods mods) {
  ImGuiIO& io = ImGui::GetIO();
  move(from);
  feed_mods(io, mods);
  feed_button(io, 0, true);
  frame();
  constexpr int kSteps = 4;
  for (int i = 1; i <= kSteps; ++i) {
    const float part = static_cast<float>(i) / kSteps;
    move({from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part});
  }
  feed_button(io, 0, false);
  frame();
  feed_mods(io, {});
  frame();
}

void Headless::wheel(float steps, KeyMods mods) {
  feed_mods(ImGui::GetIO(), mods);
  feed_wheel(ImGui::GetIO(), steps);
  frame();
  feed_mods(ImGui::GetIO(), {});
  frame();
}

void Headless::key(Key key, KeyMods mods) {
  ImGuiIO& io = ImGui::GetIO();
  feed_mods(io, mods);
  feed_key(io, key, true);
  frame();
  feed_key(io, key, false);
  feed_mods(io, {});
  frame();
}

void Headless::character(unsigned code) {
  ImGui::GetIO().AddInputCharacter(code);
  frame();
}

std::vector<DrawnGlyph> Headless::glyphs() const { return drawn_glyphs(*ImGui::GetDrawData(), *ImGui::GetIO().Fonts); }

Image Headless::picture() const {
  const ImGuiIO& io = ImGui::GetIO();
  unsigned char* pixels = nullptr;
  Texture texture;
  io.Fonts->GetTexDataAsRGBA32(&pixels, &texture.width, &texture.height);
  texture.pixels = reinterpret_cast<const std::uint32_t*>(pixels);
  Image image(static_cast<int>(io.DisplaySize.x), static_cast<int>(io.DisplaySize.y), theme_.color(Color::window));
  rasterise(*ImGui::GetDrawData(), texture, image);
  return image;
}

}  // namespace uptrail::viewer
