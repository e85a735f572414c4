// What NSKeyedArchiver wrote: a property list whose objects name each other by UID. Nothing is expanded: an object is looked at
// when somebody asks for it, so shared and cyclic objects cost nothing.
//
// Layout: a dictionary {$archiver, $version, $top {root name → UID}, $objects [...]}; object 0 is "$null"; a dictionary among the
// objects has a $class UID → {$classname, $classes}.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "collector/base/ids.h"
#include "collector/base/result.h"
#include "collector/base/time.h"
#include "collector/plist/document.h"

namespace uptrail::plist {

// References (Ref) are those of the document; kNoRef stands for nil and for what cannot be resolved.
class KeyedArchive {
 public:
  static bool is_archive(const Document& document);
  // Fails when the document is no archive, or has no root.
  static Result<KeyedArchive> open(Document document, std::string_view shown_path = {});
  static Result<KeyedArchive> parse(std::span<const std::byte> bytes, std::string_view shown_path = {});

  [[nodiscard]] const Document& document() const { return document_; }
  // Named "root" or NSKeyedArchiveRootObjectKey; else the only one there is.
  [[nodiscard]] Ref root() const { return root_; }

  // The object that a UID names; an object that is none is itself.
  [[nodiscard]] Ref resolve(Ref ref) const;
  [[nodiscard]] Ref member(Ref object, std::string_view key) const { return resolve(document_.find(object, key)); }
  [[nodiscard]] std::string class_name(Ref object) const;  // empty: none
  // Also of a subclass, as far as the archive names its classes.
  [[nodiscard]] bool is_a(Ref object, std::string_view class_name) const;

  // Values of Foundation objects. nullopt: of another class, or nil.
  [[nodiscard]] std::optional<std::string> text(Ref ref, std::size_t max_bytes = 64U << 10U) const;  // NSString
  [[nodiscard]] std::optional<std::span<const std::byte>> data(Ref ref) const;                       // NSData
  [[nodiscard]] std::optional<std::int64_t> integer(Ref ref) const;                                  // NSNumber, scalars
  [[nodiscard]] std::optional<double> real(Ref ref) const;
  [[nodiscard]] std::optional<bool> boolean(Ref ref) const;     // also of the numbers 0 and 1
  [[nodiscard]] std::optional<TimeNs> date(Ref ref) const;      // NSDate
  [[nodiscard]] std::optional<Uuid> uuid(Ref ref) const;        // NSUUID
  [[nodiscard]] std::optional<std::string> url(Ref ref) const;  // NSURL, made absolute with its base

  // NSArray and NSSet: their objects; NSDictionary: its values.
  [[nodiscard]] std::size_t count(Ref ref) const;
  [[nodiscard]] Ref item(Ref ref, std::size_t n) const;
  [[nodiscard]] Ref key(Ref dictionary, std::size_t n) const;
  // Value of an NSDictionary for a text key; looks at the first 4096 entries.
  [[nodiscard]] Ref value(Ref dictionary, std::string_view key) const;

 private:
  explicit KeyedArchive(Document document) : document_(std::move(document)) {}

  Document document_;
  Ref objects_ = kNoRef;
  Ref root_ = kNoRef;
};

// A URL as seen from its base, which may be relative itself.
std::string url_below(const std::string& base, const std::string& relative);

}  // namespace uptrail::plist
