#include "viewer/panels/case_lists.h"

#include <map>
#include <utility>

#include "viewer/panels/state.h"
#include "viewer/panels/verdict.h"

namespace uptrail::viewer {

std::shared_ptr<const CaseLists> make_lists(const UiState& state) {
  auto out = std::make_shared<CaseLists>();
  if (!state.data) return out;
  out->verdict = verdict_line(*state.data);
  for (std::uint32_t i = 0; i < state.data->upload_count(); ++i) {
    const UploadId upload{i};
    if (!is_shown(state, upload)) continue;
    out->uploads[static_cast<std::size_t>(state.data->upload(upload).outcome)].push_back(upload);
    ++out->upload_total;
  }
  std::map<std::pair<std::string, std::string>, CaseLists::Question> questions;
  for (const Undetermined& u : state.data->derived.undetermined) {
    CaseLists::Question& question = questions[{u.rule, u.reason}];
    ++question.count;
    if (question.add.empty()) question.add = u.add;
  }
  for (auto& [key, question] : questions) {
    question.rule = key.first;
    question.reason = key.second;
    out->questions.push_back(std::move(question));
  }
  return out;
}

}  // namespace uptrail::viewer
