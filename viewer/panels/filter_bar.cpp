// One line of filters over all panels.
#include <algorithm>
#include <cmath>
#include <set>

#include "collector/base/text.h"
#include "viewer/panels/controls.h"
#include "viewer/panels/panels.h"
#include "viewer/panels/verdict.h"

namespace uptrail::viewer {

namespace {

class Bar {
 public:
  Bar(const UiState& state, const Ui& ui, const Rect& rect)
      : state_(state), ui_(ui), next_(state.filter), rect_(rect), x_(rect.min.x + ui.size(Size::padding)) {}

  void draw() {
    text();
    drop("Severity", named(next_.severities, severity_name, severities()), !next_.severities.all(),
         [&] { choices(next_.severities, severity_name, severities()); });
    drop("Confidence", named(next_.confidences, confidence_name, confidences()), !next_.confidences.all(),
         [&] { choices(next_.confidences, confidence_name, confidences()); });
    drop("Rule", next_.rule, !next_.rule.empty(), [&] { rules(); });
    drop("State", named(next_.outcomes, upload_outcome_name, outcomes()), !next_.outcomes.all(),
         [&] { choices(next_.outcomes, upload_outcome_name, outcomes()); });
    if (state_.data->derived.units.size() > 1) drop("App", app_name(), next_.app.has_value(), [&] { apps(); });
    drop("Session", session_name(), next_.session.has_value(), [&] { sessions(); });
    drop("Time", span_name(), next_.span.has_value(), [&] { times(); });
    outcome();
    if (next_ != state_.filter) ui_.act(SetFilter{next_});
  }

 private:
  static std::vector<Severity> severities() { return {Severity::error, Severity::warning, Severity::info}; }
  static std::vector<Confidence> confidences() { return {Confidence::proven, Confidence::likely, Confidence::hint}; }
  static std::vector<UploadOutcome> outcomes() {
    return {UploadOutcome::affected, UploadOutcome::failed,    UploadOutcome::cannot_tell,
            UploadOutcome::running,  UploadOutcome::cancelled, UploadOutcome::succeeded};
  }

  void text() {
    const float height = ui_.theme.px(28);
    const float top = std::round(rect_.centre().y - height / 2);
    const float width = std::min(ui_.theme.px(230), rect_.width() * 0.25F);
    const FieldDone done = text_field(ui_, "filter-text", {{x_, top}, {x_ + width, top + height}}, next_.text,
                                      {"Filter  ( / )", nullptr, state_.wants_focus == Field::filter, true});
    if (done.text) next_.text = *done.text;
    x_ += width + ui_.theme.px(8);
  }

  // "error, warning"; "" when all are chosen.
  template <class C, class E, class N>
  std::string named(const C& choice, N name, const std::vector<E>& all) {
    if (choice.all()) return "";
    std::string out;
    for (const E e : all) {
      if (choice.has(e)) out += (out.empty() ? "" : ", ") + std::string(name(e));
    }
    return out.empty() ? "none" : out;
  }

  template <class F>
  void drop(const std::string& name, const std::string& value, bool on, F&& body) {
    const std::string label = elided(ui_.fonts.body, value.empty() ? name : value, ui_.theme.px(150));
    const float arrow = ui_.theme.px(16);
    const float width = text_width(ui_.fonts.body, label) + ui_.theme.px(22) + arrow;
    if (x_ + width > rect_.max.x - ui_.theme.px(20)) return;  // no room: the window is narrow
    const float half = ui_.theme.px(14);
    const float middle = std::round(rect_.centre().y);
    const Rect rect{{x_, middle - half}, {x_ + width, middle + half}};
    const std::string id = "filter-" + name;
    ImGui::SetCursorScreenPos(rect.min);
    if (click_area(id.c_str(), {width, 2 * half})) ImGui::OpenPopup((id + "-popup").c_str());
    const bool hovered = ImGui::IsItemHovered();
    ui_.mark(id, rect);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    if (on || hovered)
      list.AddRectFilled(rect.min, rect.max, ui_.color(on ? Color::accent_soft : Color::card_hover), ui_.theme.px(5));
    list.AddRect(rect.min, rect.max, ui_.color(on ? Color::accent : Color::border), ui_.theme.px(5));
    const ImU32 ink = ui_.color(on ? Color::accent : (hovered ? Color::text : Color::text_muted));
    text_at(list, ui_.fonts.body, x_ + ui_.theme.px(10), middle, ink, label);
    const float a = ui_.theme.px(3.5F);
    const ImVec2 c(rect.max.x - ui_.theme.px(14), middle + ui_.theme.px(0.5F));
    list.AddTriangleFilled({c.x - a, c.y - a / 2}, {c.x + a, c.y - a / 2}, {c.x, c.y + a / 2 + 1}, ink);
    ImGui::SetNextWindowPos({rect.min.x, rect.max.y + ui_.theme.px(4)});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui_.theme.px(6), ui_.theme.px(6)));
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    if (ImGui::BeginPopup((id + "-popup").c_str(), ImGuiWindowFlags_NoMove)) {
      body();
      ImGui::EndPopup();
    }
    ImGui::PopStyleVar(2);
    x_ += width + ui_.theme.px(6);
  }

  bool item(const std::string& id, const std::string& label, bool on, const std::string& note = {}) {
    const float width =
        std::max(ui_.theme.px(200), text_width(ui_.fonts.body, label) + text_width(ui_.fonts.small, note) + ui_.theme.px(60));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const Rect rect{at, {at.x + width, at.y + ui_.theme.px(28)}};
    const bool pressed = click_area(id.c_str(), {width, rect.height()});
    ui_.mark(id, rect);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    if (ImGui::IsItemHovered()) list.AddRectFilled(rect.min, rect.max, ui_.color(Color::card_hover), ui_.theme.px(4));
    const float middle = rect.centre().y;
    const float tick = ui_.theme.px(14);
    if (on)
      draw_icon(list, Icon::ok, {at.x + ui_.theme.px(8) + tick / 2, middle}, tick, ui_.color(Color::accent),
                ui_.color(Color::raised));
    text_at(list, ui_.fonts.body, at.x + ui_.theme.px(30), middle, ui_.color(Color::text), label);
    text_at(list, ui_.fonts.small, rect.max.x - ui_.theme.px(8) - text_width(ui_.fonts.small, note), middle,
            ui_.color(Color::text_muted), note);
    return pressed;
  }

  template <class C, class E, class N>
  void choices(C& choice, N name, const std::vector<E>& all) {
    for (const E e : all) {
      const std::string label(name(e));
      if (item("pick-" + label, label, choice.has(e))) choice.toggle(e);
    }
  }

  void rules() {
    std::map<std::string, std::size_t> counts;
    for (const Finding& f : state_.data->derived.findings) ++counts[f.rule];
    if (item("pick-all-rules", "All rules", next_.rule.empty())) pick([&] { next_.rule.clear(); });
    for (const auto& entry : counts) {
      const std::string& rule = entry.first;
      if (item("pick-" + rule, rule, next_.rule == rule, std::to_string(entry.second))) pick([&] { next_.rule = rule; });
    }
  }

  [[nodiscard]] std::string unit_name(const Unit& unit) const { return unit.title.empty() ? unit.bundle : unit.title; }
  [[nodiscard]] std::string app_name() const { return next_.app ? unit_name(state_.data->derived.units[next_.app->value]) : ""; }
  void apps() {
    if (item("pick-all-apps", "All apps", !next_.app)) pick([&] { next_.app.reset(); });
    for (const Unit& unit : state_.data->derived.units) {
      const std::string name = unit_name(unit);
      if (item("pick-app-" + std::to_string(unit.id.value), name.empty() ? "(not named)" : name, next_.app == unit.id)) {
        pick([&] { next_.app = unit.id; });
      }
    }
  }

  [[nodiscard]] static std::string name_of(const Session& s) { return s.identifier.empty() ? "(name not logged)" : s.identifier; }
  [[nodiscard]] std::string session_name() const {
    return next_.session ? name_of(state_.data->derived.sessions[next_.session->value]) : "";
  }
  void sessions() {
    constexpr std::size_t kMost = 30;
    const auto& all = state_.data->derived.sessions;
    if (item("pick-all-sessions", "All sessions", !next_.session)) pick([&] { next_.session.reset(); });
    for (std::size_t i = 0; i < std::min(all.size(), kMost); ++i) {
      if (item("pick-session-" + std::to_string(i), name_of(all[i]), next_.session == all[i].id)) {
        pick([&] { next_.session = all[i].id; });
      }
    }
    if (all.size() > kMost) item("more-sessions", std::to_string(all.size() - kMost) + " more: type a name to filter", false);
  }

  [[nodiscard]] std::string span_name() const {
    if (!next_.span) return "";
    return clock_text(state_, next_.span->start, 0) + " – " + clock_text(state_, next_.span->end, 0);
  }
  void times() {
    if (item("pick-all-times", "The whole capture", !next_.span)) pick([&] { next_.span.reset(); });
    if (item("pick-view", "Only what is visible now", false, "V")) {
      ImGui::CloseCurrentPopup();
      ui_.act(FilterToView{});
    }
  }

  template <class F>
  void pick(F&& set) {
    set();
    ImGui::CloseCurrentPopup();
  }

  // On the right: what is left, and the way back.
  void outcome() {
    if (!state_.passing && !state_.filter.active()) return;
    const Derived& d = state_.data->derived;
    const float middle = std::round(rect_.centre().y);
    const float clear_w = button_width(ui_, "Show all");
    const float right = rect_.max.x - ui_.theme.px(8);
    if (right - clear_w < x_) return;
    if (button(ui_, "filter-clear", "Show all", {right - clear_w, middle}, ButtonLook::quiet)) next_ = Filter{};
    const std::string text = !state_.passing ? "reading the tasks"
                                             : std::to_string(state_.passing->cause_count) + " of " +
                                                   count_of(d.causes.size(), "cause", "causes") + ", " +
                                                   std::to_string(state_.passing->upload_count) + " of " +
                                                   count_of(state_.data->upload_count(), "upload", "uploads");
    const float width = text_width(ui_.fonts.small, text);
    if (right - clear_w - width - ui_.theme.px(8) < x_) return;
    text_at(*ImGui::GetWindowDrawList(), ui_.fonts.small, right - clear_w - width - ui_.theme.px(4), middle,
            ui_.color(Color::text_muted), text);
  }

  const UiState& state_;
  const Ui& ui_;
  Filter next_;
  Rect rect_;
  float x_;
};

}  // namespace

void draw_filter_bar(const UiState& state, const Ui& ui, const Rect& rect) {
  begin_panel(ui, "filters", rect);
  Bar(state, ui, rect).draw();
  end_panel();
}

}  // namespace uptrail::viewer
