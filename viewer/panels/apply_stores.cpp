// What the panel of stores does.
#include <algorithm>

#include "viewer/panels/apply.h"

namespace uptrail::viewer {

namespace {

std::shared_ptr<const StoreList> list_of(const UiState& state) { return state.data ? state.data->witnesses->stores() : nullptr; }

void ask(UiState& state, Effects& effects) {
  ++state.stores.number;
  state.stores.asked = true;
  state.stores.picked.reset();
  effects.ask_store = true;
}

std::size_t stepped(std::optional<std::size_t> from, int step, std::size_t count) {
  const auto n = static_cast<std::int64_t>(count);
  if (!from) return step > 0 ? 0 : count - 1;
  return static_cast<std::size_t>(std::clamp<std::int64_t>(static_cast<std::int64_t>(*from) + step, 0, n - 1));
}

}  // namespace

void show_store(std::shared_ptr<const StoreAnswer> answer, UiState& state) {
  if (answer->number != state.stores.number) return;
  state.stores.asked = false;
  state.stores.answer = std::move(answer);
}

void Applier::operator()(const PickStore& a) {
  const auto list = list_of(state_);
  if (!list || a.store >= list->size()) return;
  if (state_.stores.store != a.store) state_.stores.answer.reset();
  state_.stores.store = a.store;
  ask(state_, effects_);
}

void Applier::operator()(const StepStore& a) {
  const auto list = list_of(state_);
  if (!list || list->empty()) return;
  state_.left_tab = LeftTab::stores;
  (*this)(PickStore{stepped(state_.stores.store, a.step, list->size())});
}

void Applier::operator()(const FilterStore& a) {
  if (a.text == state_.stores.text) return;
  state_.stores.text = a.text;
  if (state_.stores.store) ask(state_, effects_);
}

void Applier::operator()(const PickStoreRow& a) {
  const auto& answer = state_.stores.answer;
  if (!state_.data || !answer || a.row >= answer->shown.size()) return;
  const StoreRow& row = answer->rows->rows[answer->shown[a.row]];
  if (row.task.valid()) {
    show_subject(row.task, {});
  } else if (state_.data->has(row.upload)) {
    (*this)(SelectUpload{row.upload});
  }
  state_.stores.picked = a.row;
  state_.stores.scroll_to = true;
  (*this)(ShowWord{row.event});
}

void Applier::operator()(const StepStoreRow& a) {
  const auto& answer = state_.stores.answer;
  if (!answer || answer->shown.empty()) return;
  state_.left_tab = LeftTab::stores;
  (*this)(PickStoreRow{stepped(state_.stores.picked, a.step, answer->shown.size())});
}

void Applier::operator()(const StoreScrolled& /*a*/) { state_.stores.scroll_to = false; }

void Applier::operator()(const ShowWord& a) {
  if (!a.event.valid()) return;
  state_.wants_line_of = a.event;
  effects_.request_event = a.event;
}

}  // namespace uptrail::viewer
