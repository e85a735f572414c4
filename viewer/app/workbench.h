// The running viewer without its window: state, loader, and one frame of drawing. The window and the screenshot share it.
#pragma once

#include <string>
#include <vector>

#include "viewer/load/loader.h"
#include "viewer/panels/panels.h"

namespace uptrail::viewer {

inline constexpr std::size_t kRecentFiles = 10;

class Workbench {
 public:
  void open(std::vector<std::string> paths);
  void set_messages(Loader::Messages messages) { loader_.set_messages(std::move(messages)); }
  // Selected as soon as the case is there: "C2", a rule id, or the beginning of a fingerprint.
  void select_when_loaded(std::string name) { wanted_ = std::move(name); }
  // Commands by their id (viewer/panels/commands.h), done as soon as the case is there; unknown ones are left out.
  void run_when_loaded(std::vector<std::string> commands);
  // Takes what the worker has ready. Call once a frame, before draw().
  void pump();
  // Draws one frame and does what the user asked. Returns true when something changed, so that another frame is due.
  bool draw(const Theme& theme, const Fonts& fonts, Places* places = nullptr);
  void act(const Action& action);  // as if the user had
  [[nodiscard]] bool busy() const { return loader_.busy() || state_.log.requested; }
  [[nodiscard]] bool wants_to_quit() const { return quit_; }
  [[nodiscard]] UiState& state() { return state_; }
  // The wanted thing was not in the case that was loaded.
  [[nodiscard]] bool missed_wanted() const { return missed_; }

 private:
  void perform(const Effects& effects);
  void select_wanted(Effects& effects);
  void run_wanted(Effects& effects);
  void report(const Status& status, const std::string& success);
  void export_ignored();
  void open_notes();

  UiState state_;
  std::string wanted_;
  std::vector<std::string> commands_;
  bool missed_ = false;
  bool quit_ = false;
  Loader loader_;
};

}  // namespace uptrail::viewer
