#include "collector/plist/keyed_archive.h"

#include <algorithm>
#include <cmath>

namespace uptrail::plist {

namespace {

constexpr TimeNs k2001{978'307'200LL * 1'000'000'000LL};
constexpr int kMaxBases = 8;  // URLs that stand on each other
constexpr std::size_t kMaxLookedAt = 4096;
constexpr std::size_t kMaxClasses = 32;

}  // namespace

// RFC 3986, 5.2, as far as archived URLs need it: a file or path beside or below its base.
std::string url_below(const std::string& base, const std::string& relative) {
  const auto scheme = relative.find(':');
  const auto slash = relative.find('/');
  if (base.empty() || (scheme != std::string::npos && (slash == std::string::npos || scheme < slash))) {
    return relative;
  }
  const auto authority = base.find("://");
  const auto path = authority == std::string::npos ? base.find('/') : base.find('/', authority + 3);
  if (authority == std::string::npos && path == std::string::npos) {
    return relative.empty() ? base : relative;
  }
  if (relative.substr(0, 1) == "/" || path == std::string::npos) {
    return base.substr(0, path) + (relative.substr(0, 1) == "/" || relative.empty() ? "" : "/") + relative;
  }
  const auto end = std::min(base.find_first_of("?#", path), base.size());
  if (relative.empty()) {
    return base;
  }
  return base.substr(0, base.rfind('/', end == 0 ? 0 : end - 1) + 1) + relative;
}

bool KeyedArchive::is_archive(const Document& document) {
  const Ref root = document.root();
  return document.type(document.find(root, "$objects")) == Type::array &&
         document.type(document.find(root, "$top")) == Type::dictionary;
}

Result<KeyedArchive> KeyedArchive::open(Document document, std::string_view shown_path) {
  if (!is_archive(document)) {
    return fail(ErrorKind::unreadable, "a property list, but no keyed archive: it lacks $objects or $top",
                std::string(shown_path));
  }
  KeyedArchive archive(std::move(document));
  const Document& d = archive.document_;
  archive.objects_ = d.find(d.root(), "$objects");
  const Ref top = d.find(d.root(), "$top");
  for (const std::string_view name : {"root", "NSKeyedArchiveRootObjectKey"}) {
    if (archive.root_ == kNoRef) {
      archive.root_ = archive.resolve(d.find(top, name));
    }
  }
  if (archive.root_ == kNoRef && d.count(top) == 1) {
    archive.root_ = archive.resolve(d.value(top, 0));
  }
  if (archive.root_ == kNoRef) {
    return fail(ErrorKind::malformed, "keyed archive: $top names no root object", std::string(shown_path));
  }
  return archive;
}

Result<KeyedArchive> KeyedArchive::parse(std::span<const std::byte> bytes, std::string_view shown_path) {
  auto document = Document::parse({bytes.begin(), bytes.end()}, std::string(shown_path));
  UPTRAIL_TRY(document);
  return open(document.take(), shown_path);
}

Ref KeyedArchive::resolve(Ref ref) const {
  const auto uid = document_.uid(ref);
  if (!uid) {
    return ref;
  }
  const Ref object = *uid == 0 || *uid >= document_.count(objects_) ? kNoRef : document_.item(objects_, *uid);
  return document_.type(object) == Type::uid ? kNoRef : object;
}

std::string KeyedArchive::class_name(Ref object) const {
  return document_.string(document_.find(member(object, "$class"), "$classname"), 256).value_or("");
}

bool KeyedArchive::is_a(Ref object, std::string_view name) const {
  const Ref description = member(object, "$class");
  if (document_.is_text(document_.find(description, "$classname"), name)) {
    return true;
  }
  const Ref classes = resolve(document_.find(description, "$classes"));
  for (std::size_t n = 0; n < std::min(document_.count(classes), kMaxClasses); ++n) {
    if (document_.is_text(resolve(document_.item(classes, n)), name)) {
      return true;
    }
  }
  return false;
}

std::optional<std::string> KeyedArchive::text(Ref ref, std::size_t max_bytes) const {
  ref = resolve(ref);
  return document_.string(document_.type(ref) == Type::dictionary ? member(ref, "NS.string") : ref, max_bytes);
}

std::optional<std::span<const std::byte>> KeyedArchive::data(Ref ref) const {
  ref = resolve(ref);
  return document_.data(document_.type(ref) == Type::dictionary ? member(ref, "NS.data") : ref);
}

std::optional<std::int64_t> KeyedArchive::integer(Ref ref) const { return document_.integer(resolve(ref)); }

std::optional<double> KeyedArchive::real(Ref ref) const { return document_.real(resolve(ref)); }

std::optional<bool> KeyedArchive::boolean(Ref ref) const {
  ref = resolve(ref);
  const auto number = document_.integer(ref);
  return number && (*number == 0 || *number == 1) ? std::optional(*number == 1) : document_.boolean(ref);
}

std::optional<TimeNs> KeyedArchive::date(Ref ref) const {
  ref = resolve(ref);
  const auto seconds = document_.real(member(ref, "NS.time"));
  return seconds && std::isfinite(*seconds) ? std::optional(k2001 + from_seconds(*seconds)) : document_.date(ref);
}

std::optional<Uuid> KeyedArchive::uuid(Ref ref) const {
  const auto bytes = document_.data(member(resolve(ref), "NS.uuidbytes"));
  Uuid uuid;
  if (!bytes || bytes->size() != uuid.bytes.size()) {
    return std::nullopt;
  }
  std::transform(bytes->begin(), bytes->end(), uuid.bytes.begin(), [](std::byte b) { return static_cast<std::uint8_t>(b); });
  return uuid;
}

std::optional<std::string> KeyedArchive::url(Ref ref) const {
  ref = resolve(ref);
  auto own = text(member(ref, "NS.relative"));
  auto whole = own;
  Ref base = member(ref, "NS.base");
  for (int n = 0; whole && n < kMaxBases; ++n, base = member(base, "NS.base")) {
    const auto below = text(member(base, "NS.relative"));
    if (!below) {
      return whole;
    }
    whole = url_below(*below, *whole);
  }
  return own;  // nil, or bases without end
}

std::size_t KeyedArchive::count(Ref ref) const { return document_.count(member(resolve(ref), "NS.objects")); }

Ref KeyedArchive::item(Ref ref, std::size_t n) const { return resolve(document_.item(member(resolve(ref), "NS.objects"), n)); }

Ref KeyedArchive::key(Ref dictionary, std::size_t n) const {
  return resolve(document_.item(member(resolve(dictionary), "NS.keys"), n));
}

Ref KeyedArchive::value(Ref dictionary, std::string_view wanted) const {
  const Ref keys = member(resolve(dictionary), "NS.keys");
  const std::size_t entries = std::min(document_.count(keys), kMaxLookedAt);
  for (std::size_t n = 0; n < entries; ++n) {
    if (document_.is_text(resolve(document_.item(keys, n)), wanted)) {
      return item(dictionary, n);
    }
  }
  return kNoRef;
}

}  // namespace uptrail::plist
