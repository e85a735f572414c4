// Which inputs a case has read, and which were left when a run was stopped.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "collector/base/result.h"
#include "collector/input/identity.h"
#include "collector/trace/case_file.h"

namespace uptrail {

class InputBook {
 public:
  static Result<InputBook> of(CaseReader& reader);

  enum class State : std::uint8_t { unknown, unchanged, grown, changed };
  // How the file compares with what was read under this name. Folders and standard input are always unknown.
  [[nodiscard]] State state(const std::string& path, const std::optional<FileIdentity>& now) const;

  void read(const std::string& path, const std::optional<FileIdentity>& identity);
  void not_read(const std::string& path);
  void failed(const std::string& path);
  // Something beside new sources is to be remembered: an input that was open is settled, or the other way round.
  [[nodiscard]] bool worth_writing() const { return worth_writing_; }
  [[nodiscard]] std::vector<CaseInput> all() const;

 private:
  std::map<std::string, CaseInput> inputs_;
  bool worth_writing_ = false;
};

}  // namespace uptrail
