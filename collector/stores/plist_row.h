// Plain property lists (no keyed archives) of apps' own stores: one dictionary, read like a row of a table. Private to this
// folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collector/base/result.h"
#include "collector/plist/document.h"
#include "collector/stores/app_store.h"

namespace uptrail {

// Errors name the shown path: unreadable, larger than `most` bytes, no property list.
Result<plist::Document> open_plist(const std::string& private_path, const std::string& shown_path, std::uint64_t most);
// What of a document could not be read, in words; "": nothing.
std::string damage_of(const plist::Document& document);

// A dictionary. Values of another type than asked for are noted and left out.
class PlistRow {
 public:
  PlistRow(const plist::Document& document, plist::Ref dictionary, std::string name, AppStoreBook& book)
      : document_(document), dictionary_(dictionary), name_(std::move(name)), book_(book) {}

  // nullopt: there is no such key, or its value is unusable, empty, or "$null", which is how Swift's encoder writes nil.
  std::optional<std::string> text(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key);
  // Swift's encoder writes a URL as a dictionary {relative, base}; a text is taken, too.
  std::optional<std::string> url(std::string_view key);
  // Value of a key; kNoRef: there is none, or it is nil.
  [[nodiscard]] plist::Ref value(std::string_view key) const;
  // Sets the field when there is a value; a number below 0 means "not known".
  void set_text(std::string_view key, Field field, Event& event);
  void set_count(std::string_view key, Field field, Event& event);
  void note(std::string_view key, const std::string& what);
  [[nodiscard]] const plist::Document& document() const { return document_; }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  [[nodiscard]] std::optional<std::string> url_at(plist::Ref ref) const;

  const plist::Document& document_;
  plist::Ref dictionary_;
  std::string name_;
  AppStoreBook& book_;
};

}  // namespace uptrail
