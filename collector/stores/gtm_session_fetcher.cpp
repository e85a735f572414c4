#include "collector/stores/gtm_session_fetcher.h"

#include <algorithm>
#include <set>

#include "collector/base/text.h"
#include "collector/model/session_identifier.h"
#include "collector/stores/plist_row.h"

namespace uptrail {

namespace {

using plist::Document;
using plist::Ref;
using plist::Type;

constexpr std::string_view kKey = "com.google.GTMSessionFetcher.downloads";
constexpr std::uint64_t kMaxPreferences = std::uint64_t{64} << 20U;

// The system names the file of an app's preferences after its bundle: ".../Library/Preferences/com.example.app.plist". "": not
// so.
std::string bundle_in(std::string_view path) {
  constexpr std::string_view kEnd = ".plist";
  const auto parts = split(path, '/');
  if (parts.size() < 2 || parts[parts.size() - 2] != "Preferences" || !parts.back().ends_with(kEnd) ||
      parts.back().starts_with("group.") || parts.back().starts_with('.')) {
    return {};
  }
  return std::string(parts.back().substr(0, parts.back().size() - kEnd.size()));
}

void take_session(const Document& document, Ref item, const std::string& row, std::set<std::string>& seen, AppStoreBook& book) {
  const auto identifier = document.string(item, kMaxStoreText);
  if (!identifier || !gtm_session(*identifier)) {
    book.unusable(row, "is no identifier of a session of GTMSessionFetcher");
    return;
  }
  if (!seen.insert(*identifier).second) {
    book.pass();
    return;
  }
  Event event = book.session(row);
  event.fields.set(Field::identifier, *identifier);
  book.keep(std::move(event));
}

}  // namespace

const StoreInfo& GtmSessionFetcher::info() const {
  static constexpr StoreInfo kInfo = {"gtm_session_fetcher", "GTMSessionFetcher's live sessions (preferences of an app)",
                                      "docs/formats/gtm_session_fetcher.md",
                                      "property list with an array under com.google.GTMSessionFetcher.downloads"};
  return kInfo;
}

bool GtmSessionFetcher::may_be(std::string_view head) const {
  return plist::form_of(head) != plist::Form::none && contains(head, kKey);
}

Result<bool> GtmSessionFetcher::probe(const StoreFiles& files, std::string& why) const {
  const auto document = open_plist(files.private_path, files.shown_path, kMaxPreferences);
  if (!document.ok()) {
    why = document.error().message;
    return false;
  }
  const bool fits = document->type(document->find(document->root(), kKey)) == Type::array;
  why = (fits ? "is a " : "a property list, but not a ") + std::string(info().requires_structure);
  return fits;
}

Result<StoreStats> GtmSessionFetcher::read(const StoreFiles& files, EventSink& sink) const {
  const auto document = open_plist(files.private_path, files.shown_path, kMaxPreferences);
  UPTRAIL_TRY(document);
  const Ref list = document->find(document->root(), kKey);
  if (document->type(list) != Type::array) {
    return fail(ErrorKind::unreadable, "no list of GTMSessionFetcher's sessions", files.shown_path);
  }
  AppStoreBook book(info(), files, sink);
  book.set_bundle(bundle_in(files.shown_path));
  std::set<std::string> seen;
  for (std::size_t n = 0; n < document->count(list) && !book.stopped() && !book.full(); ++n) {
    take_session(*document, document->item(list, n), "session " + std::to_string(n), seen, book);
  }
  if (auto damage = damage_of(*document); !damage.empty()) {
    book.broken(IssueKind::damaged, std::move(damage));
  }
  book.tell_snapshot(std::string(kKey), false);
  return book.stats();
}

}  // namespace uptrail
