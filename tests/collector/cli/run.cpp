#include "run.h"

#include <sstream>

#include "collector/cli/cli.h"

namespace uptrail::test {

Ran run(const std::vector<std::string>& arguments, const std::atomic<bool>* cancel) {
  std::ostringstream out;
  std::ostringstream err;
  cli::Terminal terminal{out, err};
  terminal.cancel = cancel;
  Ran ran;
  ran.code = cli::run_cli(arguments, terminal);
  ran.out = out.str();
  ran.err = err.str();
  return ran;
}

}  // namespace uptrail::test
