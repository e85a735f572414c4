// A damaged HAR.
#include <cstdlib>

#include "collector/stores/har.h"
#include "tests/fuzz/patched_file.h"

namespace {

struct Count final : uptrail::EventSink {
  std::uint64_t events = 0;
  bool event(uptrail::Event /*event*/) override {
    ++events;
    return true;
  }
  void issue(const uptrail::Issue& /*issue*/) override {}
};

const std::string kBase =
    R"({"log":{"version":"1.2","creator":{"name":"x"},"entries":[{"startedDateTime":"2026-11-18T13:00:00.250+01:00","time":12.5,)"
    R"("request":{"method":"PUT","url":"https://example.com/\u00e4\ud83d\ude00","headers":[{"name":"a"}],"bodySize":2000},)"
    R"("response":{"status":201,"content":{"size":17,"text":"e30="},"bodySize":-1,"_error":"x"},"cache":{}},17,null,)"
    R"({"startedDateTime":"2026-11-18T13:00:01Z","request":{"url":"https://example.com/b"},"response":{"status":0}}]}})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string path = uptrail::fuzz::scratch_path("har");
  uptrail::fuzz::store(path, uptrail::fuzz::patched(kBase, data, size));
  const uptrail::Har store;
  const uptrail::StoreFiles files{path, path, false, {}};
  std::string why;
  Count sink;
  const auto fits = store.probe(files, why);
  if (!fits.ok()) {
    std::abort();
  }
  const auto stats = store.read(files, sink);
  if (*fits && (!stats.ok() || stats->read != stats->matched + stats->unparsed || sink.events != stats->matched)) {
    std::abort();
  }
  std::filesystem::remove(path);
  return 0;
}
