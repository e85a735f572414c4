#include "collector/pipeline/input_book.h"

namespace uptrail {

Result<InputBook> InputBook::of(CaseReader& reader) {
  const auto inputs = reader.inputs();
  if (!inputs.ok()) {
    return inputs.error();
  }
  InputBook book;
  for (const CaseInput& input : *inputs) {
    book.inputs_[input.path] = input;
  }
  return book;
}

InputBook::State InputBook::state(const std::string& path, const std::optional<FileIdentity>& now) const {
  const auto it = inputs_.find(path);
  if (it == inputs_.end() || !it->second.done || !now) {
    return State::unknown;
  }
  const FileIdentity before{it->second.size, it->second.modified, it->second.head_hash};
  if (before == *now) {
    return State::unchanged;
  }
  return only_grew(path, before) ? State::grown : State::changed;
}

void InputBook::read(const std::string& path, const std::optional<FileIdentity>& identity) {
  const auto it = inputs_.find(path);
  worth_writing_ = worth_writing_ || (it != inputs_.end() && !it->second.done);
  if (identity) {
    inputs_[path] = {path, identity->size, identity->modified, identity->head_hash, true};
  } else if (it != inputs_.end()) {
    inputs_.erase(it);
  }
}

void InputBook::not_read(const std::string& path) {
  const auto it = inputs_.find(path);
  if (it == inputs_.end()) {
    inputs_[path] = {path, 0, {}, {}, false};
    worth_writing_ = true;
  }
}

void InputBook::failed(const std::string& path) {
  const auto it = inputs_.find(path);
  if (it != inputs_.end() && !it->second.done) {
    inputs_.erase(it);
    worth_writing_ = true;
  }
}

std::vector<CaseInput> InputBook::all() const {
  std::vector<CaseInput> out;
  for (const auto& [path, input] : inputs_) {
    out.push_back(input);
  }
  return out;
}

}  // namespace uptrail
