// Arbitrary bytes as an archive: the walk ends, and its limits hold.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "collector/input/tree.h"

namespace {

constexpr std::uint64_t kMostBytes = 4U << 20U;
constexpr std::uint64_t kMostMembers = 500;

class Counter final : public uptrail::TreeVisitor {
 public:
  bool file(const uptrail::TreeMember& member, uptrail::ByteSource& bytes) override {
    if (member.path.find("/../") != std::string::npos || ++files_ > kMostMembers + 1) {
      std::abort();
    }
    std::vector<char> buffer(16U << 10U);
    for (auto got = bytes.read(buffer); got.ok() && *got > 0; got = bytes.read(buffer)) {
      given_ += *got;
      if (given_ > kMostBytes + buffer.size()) {
        std::abort();
      }
      if (files_ % 7 == 0) {
        break;  // the rest is skipped
      }
    }
    return true;
  }
  void trouble(const uptrail::TreeMember& /*member*/, uptrail::TreeTrouble /*trouble*/, const std::string& /*detail*/) override {}

 private:
  std::uint64_t given_ = 0;
  std::uint64_t files_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  uptrail::TreeOptions options;
  options.limits.total_bytes = kMostBytes;
  options.limits.ratio_free = 1U << 20U;
  options.limits.members = kMostMembers;
  options.limits.depth = 4;
  Counter counter;
  const auto tree = uptrail::stream_tree(std::make_unique<uptrail::MemorySource>(bytes, "fuzz", 4096), "fuzz", options);
  if (!tree->walk(counter).ok()) {
    std::abort();  // nobody said stop
  }
  return 0;
}
