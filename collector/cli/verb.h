// One command of `uptrail`. Adding one is a file, a page section in docs/cli.md, a test, and a line in builtin_verbs().
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "collector/cli/options.h"
#include "collector/cli/terminal.h"

namespace uptrail::cli {

struct Context {
  Terminal& terminal;
  Talk& talk;
};

class Verb {
 public:
  virtual ~Verb() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view summary() const = 0;
  [[nodiscard]] virtual std::string_view usage() const = 0;
  virtual void declare(Options& options) = 0;
  // Called after a successful parse; returns the exit code.
  virtual int run(Context& context) = 0;
};

std::unique_ptr<Verb> make_collect_verb();
std::unique_ptr<Verb> make_check_verb();
std::unique_ptr<Verb> make_compare_verb();
std::unique_ptr<Verb> make_explain_verb();
std::unique_ptr<Verb> make_story_verb();
std::unique_ptr<Verb> make_dispute_verb();
std::unique_ptr<Verb> make_rules_verb();
std::unique_ptr<Verb> make_formats_verb();
std::unique_ptr<Verb> make_howto_verb();
std::unique_ptr<Verb> make_messages_verb();
std::unique_ptr<Verb> make_simulate_verb();

// In the order of the help.
std::vector<std::unique_ptr<Verb>> builtin_verbs();

}  // namespace uptrail::cli
