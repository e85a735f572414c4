// What `check`, `collect` and `explain` have in common: inputs, and the options that change how they are read and judged.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collector/cli/verb.h"
#include "collector/pipeline/collect.h"
#include "collector/pipeline/message_files.h"
#include "collector/pipeline/project_file.h"

namespace uptrail::cli {

// Which message files are read beside the built-in ones.
struct MessageOptions {
  std::vector<std::string> files;
  bool no_user_messages = false;

  void declare(Options& options);
  [[nodiscard]] bool any() const { return !files.empty() || no_user_messages; }
  [[nodiscard]] MessageFiles wanted(const Context& context) const;
};

struct CaptureOptions {
  std::vector<std::string> only, ignore, dates;
  MessageOptions messages;
  std::vector<std::string> store_maps;
  std::string rules;
  std::string config;  // the project file; "": the nearest uptrail.json
  bool no_config = false;

  void declare(Options& options);
  // The project file in force, read and checked; std::nullopt: there is none.
  Result<std::optional<ProjectFile>> project(const Context& context) const;
  [[nodiscard]] bool any() const;  // the project file aside
  // Reads the files that the options name.
  Result<CollectOptions> resolve(const std::vector<std::string>& paths, Context& context) const;
};

// A file that says it is a case, by its first bytes or by its name. False for what cannot be read.
bool is_case_path(const std::string& path);

// A case that can be asked: an existing one, or one made in memory from captures.
struct OpenedCase {
  std::unique_ptr<CaseWriter> memory;  // owns `reader` when captures were given
  std::unique_ptr<CaseReader> file;
  CaseReader* reader = nullptr;  // nullptr: no input could be used
  bool some_failed = false;      // an input could not be used; it has been said
};
// Patterns among the paths are expanded. Errors have not been printed. Interrupted: ErrorKind::interrupted.
Result<OpenedCase> open_inputs(const std::vector<std::string>& paths, const CaptureOptions& options, Context& context);

// Says what happened to each input; true when one could not be used.
bool tell_inputs(const CollectReport& report, Context& context);

}  // namespace uptrail::cli
