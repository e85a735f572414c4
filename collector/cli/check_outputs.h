// Where `check` writes what: several formats at once, each to its file.
#pragma once

#include <string>
#include <vector>

#include "collector/base/result.h"
#include "collector/report/check_formats.h"

namespace uptrail::cli {

struct CheckOutput {
  const CheckFormat* format = nullptr;
  std::string file;  // "" or "-": standard output
  [[nodiscard]] bool to_stdout() const { return file.empty() || file == "-"; }
};

// From "FORMAT" and "FORMAT=FILE". Text goes to standard output when nothing else does. Usage errors: an unknown format, two for
// standard output, one file twice, a file that is one of the inputs.
Result<std::vector<CheckOutput>> parse_check_outputs(const std::vector<std::string>& given,
                                                     const std::vector<std::string>& inputs);

// Replaces the file.
Status write_check_output(const std::string& file, const std::string& text);

}  // namespace uptrail::cli
