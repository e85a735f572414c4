#include "tests/support/files.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace uptrail::test {

namespace fs = std::filesystem;

std::string source_path(const std::string& relative) { return std::string(UPTRAIL_SOURCE_DIR) + "/" + relative; }

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << "cannot read " << path;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  EXPECT_TRUE(out.good()) << "cannot write " << path;
}

std::string scratch_dir() {
  const auto* info = testing::UnitTest::GetInstance()->current_test_info();
  const fs::path dir = fs::path(UPTRAIL_BINARY_DIR) / "scratch" / (std::string(info->test_suite_name()) + "." + info->name());
  fs::remove_all(dir);
  fs::create_directories(dir);
  return dir.string();
}

std::optional<std::string> real_data(const std::string& relative) {
  const std::string path = std::string(UPTRAIL_REAL_DATA) + "/" + relative;
  return fs::exists(path) ? std::optional(path) : std::nullopt;
}

void expect_golden(const std::string& name, std::string_view actual) {
  const std::string path = source_path("tests/golden/" + name);
  if (std::getenv("UPTRAIL_ACCEPT") != nullptr) {
    fs::create_directories(fs::path(path).parent_path());
    write_file(path, actual);
    return;
  }
  EXPECT_EQ(read_file(path), actual) << "golden file " << name << "; UPTRAIL_ACCEPT=1 writes it anew";
}

}  // namespace uptrail::test
