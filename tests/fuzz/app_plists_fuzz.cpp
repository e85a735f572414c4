// A damaged property list of an app's own store, and what its identifiers say. The first byte chooses the store.
#include <array>

#include "collector/model/session_identifier.h"
#include "collector/plist/build.h"
#include "collector/stores/box_session_cache.h"
#include "collector/stores/flutter_uploader.h"
#include "collector/stores/gtm_session_fetcher.h"
#include "collector/stores/tuskit.h"
#include "tests/fuzz/store_fuzz.h"

namespace {

using uptrail::plist::Builder;

std::string metadata() {
  Builder plist;
  const auto base = plist.dict({{plist.string("relative"), plist.string("https://tus.example.com/files/")}});
  const auto target = plist.dict({{plist.string("base"), base}, {plist.string("relative"), plist.string("abc")}});
  return plist.bytes(plist.dict({{plist.string("id"), plist.string("0A1B2C3D-0000-4000-8000-000000000001")},
                                 {plist.string("uploadURL"), base},
                                 {plist.string("remoteDestination"), target},
                                 {plist.string("filePath"), plist.string("file:///clip.mov")},
                                 {plist.string("uploadedRange"), plist.array({plist.integer(0), plist.integer(2000)})},
                                 {plist.string("size"), plist.integer(5000)},
                                 {plist.string("errorCount"), plist.integer(1)}}));
}

std::string results() {
  Builder plist;
  const std::string task = "chillisource.flutter_uploader.upload.background.0A1B2C3D-0000-4000-8000-000000000001";
  const auto first = plist.dict({{plist.string("taskId"), plist.string(task)}, {plist.string("status"), plist.integer(1)}});
  const auto last = plist.dict({{plist.string("taskId"), plist.string(task)},
                                {plist.string("status"), plist.integer(4)},
                                {plist.string("statusCode"), plist.integer(413)},
                                {plist.string("message"), plist.string("too large")}});
  return plist.bytes(plist.array({first, last}));
}

std::string preferences() {
  Builder plist;
  const auto id = plist.string(
      R"(com.google.GTMSessionFetcher_3F2504E0-4F89-41D3-9A0C-0305E82C3301_{"_upOffset":5,"_upLocURL":"https:\/\/a","x":[{}]})");
  return plist.bytes(plist.dict({{plist.string("com.google.GTMSessionFetcher.downloads"), plist.array({id, id})}}));
}

std::string owner() {
  uptrail::plist::ArchiveBuilder archive;
  const auto user = archive.text("user");
  const auto id = archive.text("upload 1");
  return archive.bytes(archive.object("BOXUserIdAndAssociateId", {{"userId", user}, {"associateId", id}}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string path = uptrail::fuzz::scratch_path("app.plist");
  static const uptrail::TusKit tuskit;
  static const uptrail::FlutterUploader flutter;
  static const uptrail::GtmSessionFetcher gtm;
  static const uptrail::BoxSessionCache box;
  static const std::array<const uptrail::Store*, 4> stores = {&tuskit, &flutter, &gtm, &box};
  static const std::array<std::string, 4> bases = {metadata(), results(), preferences(), owner()};
  if (size == 0) {
    return 0;
  }
  const std::size_t which = data[0] % stores.size();
  const std::string bytes = uptrail::fuzz::patched(bases[which], data + 1, size - 1);
  uptrail::sentence_of_identifier(std::string(uptrail::kGtmPrefix) + "3F2504E0-4F89-41D3-9A0C-0305E82C3301_" + bytes);
  if (stores[which]->may_be(bytes)) {
    uptrail::fuzz::read_store(*stores[which], path, bytes, false, "onGoingSessionTasks/s/1/userIdAndAssociateId");
  }
  return 0;
}
