// A property list, binary ("bplist00") or XML, as a table of objects. References stay references: an object that is shared by a
// thousand others is held once, and a cycle is harmless, because nothing is ever expanded. Everything read from the bytes is
// checked; an object that cannot be read has the type `invalid`, is counted in damage(), and leaves the others readable.
//
// The layout of the binary form: header, objects, offset table, trailer of 32 bytes, as published in CoreFoundation's
// CFBinaryPList.c. The XML form: elements of the PropertyList-1.0 document type; keyed archives write a UID as <CF$UID>.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/result.h"
#include "collector/base/time.h"

namespace uptrail::plist {

enum class Type : std::uint8_t { invalid, null, boolean, integer, real, date, data, string, uid, array, set, dictionary };

// Position in the table of objects.
using Ref = std::uint32_t;
inline constexpr Ref kNoRef = std::numeric_limits<Ref>::max();

inline constexpr std::size_t kMaxDocumentBytes = 256U << 20U;

struct Damage {
  std::uint64_t objects = 0;  // objects, and uses of objects, that could not be read
  std::string first;          // what was wrong with the first one
  std::uint64_t first_offset = 0;
};

enum class Form : std::uint8_t { none, binary, xml };
// What the beginning of a file looks like.
Form form_of(std::string_view head);

// Not for use by several threads at once: it keeps account of the work that was asked for.
class Document {
 public:
  // The document owns the bytes. Errors name `shown_path` and the offset. Fails when there is no table of objects at all.
  static Result<Document> parse(std::vector<std::byte> bytes, std::string shown_path = {});

  [[nodiscard]] Form form() const { return form_; }
  [[nodiscard]] Ref root() const { return root_; }
  [[nodiscard]] std::size_t object_count() const { return nodes_.size(); }
  [[nodiscard]] const Damage& damage() const { return damage_; }

  // `invalid` for a reference outside of the table.
  [[nodiscard]] Type type(Ref ref) const { return ref < nodes_.size() ? nodes_[ref].type : Type::invalid; }

  // Each gives nullopt for an object of another type. Integers beyond int64 are reals.
  [[nodiscard]] std::optional<bool> boolean(Ref ref) const;
  [[nodiscard]] std::optional<std::int64_t> integer(Ref ref) const;
  [[nodiscard]] std::optional<double> real(Ref ref) const;          // also of an integer
  [[nodiscard]] std::optional<double> seconds_2001(Ref ref) const;  // a date: seconds since 2001-01-01T00:00:00Z
  [[nodiscard]] std::optional<TimeNs> date(Ref ref) const;
  [[nodiscard]] std::optional<std::uint64_t> uid(Ref ref) const;
  [[nodiscard]] std::optional<std::span<const std::byte>> data(Ref ref) const;  // lives as long as the document
  // Valid UTF-8, cut at about `max_bytes`.
  [[nodiscard]] std::optional<std::string> string(Ref ref, std::size_t max_bytes = 1U << 20U) const;
  [[nodiscard]] bool is_text(Ref ref, std::string_view text) const;

  // Of an array, a set or a dictionary (its entries); 0 for others.
  [[nodiscard]] std::size_t count(Ref ref) const;
  // Of an array or a set. kNoRef when out of range or no such object.
  [[nodiscard]] Ref item(Ref ref, std::size_t n) const;
  // Of a dictionary.
  [[nodiscard]] Ref key(Ref ref, std::size_t n) const;
  [[nodiscard]] Ref value(Ref ref, std::size_t n) const;
  // Value of the first entry with this key; kNoRef when there is none.
  [[nodiscard]] Ref find(Ref dictionary, std::string_view key) const;

 private:
  friend class BinaryReader;
  friend class XmlReader;

  enum class Text : std::uint8_t { utf8, utf16be };
  struct Node {
    Type type = Type::invalid;
    Text text = Text::utf8;
    std::uint32_t count = 0;  // bytes, UTF-16 units, items or entries
    std::uint64_t value = 0;  // where bytes or references begin; the bits of a number
  };
  static std::int64_t integer_of(const Node& node) { return static_cast<std::int64_t>(node.value); }
  static double real_of(const Node& node) { return std::bit_cast<double>(node.value); }

  Document(std::vector<std::byte> bytes, std::string path) : bytes_(std::move(bytes)), path_(std::move(path)) {}
  Status read_binary();
  Status read_xml();
  void damaged(std::uint64_t offset, std::string what) const;
  bool spend(std::uint64_t work) const;
  [[nodiscard]] Ref reference(const Node& node, std::size_t n) const;
  [[nodiscard]] std::string utf16(const Node& node, std::size_t max_bytes) const;

  std::vector<std::byte> bytes_;  // of the file; of an XML document: all its texts and data
  std::string path_;
  Form form_ = Form::none;
  std::vector<Node> nodes_;
  std::vector<Ref> refs_;  // XML only; a binary document's stand in its bytes
  unsigned ref_size_ = 0;
  Ref root_ = kNoRef;
  mutable Damage damage_;
  // A document may refer to one large text or dictionary a million times: what is handed out is limited as a whole.
  mutable std::uint64_t budget_ = 0;
};

}  // namespace uptrail::plist
