// What a verb takes on its command line. Verbs declare their options here; the parser behind it stays in one source file.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/nearest.h"
#include "collector/base/result.h"

namespace uptrail::cli {

class Options {
 public:
  // `usage` is what stands after "uptrail VERB" on the first help line.
  Options(std::string_view verb, std::string_view summary, std::string_view usage);
  ~Options();
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;

  // Names as typed, "-o,--output". Targets keep their value when the option is not given.
  void flag(const std::string& names, bool& target, const std::string& help);
  void text(const std::string& names, std::string& target, const std::string& value_name, const std::string& help);
  void choice(const std::string& names, std::string& target, const std::vector<std::string>& allowed, const std::string& help);
  // May be given several times; with `commas` one value may hold several.
  void list(const std::string& names, std::vector<std::string>& target, const std::string& value_name, const std::string& help,
            bool commas = false);
  // The arguments without a dash.
  void inputs(const std::string& name, std::vector<std::string>& target, const std::string& help, bool required);
  void examples(const std::string& text);  // shown at the end of the help

  // True: go on. False: --help was asked for. Errors are ErrorKind::usage.
  Result<bool> parse(const std::vector<std::string>& arguments);
  [[nodiscard]] std::string help() const;

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

using uptrail::nearest;

}  // namespace uptrail::cli
