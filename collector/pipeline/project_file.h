// uptrail.json: how the captures of a project are judged, kept beside its sources (schemas/uptrail.schema.json, docs/cli.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collector/analysis/analyse.h"
#include "collector/base/result.h"
#include "collector/pipeline/rules_json.h"

namespace uptrail {

struct ProjectFile {
  std::string path;
  analysis::RuleSettings rules;
  std::vector<Suppression> suppressions;          // the expired ones included
  std::vector<std::string> messages, store_maps;  // files, found from the folder of `path`
  // Of check; "" or empty: not said.
  std::string fail_on;         // error, warning, info, never
  std::string could_not_tell;  // fail, report, pass
  std::string baseline;        // a file, found from the folder of `path`
  std::vector<std::string> require;
};

// What is no such object, and whatever rules_file.h calls an error, are usage errors with the file and the place. What is left
// out must say why.
Result<ProjectFile> parse_project_file(std::string_view text, const std::string& path, const std::string& today);

// The nearest uptrail.json in `folder` or above it; "": there is none. `folder` is absolute.
std::string find_project_file(const std::string& folder);

// The kinds of evidence that check can require, as they are written.
std::vector<std::string> evidence_names();  // app, cfnetwork, daemon, system, store

}  // namespace uptrail
