// Files for tests: the project's own, a scratch folder, and optional real captures.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace uptrail::test {

std::string source_path(const std::string& relative);  // inside the project
std::string read_file(const std::string& path);        // fails the test when it cannot be read
void write_file(const std::string& path, std::string_view bytes);
// A new empty folder, named after the running test; left behind for a look when the test fails.
std::string scratch_dir();
// Path inside the optional folder of real captures; nullopt when it is not there. Use with UPTRAIL_NEED_REAL.
std::optional<std::string> real_data(const std::string& relative);
// Compares with tests/golden/<name>; UPTRAIL_ACCEPT=1 in the environment writes it anew instead.
void expect_golden(const std::string& name, std::string_view actual);

}  // namespace uptrail::test

// Skips the test, visibly, when the real captures are not beside the checkout.
#define UPTRAIL_NEED_REAL(variable, relative)                                        \
  const auto variable##_optional = ::uptrail::test::real_data(relative);             \
  if (!variable##_optional) GTEST_SKIP() << "no real captures here: " << (relative); \
  const std::string& variable = *variable##_optional
