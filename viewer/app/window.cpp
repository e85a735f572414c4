#include "viewer/app/window.h"

#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>
// After the backends: GLFW brings the system's GL header.
#include <GLFW/glfw3.h>

#include <algorithm>
#include <memory>

#include "viewer/app/query_history.h"
#include "viewer/app/settings.h"
#include "viewer/app/workbench.h"
#include "viewer/theme/imgui_compat.h"

namespace uptrail::viewer {

namespace {

std::string glfw_reason() {
  const char* text = nullptr;
  glfwGetError(&text);
  return text != nullptr ? std::string(": ") + text : std::string();
}

Error no_window(const std::string& what) {
  Error error = fail(ErrorKind::unreadable, what + glfw_reason());
  error.hint = "without a display use --screenshot OUT.png, or xvfb-run uptrail-viewer";
  return error;
}

struct Library {  // GLFW, for as long as this lives
  bool ok = glfwInit() == GLFW_TRUE;
  ~Library() {
    if (ok) glfwTerminate();
  }
};

using Window = std::unique_ptr<GLFWwindow, decltype(&glfwDestroyWindow)>;

Window open_window(int width, int height) {
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
  glfwWindowHint(GLFW_SCALE_TO_MONITOR, GLFW_TRUE);
  return {glfwCreateWindow(width, height, "Uptrail", nullptr, nullptr), &glfwDestroyWindow};
}

void dropped(GLFWwindow* window, int count, const char** paths) {
  static_cast<Workbench*>(glfwGetWindowUserPointer(window))->drop(std::vector<std::string>(paths, paths + count));
}

// Where window coordinates are not pixels (macOS), the layout keeps to window coordinates and fonts are made denser.
struct Density {
  float layout = 1;
  float fonts = 1;
};

Density density_of(GLFWwindow* window, double wanted) {
  float content = 1;
  float ignored = 1;
  glfwGetWindowContentScale(window, &content, &ignored);
  int width = 0;
  int pixels = 0;
  glfwGetWindowSize(window, &width, nullptr);
  glfwGetFramebufferSize(window, &pixels, nullptr);
  Density density;
  density.fonts = width > 0 && pixels > 0 ? static_cast<float>(pixels) / static_cast<float>(width) : 1.0F;
  density.layout = wanted > 0 ? static_cast<float>(wanted) : std::max(content / density.fonts, 0.5F);
  return density;
}

class Backends {  // Dear ImGui with GLFW and GL, for as long as this lives
 public:
  explicit Backends(GLFWwindow* window) {
    ImGui::CreateContext();
    ImGui::GetIO().IniFilename = nullptr;
    ImGui_ImplGlfw_InitForOpenGL(window, true);
    ImGui_ImplOpenGL3_Init("#version 150");
  }
  ~Backends() {
    ImGui_ImplOpenGL3_Shutdown();
    ImGui_ImplGlfw_Shutdown();
    ImGui::DestroyContext();
  }
  Backends(const Backends&) = delete;
  Backends& operator=(const Backends&) = delete;
};

// Colours, sizes and faces as the user wants them now.
class Look {
 public:
  Look(Density density, const UiState& state) : density_(density) { build(state); }
  void follow(const UiState& state) {
    if (state.theme == theme_.kind() && state.preferences.text_percent == percent_) return;
    build(state);
  }
  [[nodiscard]] const Theme& theme() const { return theme_; }
  [[nodiscard]] const Fonts& fonts() const { return fonts_; }

 private:
  void build(const UiState& state) {
    theme_ = Theme(state.theme, density_.layout * static_cast<float>(state.preferences.text_percent) / 100);
    theme_.apply_style();
    if (state.preferences.text_percent == percent_) return;
    percent_ = state.preferences.text_percent;
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    const bool again = !atlas.Fonts.empty();
    if (again) atlas.Clear();
    fonts_ = load_fonts(atlas, theme_.scale(), density_.fonts);
#if IMGUI_VERSION_NUM < 19200
    if (again) {
      ImGui_ImplOpenGL3_DestroyFontsTexture();
      ImGui_ImplOpenGL3_CreateFontsTexture();
    }
#endif
  }

  Density density_;
  Theme theme_;
  Fonts fonts_;
  int percent_ = 0;
};

bool draw_frame(GLFWwindow* window, Workbench& bench, Look& look) {
  look.follow(bench.state());
  bench.pump();
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
  new_frame();
  const bool changed = bench.draw(look.theme(), look.fonts());
  ImGui::Render();
  int width = 0;
  int height = 0;
  glfwGetFramebufferSize(window, &width, &height);
  glViewport(0, 0, width, height);
  const ImVec4 ground = look.theme().color4(Color::window);
  glClearColor(ground.x, ground.y, ground.z, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  glfwSwapBuffers(window);
  return changed;
}

void wait_for_a_reason(const Workbench& bench) {
  if (bench.busy()) return glfwWaitEventsTimeout(0.03);
  if (ImGui::GetIO().WantTextInput) return glfwWaitEventsTimeout(0.4);  // its cursor blinks
  glfwWaitEvents();
}

// Draws only when there is a reason: an event, a change, something under way. Every reason is worth three frames, because
// hovering and scrolling settle one frame later.
void loop(GLFWwindow* window, Workbench& bench, Look& look, int quit_after) {
  int due = 3;
  std::string title;
  for (int frame = 1; glfwWindowShouldClose(window) == GLFW_FALSE; ++frame) {
    if (draw_frame(window, bench, look)) due = 3;
    if (bench.wants_to_quit()) return;
    due = std::max(0, due - 1);
    if (std::string now = bench.title(); now != title) glfwSetWindowTitle(window, (title = std::move(now)).c_str());
    if (quit_after > 0 && frame >= quit_after && !bench.busy()) return;
    if (due > 0 || quit_after > 0) {
      glfwPollEvents();
    } else {
      wait_for_a_reason(bench);
      due = 3;
    }
  }
}

}  // namespace

Status run_window(const Options& options) {
  Settings settings = load_settings();
  const Library library;
  if (!library.ok) return no_window("cannot reach a display");
  const Window window =
      open_window(options.size_given ? options.width : settings.width, options.size_given ? options.height : settings.height);
  if (!window) return no_window("cannot open a window with OpenGL 3.3");
  glfwMakeContextCurrent(window.get());
  glfwSwapInterval(1);

  Workbench bench;
  bench.set_messages({options.messages, options.user_messages});
  bench.state().theme = options.theme.value_or(settings.theme);
  bench.state().splitters = settings.splitters;
  bench.state().preferences = settings.preferences;
  bench.state().recent = settings.recent;
  bench.remember_queries(query_history_path());
  // Before the backend installs its callbacks, which call ours on.
  glfwSetWindowUserPointer(window.get(), &bench);
  glfwSetDropCallback(window.get(), dropped);
  {
    const Backends backends(window.get());
    Look look(density_of(window.get(), options.scale), bench.state());
    bench.select_when_loaded(options.select);
    bench.run_when_loaded(options.commands);
    if (!options.files.empty()) bench.open(options.files);
    if (!options.compare.empty()) bench.compare(options.compare);
    loop(window.get(), bench, look, options.quit_after);
    if (options.quit_after == 0) {
      int width = 0;
      int height = 0;
      glfwGetWindowSize(window.get(), &width, &height);
      const UiState& state = bench.state();
      save_settings({state.theme, width, height, state.splitters, state.preferences, state.recent});
    }
  }
  return done();
}

}  // namespace uptrail::viewer
