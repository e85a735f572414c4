// A damaged property list of an nsurlsessiond session.
#include <cstdlib>

#include "collector/plist/build.h"
#include "collector/stores/nsurlsessiond_session.h"
#include "tests/fuzz/store_fuzz.h"

namespace {

using uptrail::plist::ArchiveBuilder;

std::string make_base() {
  ArchiveBuilder archive;
  const auto session = archive.text("photos");
  const auto uuid = archive.uuid("0123456789abcdef");
  const auto request = archive.request("https://example.com/upload", "POST", {{"Content-Type", "image/jpeg"}});
  const auto error = archive.error("NSURLErrorDomain", -1001);
  const auto file = archive.url("body.bin", archive.url("file:///private/"));
  const auto begin = archive.date(785163663);
  const auto first = archive.object("__NSCFURLSessionTaskInfo",
                                    {{"sessionID", session},
                                     {"uniqueIdentifierUUID", uuid},
                                     {"currentRequest", request},
                                     {"error", error},
                                     {"fileURL", file},
                                     {"earliestBeginDate", begin}},
                                    {{"identifier", 1}, {"state", 3}, {"taskKind", 1}, {"countOfBytesSent", 5}});
  const auto second = archive.object("NDTaskInfo", {{"sessionID", session}}, {{"identifier", 2}, {"state", 0}});
  const auto root = archive.dictionary({{archive.number(1), first}, {archive.number(2), second}});
  return archive.bytes(root);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string path = uptrail::fuzz::scratch_path("tasks.plist");
  static const std::string base = make_base();
  uptrail::fuzz::store(path, uptrail::fuzz::patched(base, data, size));
  const uptrail::NsurlsessiondSession store;
  uptrail::StoreFiles files{path, path, false, {}};
  files.parts.push_back({"Uploads/CFNetworkUpload_1", "", size, {}});
  std::string why;
  uptrail::fuzz::Count sink;
  const auto fits = store.probe(files, why);
  if (fits.ok() && *fits) {
    const auto stats = store.read(files, sink);
    if (stats.ok() && (stats->read != stats->matched + stats->unparsed || sink.events != stats->matched)) {
      std::abort();
    }
  }
  std::filesystem::remove(path);
  return 0;
}
