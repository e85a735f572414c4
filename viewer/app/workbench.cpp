#include "viewer/app/workbench.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "collector/base/text.h"
#include "viewer/app/platform.h"
#include "viewer/app/query_history.h"
#include "viewer/panels/commands.h"
#include "viewer/panels/compare_state.h"

namespace uptrail::viewer {

void Workbench::select_wanted(Effects& effects) {
  if (wanted_.empty() || !state_.data) return;
  const Derived& derived = state_.data->derived;
  const auto number = wanted_.front() == 'C' ? parse_int(std::string_view(wanted_).substr(1)) : std::nullopt;
  if (number && *number >= 1 && static_cast<std::size_t>(*number) <= derived.causes.size()) {
    return apply(SelectCause{CauseId{static_cast<std::uint32_t>(*number - 1)}}, state_, effects);
  }
  for (const Finding& finding : derived.findings) {
    if (finding.rule == wanted_ || (wanted_.size() >= 4 && finding.fingerprint.starts_with(wanted_))) {
      return apply(SelectFinding{finding.id}, state_, effects);
    }
  }
  missed_ = true;
}

void Workbench::perform(const Effects& effects) {
  perform_other();
  if (effects.cancel_load) loader_.cancel();
  if (effects.quit) quit_ = true;
  if (!effects.open.empty()) open(effects.open);
  if (!effects.compare.empty()) compare(effects.compare);
  if (effects.end_compare) other_.reset();
  if (effects.clipboard) ImGui::SetClipboardText(effects.clipboard->c_str());
  if (effects.sift) loader_.request_passing(state_.filter);
  if (effects.search) loader_.search(state_.search.number, state_.search.text);
  if (effects.run_query) {
    state_.query.started = ImGui::GetTime();
    loader_.query(state_.query.number, state_.query.text);
  }
  if (effects.ask_store) loader_.request_store(state_.stores.number, *state_.stores.store, state_.stores.text);
  if (effects.cancel_query) loader_.cancel_query();
  if (effects.save_queries) save_query_history(history_file_, state_.query.history);
  if (effects.request_event) loader_.request_event(*effects.request_event);
  if (effects.save_notes) report(save_notebook(notebook_path(state_.data->paths), state_.notes), "");
  if (effects.export_ignored) export_ignored();
  if (effects.request_searched) {
    loader_.request_log_at(state_.log.source, effects.request_searched->search.span, state_.filter);
  } else if (effects.request_log) {
    loader_.request_log(effects.request_log->source, effects.request_log->line, state_.filter);
  } else if (effects.ask_log_again) {
    loader_.request_log(state_.log.source, state_.log.line, state_.filter);
  }
}

// For the second of two traces.
void Workbench::perform_other() {
  if (!state_.compare || !other_) return;
  UiState& state = state_.compare->other;
  for (const Effects& effects : std::exchange(state_.compare->wanted, {})) {
    if (effects.clipboard) ImGui::SetClipboardText(effects.clipboard->c_str());
    if (effects.run_query) {
      state.query.started = ImGui::GetTime();
      other_->query(state.query.number, state.query.text);
    }
    if (effects.cancel_query) other_->cancel_query();
    if (effects.save_queries) save_query_history(history_file_, state_.query.history);
    if (effects.request_event) other_->request_event(*effects.request_event);
  }
}

void Workbench::take_from_other() {
  if (!state_.compare || !other_) return;
  UiState& state = state_.compare->other;
  Effects none;
  state.query.rows = other_->query_rows();
  if (auto answer = other_->take_answer()) show_answer(std::move(answer), state, ImGui::GetTime());
  if (auto event = other_->take_event()) show_event(std::move(*event), state, none);
  read_tasks(state.data, *other_);
}

void Workbench::open(std::vector<std::string> paths) {
  other_.reset();
  other_case_.reset();
  auto& recent = state_.recent;
  std::vector<std::string> absolute;
  for (const std::string& path : paths) {
    std::error_code failed;
    const auto full = std::filesystem::absolute(path, failed);
    absolute.push_back(failed ? path : full.lexically_normal().string());
  }
  std::erase(recent, absolute);
  recent.insert(recent.begin(), std::move(absolute));
  if (recent.size() > kRecentFiles) recent.resize(kRecentFiles);
  loader_.open(std::move(paths));
}

std::string Workbench::title() const {
  constexpr std::size_t kNamed = 3;
  std::string title;
  if (state_.data) {
    const auto& paths = state_.data->paths;
    for (std::size_t i = 0; i < std::min(paths.size(), kNamed); ++i) {
      title += (i > 0 ? ", " : "") + std::filesystem::path(paths[i]).lexically_normal().filename().string();
    }
    if (paths.size() > kNamed) title += " and " + std::to_string(paths.size() - kNamed) + " more";
    title += " – ";
  }
  return title + "Uptrail";
}

void Workbench::set_messages(Loader::Messages messages) {
  messages_ = messages;
  loader_.set_messages(std::move(messages));
}

void Workbench::compare(std::vector<std::string> paths) {
  other_ = std::make_unique<Loader>();
  other_->set_messages(messages_);
  other_case_.reset();
  other_->open(std::move(paths));
}

void Workbench::drop(std::vector<std::string> paths) {
  if (state_.overlay != Overlay::compare) return open(std::move(paths));
  state_.overlay = Overlay::none;
  compare(std::move(paths));
}

void Workbench::pump_comparison() {
  state_.compare_load = other_ ? other_->status() : LoadStatus{};
  if (!other_) return;
  if (auto loaded = other_->take_case()) other_case_ = std::move(loaded);
  if (other_case_ && state_.data && state_.load.phase == LoadPhase::ready)
    begin_comparison(std::exchange(other_case_, nullptr), state_);
}

void Workbench::remember_queries(std::string path) {
  history_file_ = std::move(path);
  state_.query.history = load_query_history(history_file_);
}

void Workbench::run_when_loaded(std::vector<std::string> commands) { commands_ = std::move(commands); }

void Workbench::run_wanted(Effects& effects) {
  for (const std::string& id : std::exchange(commands_, {})) {
    if (const Command* command = find_command(id)) apply(command->action, state_, effects);
  }
}

// Says what became of it; "" says nothing of success.
void Workbench::report(const Status& status, const std::string& success) {
  if (status.ok() && success.empty()) return;
  state_.message = status.ok() ? success : status.error().text();
  state_.message_bad = !status.ok();
}

void Workbench::export_ignored() {
  const std::string path = state_.data->paths.front() + ".ignore.json";
  report(write_file(path, ignore_file_text(state_.notes, state_.today)), "Saved " + path + ": uptrail check --rules FILE");
}

void Workbench::open_notes() {
  auto notes = load_notebook(notebook_path(state_.data->paths));
  state_.notes = notes ? notes.take() : Notebook{};
  if (!notes) report(notes.error(), "");
}

void Workbench::read_tasks(const std::shared_ptr<const LoadedCase>& data, Loader& loader) {
  if (!data) return;
  data->witnesses->trim();
  if (data->on_demand) data->on_demand->trim();
  if (data->witnesses->wants() || (data->on_demand && data->on_demand->wants_tasks())) loader.request_tasks();
}

// A finding that was selected before its evidence was there leads to its line now.
void Workbench::show_late_evidence(Effects& effects) {
  const bool late = state_.data && state_.data->on_demand && state_.data->on_demand->evidence() == nullptr;
  const bool came = std::exchange(evidence_late_, late) && !late;
  const Finding* finding = came ? selected_finding(state_) : nullptr;
  if (finding == nullptr || state_.log.line != 0) return;
  if (const auto line = line_of(*state_.data, *finding)) apply(*line, state_, effects);
}

bool Workbench::busy() const {
  const auto reads = [](const UiState& s) {
    return s.data && ((s.data->on_demand && s.data->on_demand->wants_tasks()) || s.data->witnesses->wants());
  };
  const bool reading = reads(state_) || (state_.compare && reads(state_.compare->other));
  return reading || loader_.busy() || (other_ && other_->busy()) || state_.log.requested;
}

void Workbench::pump() {
  state_.load = loader_.status();
  Effects effects;
  if (auto loaded = loader_.take_case()) {
    state_.today = today();
    show_case(std::move(loaded), state_, effects);
    open_notes();
    if (!state_.search.text.empty()) effects.search = true;
    state_.local_zone_minutes = state_.data->info.span ? local_zone_minutes(state_.data->info.span->start) : 0;
    select_wanted(effects);
  }
  pump_comparison();
  const bool comparing = other_ && !state_.compare && state_.compare_load.phase == LoadPhase::loading;
  if (state_.data && !comparing) run_wanted(effects);
  if (auto page = loader_.take_log()) show_page(std::move(*page), state_);
  if (auto event = loader_.take_event(); event && state_.data) show_event(std::move(*event), state_, effects);
  if (auto found = loader_.take_search()) show_found(std::move(found), state_);
  if (auto sifted = loader_.take_passing(); sifted && sifted->data == state_.data && sifted->filter == state_.filter) {
    if (!sifted->problem.empty()) report(fail(ErrorKind::unreadable, sifted->problem), "");
    show_passing(std::move(sifted->passing), state_);
  }
  read_tasks(state_.data, loader_);
  show_late_evidence(effects);
  take_from_other();
  if (auto store = loader_.take_store(); store && state_.data) show_store(std::move(store), state_);
  state_.query.rows = loader_.query_rows();
  if (auto answer = loader_.take_answer()) show_answer(std::move(answer), state_, ImGui::GetTime());
  perform(effects);
}

void Workbench::act(const Action& action) {
  Effects effects;
  apply(action, state_, effects);
  perform(effects);
}

bool Workbench::draw(const Theme& theme, const Fonts& fonts, Places* places) {
  Actions actions;
  draw_workspace(state_, Ui{theme, fonts, actions, places});
  Effects effects;
  for (const Action& action : actions) apply(action, state_, effects);
  perform(effects);
  return !actions.empty();
}

}  // namespace uptrail::viewer
