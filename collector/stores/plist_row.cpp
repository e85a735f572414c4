#include "collector/stores/plist_row.h"

#include "collector/base/text.h"
#include "collector/plist/keyed_archive.h"
#include "collector/stores/store_file.h"

namespace uptrail {

using plist::Ref;
using plist::Type;

Result<plist::Document> open_plist(const std::string& private_path, const std::string& shown_path, std::uint64_t most) {
  const auto bytes = read_store_file(private_path, shown_path, most);
  UPTRAIL_TRY(bytes);
  const auto view = std::as_bytes(std::span(bytes->data(), bytes->size()));
  return plist::Document::parse({view.begin(), view.end()}, shown_path);
}

std::string damage_of(const plist::Document& document) {
  const plist::Damage& damage = document.damage();
  return damage.objects == 0 ? std::string()
                             : count_of(damage.objects, "object") + " cannot be read; the first, at byte " +
                                   std::to_string(damage.first_offset) + ": " + damage.first;
}

Ref PlistRow::value(std::string_view key) const {
  const Ref ref = document_.find(dictionary_, key);
  return document_.type(ref) == Type::null || document_.is_text(ref, "$null") ? plist::kNoRef : ref;
}

void PlistRow::note(std::string_view key, const std::string& what) {
  book_.note(name_, IssueKind::bad_value, std::string(key) + " " + what);
}

std::optional<std::string> PlistRow::text(std::string_view key) {
  const Ref ref = value(key);
  if (ref == plist::kNoRef) {
    return std::nullopt;
  }
  auto found = document_.string(ref, kMaxStoreText);
  if (!found) {
    note(key, "is no text");
    return std::nullopt;
  }
  return found->empty() ? std::nullopt : std::optional(ellipsize(*found, kMaxStoreText));
}

std::optional<std::int64_t> PlistRow::integer(std::string_view key) {
  const Ref ref = value(key);
  const auto found = document_.integer(ref);
  if (!found && ref != plist::kNoRef) {
    note(key, "is no whole number");
  }
  return found;
}

std::optional<std::string> PlistRow::url_at(Ref ref) const {
  constexpr int kMaxBases = 4;
  auto whole = document_.string(ref, kMaxStoreText);
  if (!whole) {
    whole = document_.string(document_.find(ref, "relative"), kMaxStoreText);
    Ref base = document_.find(ref, "base");
    for (int n = 0; whole && n < kMaxBases; ++n) {
      const auto below = document_.string(document_.find(base, "relative"), kMaxStoreText);
      if (!below) {
        break;
      }
      whole = plist::url_below(*below, *whole);
      base = document_.find(base, "base");
    }
  }
  return whole && !whole->empty() ? std::optional(ellipsize(*whole, kMaxStoreText)) : std::nullopt;
}

std::optional<std::string> PlistRow::url(std::string_view key) {
  const Ref ref = value(key);
  auto found = url_at(ref);
  if (!found && ref != plist::kNoRef) {
    note(key, "is no URL");
  }
  return found;
}

void PlistRow::set_text(std::string_view key, Field field, Event& event) {
  if (auto found = text(key)) {
    event.fields.set(field, std::move(*found));
  }
}

void PlistRow::set_count(std::string_view key, Field field, Event& event) {
  if (const auto found = integer(key); found && *found >= 0) {
    event.fields.set(field, *found);
  }
}

}  // namespace uptrail
