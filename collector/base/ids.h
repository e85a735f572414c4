// Strong identifiers. A StrongId<Tag> is a dense index (0-based) into its table; kNone marks "no such thing".
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace uptrail {

template <class Tag, class Rep = std::uint32_t>
struct StrongId {
  static constexpr Rep kNone = std::numeric_limits<Rep>::max();
  Rep value = kNone;
  [[nodiscard]] constexpr bool valid() const { return value != kNone; }
  friend constexpr auto operator<=>(StrongId, StrongId) = default;
};

using SourceId = StrongId<struct SourceTag>;
using StreamId = StrongId<struct StreamTag, std::uint16_t>;  // source x observer x clock
using DomainId = StrongId<struct DomainTag, std::uint16_t>;  // order domain: streams whose events may be ordered
using UnitId = StrongId<struct UnitTag>;                     // one device + one bundle: the unit of derivation
using EpochId = StrongId<struct EpochTag>;                   // one life of one process
using SessionId = StrongId<struct SessionTag>;               // (unit, session identifier)
using ObjectId = StrongId<struct ObjectTag>;                 // one URLSession object
using TaskId = StrongId<struct TaskTag>;
using UploadId = StrongId<struct UploadTag>;
using FindingId = StrongId<struct FindingTag>;
using CauseId = StrongId<struct CauseTag>;
using EventId = StrongId<struct EventTag, std::int64_t>;  // row in the case; stable inside one case file
using StringId = StrongId<struct StringTag>;              // interned text

// 16 raw bytes as printed in "Task <UUID>.<n>". All zero: none.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};
  friend auto operator<=>(const Uuid&, const Uuid&) = default;
  [[nodiscard]] bool is_nil() const { return *this == Uuid{}; }
  [[nodiscard]] std::string text() const;  // upper case, 8-4-4-4-12
  // Accepts exactly the 36-character form, either case.
  static std::optional<Uuid> parse(std::string_view text);
  // A stable UUID for a made-up name (event scripts call their tasks X1, X2 …). Equal names give equal UUIDs.
  static Uuid from_name(std::string_view name);
};

}  // namespace uptrail

template <class Tag, class Rep>
struct std::hash<uptrail::StrongId<Tag, Rep>> {
  std::size_t operator()(uptrail::StrongId<Tag, Rep> id) const noexcept { return std::hash<Rep>{}(id.value); }
};
template <>
struct std::hash<uptrail::Uuid> {
  std::size_t operator()(const uptrail::Uuid& u) const noexcept;
};
