// The running viewer without its window: state, loader, and one frame of drawing. The window and the screenshot share it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "viewer/load/loader.h"
#include "viewer/panels/panels.h"

namespace uptrail::viewer {

inline constexpr std::size_t kRecentFiles = 10;

class Workbench {
 public:
  void open(std::vector<std::string> paths);
  void set_messages(Loader::Messages messages);
  // Lays a second trace below the one that is open, or is being opened.
  void compare(std::vector<std::string> paths);
  // What was dropped on the window: opened, or compared when that was asked for.
  void drop(std::vector<std::string> paths);
  // Selected as soon as the case is there: "C2", a rule id, or the beginning of a fingerprint.
  void select_when_loaded(std::string name) { wanted_ = std::move(name); }
  // Commands by their id (viewer/panels/commands.h), done as soon as the case is there; unknown ones are left out.
  void run_when_loaded(std::vector<std::string> commands);
  // Where statements that were run are kept between two runs of the program; without this call they are not.
  void remember_queries(std::string path);
  // Takes what the worker has ready. Call once a frame, before draw().
  void pump();
  // Draws one frame and does what the user asked. Returns true when something changed, so that another frame is due.
  bool draw(const Theme& theme, const Fonts& fonts, Places* places = nullptr);
  void act(const Action& action);  // as if the user had
  [[nodiscard]] bool busy() const;
  [[nodiscard]] bool wants_to_quit() const { return quit_; }
  [[nodiscard]] UiState& state() { return state_; }
  // For the window: "app.ndjson, system.log – Uptrail".
  [[nodiscard]] std::string title() const;
  // The wanted thing was not in the case that was loaded.
  [[nodiscard]] bool missed_wanted() const { return missed_; }

 private:
  void perform(const Effects& effects);
  void select_wanted(Effects& effects);
  void run_wanted(Effects& effects);
  void report(const Status& status, const std::string& success);
  void export_ignored();
  void open_notes();
  void pump_comparison();
  void perform_other();
  void take_from_other();
  void show_late_evidence(Effects& effects);
  static void read_tasks(const std::shared_ptr<const LoadedCase>& data, Loader& loader);  // that the panels ask for

  UiState state_;
  std::string wanted_;
  std::vector<std::string> commands_;
  std::string history_file_;
  bool missed_ = false;
  bool quit_ = false;
  bool evidence_late_ = false;  // of the case that is shown
  Loader::Messages messages_;
  Loader loader_;
  std::unique_ptr<Loader> other_;                 // of the second trace; nullptr: nothing is compared
  std::shared_ptr<const LoadedCase> other_case_;  // waits for the first one
};

}  // namespace uptrail::viewer
