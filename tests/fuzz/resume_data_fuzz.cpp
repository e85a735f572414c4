// Damaged resume data: an upload's, scrambled and not, and a download's.
#include <cstdlib>

#include "collector/plist/build.h"
#include "collector/stores/resume_data.h"
#include "tests/fuzz/patched_file.h"

namespace {

using uptrail::plist::ArchiveBuilder;
using uptrail::plist::Builder;

struct Count final : uptrail::EventSink {
  std::uint64_t entries = 0;
  bool event(uptrail::Event event) override {
    entries += event.kind == uptrail::EventKind::store_entry ? 1U : 0U;
    return true;
  }
  void issue(const uptrail::Issue& /*issue*/) override {}
};

std::string make_upload() {
  ArchiveBuilder archive;
  const auto draft = archive.text("6");
  const auto url = archive.url("17", archive.url("https://example.com/uploads/"));
  const auto type = archive.number(1);
  const auto file = archive.url("file:///private/body.bin");
  const auto request = archive.request("https://example.com/upload", "POST", {{"Content-Type", "image/jpeg"}});
  const auto root = archive.dictionary(
      {{"draftVersion", draft}, {"resumeURL", url}, {"bodyType", type}, {"uploadFile", file}, {"originalRequest", request}});
  return archive.bytes(root);
}

std::string make_download() {
  ArchiveBuilder archive;
  const auto request = archive.request("https://example.com/film.mov", "GET");
  Builder b;
  const auto key = [&b](const char* text) { return b.string(text); };
  const auto root = b.dict({{key("NSURLSessionDownloadURL"), b.string("https://example.com/film.mov")},
                            {key("NSURLSessionResumeBytesReceived"), b.integer(68188)},
                            {key("NSURLSessionResumeCurrentRequest"), b.data(archive.bytes(request))},
                            {key("NSURLSessionResumeInfoTempFileName"), b.string("a.tmp")}});
  return b.bytes(root);
}

}  // namespace

// The first byte chooses what is damaged, and whether its head is scrambled.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string path = uptrail::fuzz::scratch_path("resume");
  static const std::string upload = make_upload();
  static const std::string download = make_download();
  if (size == 0) {
    return 0;
  }
  std::string bytes = uptrail::fuzz::patched((data[0] & 1U) != 0 ? download : upload, data + 1, size - 1);
  if ((data[0] & 2U) != 0 && bytes.size() > 8) {
    bytes.replace(0, 8, "\x01\x02\x03\x04\x05\x06\x07\x08");
  }
  uptrail::fuzz::store(path, bytes);
  const uptrail::ResumeDataFile store;
  const uptrail::StoreFiles files{path, path, false, {}};
  std::string why;
  Count sink;
  const auto fits = store.probe(files, why);
  if (fits.ok() && *fits) {
    const auto stats = store.read(files, sink);
    if (!stats.ok() || stats->read != 1 || sink.entries != stats->matched) {
      std::abort();
    }
  }
  std::filesystem::remove(path);
  return 0;
}
