// Who says what of the selected upload or task, and when; a word that cannot be true beside another one is marked.
#include <algorithm>
#include <array>

#include "viewer/panels/controls.h"
#include "viewer/panels/panels.h"
#include "viewer/panels/verdict.h"

namespace uptrail::viewer {

namespace {

using timeline::Belief;
using timeline::Stand;
using timeline::Witness;

// The task or upload that the details are about; invalid ids: about neither.
TestimonyOf subject_of(const UiState& state) {
  const LoadedCase& data = *state.data;
  TestimonyOf out;
  if (const Finding* finding = selected_finding(state)) {
    out = {finding->subject.task, finding->subject.upload};
  } else {
    if (state.selection.upload) out.upload = *state.selection.upload;
    if (state.selection.lane < data.scene.lanes.size()) {
      const timeline::Lane& lane = data.scene.lanes[state.selection.lane];
      if (lane.kind == timeline::LaneKind::task || lane.kind == timeline::LaneKind::upload) out = {lane.task, lane.upload};
    }
  }
  // What the app says of an upload is about its last task.
  if (out.task.valid() && data.has(out.upload)) {
    const auto tasks = data.upload(out.upload).tasks;
    if (tasks.empty() || tasks.back() != out.task) out.upload = {};
  }
  return out;
}

const timeline::Disagreement* against(const Testimony& told, std::size_t word) {
  const auto at = std::find_if(told.disagreements.begin(), told.disagreements.end(),
                               [&](const timeline::Disagreement& d) { return d.says == word; });
  return at == told.disagreements.end() ? nullptr : &*at;
}

// Its time has passed: another one said later that the transfer is over.
bool is_old(const LoadedCase& data, const Testimony& told, const Belief& word) {
  if (word.stand != Stand::under_way && word.stand != Stand::open) return false;
  return std::any_of(told.words.begin(), told.words.end(), [&](const Belief& other) {
    return other.stand != Stand::under_way && other.stand != Stand::open && timeline::surely_before(word, other, data.streams);
  });
}

struct Columns {
  float who = 0, says = 0, when = 0, end = 0;
};

void draw_word(const UiState& state, const Ui& ui, const Testimony& told, std::size_t index, const Columns& at) {
  const Belief& word = told.words[index];
  const timeline::Disagreement* d = against(told, index);
  const float line = ui.size(Size::row);
  const float height = d == nullptr ? line : line + ui.fonts.small.size + ui.theme.px(5);
  Rect r;
  const std::string id = "word-" + std::to_string(static_cast<int>(word.who));
  if (list_row(ui, id, height, false, r)) ui.act(ShowWord{word.event});
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float middle = r.min.y + line / 2;
  if (d != nullptr) {
    if (!ImGui::IsItemHovered()) list.AddRectFilled(r.min, r.max, ui.theme.severity_soft(Severity::warning), ui.theme.px(4));
    list.AddRectFilled(r.min, {r.min.x + ui.theme.px(3), r.max.y}, ui.color(Color::warning), ui.theme.px(2));
    const float icon = ui.theme.px(13);
    draw_icon(list, Icon::disagree, {at.says - ui.theme.px(12), middle}, icon, ui.color(Color::warning), ui.color(Color::panel));
    ui.mark("disagrees-" + std::to_string(static_cast<int>(word.who)), r);
  }
  const float gap = ui.theme.px(10);
  const float left = at.says - (d != nullptr ? ui.theme.px(24) : gap);
  text_at(list, ui.fonts.body, at.who, middle, ui.color(Color::text_muted),
          elided(ui.fonts.body, timeline::witness_name(word.who), left - at.who));
  text_at(list, d != nullptr ? ui.fonts.semibold : ui.fonts.body, at.says, middle, ui.color(Color::text),
          elided(d != nullptr ? ui.fonts.semibold : ui.fonts.body, word.says, at.when - gap - at.says));
  std::string when = word.timed ? clock_text(state, word.t, 0) : "no clock";
  if (d == nullptr && is_old(*state.data, told, word)) when += ", earlier";
  text_at(list, ui.fonts.small, at.when, middle, ui.color(Color::text_muted), elided(ui.fonts.small, when, at.end - at.when));
  if (d == nullptr) return;
  const Belief& other = told.words[d->against];
  const std::string name(timeline::witness_name(other.who));
  const std::string why =
      other.t < word.t ? "but " + name + " had said " + other.says + " at " + clock_text(state, other.t, 0)
                       : name + " said " + other.says + " at " + clock_text(state, other.t, 0) + ", and this never changed";
  text_at(list, ui.fonts.small, at.who, r.max.y - ui.theme.px(5) - ui.fonts.small.size / 2, ui.color(Color::warning),
          elided(ui.fonts.small, why, at.end - at.who));
}

void draw_silent(const Ui& ui, Witness who, const Columns& at) {
  const ImVec2 from = ImGui::GetCursorScreenPos();
  const float line = ui.size(Size::row);
  ImGui::Dummy({at.end - from.x, line});
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float middle = from.y + line / 2;
  text_at(list, ui.fonts.body, at.who, middle, ui.color(Color::text_faint),
          elided(ui.fonts.body, timeline::witness_name(who), at.says - ui.theme.px(10) - at.who));
  text_at(list, ui.fonts.body, at.says, middle, ui.color(Color::text_faint), "no word");
}

}  // namespace

void draw_beliefs(const UiState& state, const Ui& ui) {
  const TestimonyOf what = subject_of(state);
  if (!what.task.valid() && !what.upload.valid()) return;
  const Testimony* told = state.data->witnesses->of(what);
  if (told == nullptr || told->words.empty()) return;
  caption(ui, "Who says what");
  const ImVec2 from = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  Columns at;
  at.who = from.x + ui.theme.px(8);
  at.end = from.x + width - ui.theme.px(6);
  float name_w = 0;
  for (std::size_t w = 0; w < timeline::kWitnesses; ++w) {
    name_w = std::max(name_w, text_width(ui.fonts.body, timeline::witness_name(static_cast<Witness>(w))));
  }
  at.says = at.who + std::min(name_w, width * 0.34F) + ui.theme.px(28);
  at.when = std::max(at.says, at.end - std::min(text_width(ui.fonts.small, "00:00:00, earlier") + ui.theme.px(4), width * 0.4F));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  for (std::size_t w = 0; w < timeline::kWitnesses; ++w) {
    const auto who = static_cast<Witness>(w);
    const auto word = std::find_if(told->words.begin(), told->words.end(), [&](const Belief& b) { return b.who == who; });
    if (word != told->words.end()) {
      draw_word(state, ui, *told, static_cast<std::size_t>(word - told->words.begin()), at);
    } else if (who != Witness::powerlog) {
      draw_silent(ui, who, at);
    }
  }
  ImGui::PopStyleVar();
}

}  // namespace uptrail::viewer
