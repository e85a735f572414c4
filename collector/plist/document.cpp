#include "collector/plist/document.h"

#include <algorithm>
#include <cmath>

#include "collector/base/text.h"

namespace uptrail::plist {

namespace {

constexpr std::string_view kBinaryMagic = "bplist0";
constexpr TimeNs k2001{978'307'200LL * 1'000'000'000LL};
// How often all bytes of a document may be handed out, and what a small one may always do.
constexpr std::uint64_t kWorkPerByte = 16;
constexpr std::uint64_t kWorkAtLeast = 64U << 20U;

void append_utf8(std::string& out, std::uint32_t c) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80U) {
    put(c);
  } else if (c < 0x800U) {
    put(0xC0U | (c >> 6U));
    put(0x80U | (c & 0x3FU));
  } else if (c < 0x10000U) {
    put(0xE0U | (c >> 12U));
    put(0x80U | ((c >> 6U) & 0x3FU));
    put(0x80U | (c & 0x3FU));
  } else {
    put(0xF0U | (c >> 18U));
    put(0x80U | ((c >> 12U) & 0x3FU));
    put(0x80U | ((c >> 6U) & 0x3FU));
    put(0x80U | (c & 0x3FU));
  }
}

std::string_view as_text(std::span<const std::byte> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace

Form form_of(std::string_view head) {
  if (head.substr(0, kBinaryMagic.size()) == kBinaryMagic) {
    return Form::binary;
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (head.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    head.remove_prefix(kByteOrderMark.size());
  }
  head = trim(head);
  const bool is_markup = !head.empty() && head.front() == '<';
  return is_markup && head.find("<plist") != std::string_view::npos ? Form::xml : Form::none;
}

Result<Document> Document::parse(std::vector<std::byte> bytes, std::string shown_path) {
  if (bytes.size() > kMaxDocumentBytes) {
    return fail(ErrorKind::limit, "a property list of more than " + std::to_string(kMaxDocumentBytes >> 20U) + " MiB is not read",
                std::move(shown_path));
  }
  Document document(std::move(bytes), std::move(shown_path));
  document.budget_ = kWorkAtLeast + kWorkPerByte * document.bytes_.size();
  document.form_ = form_of(as_text(document.bytes_));
  switch (document.form_) {
    case Form::binary:
      UPTRAIL_TRY(document.read_binary());
      break;
    case Form::xml:
      UPTRAIL_TRY(document.read_xml());
      break;
    case Form::none:
      return fail(ErrorKind::unreadable, "not a property list: neither bplist00 nor <plist>", document.path_, 0);
  }
  return document;
}

void Document::damaged(std::uint64_t offset, std::string what) const {
  if (damage_.objects++ == 0) {
    damage_.first = std::move(what);
    damage_.first_offset = offset;
  }
}

bool Document::spend(std::uint64_t work) const {
  if (work > budget_) {
    budget_ = 0;
    damaged(0, "the same objects are referred to too often");
    return false;
  }
  budget_ -= work;
  return true;
}

std::optional<bool> Document::boolean(Ref ref) const {
  return type(ref) == Type::boolean ? std::optional(nodes_[ref].value != 0) : std::nullopt;
}

std::optional<std::int64_t> Document::integer(Ref ref) const {
  return type(ref) == Type::integer ? std::optional(integer_of(nodes_[ref])) : std::nullopt;
}

std::optional<double> Document::real(Ref ref) const {
  if (type(ref) == Type::integer) {
    return static_cast<double>(integer_of(nodes_[ref]));
  }
  return type(ref) == Type::real ? std::optional(real_of(nodes_[ref])) : std::nullopt;
}

std::optional<double> Document::seconds_2001(Ref ref) const {
  return type(ref) == Type::date ? std::optional(real_of(nodes_[ref])) : std::nullopt;
}

std::optional<TimeNs> Document::date(Ref ref) const {
  const auto seconds = seconds_2001(ref);
  return seconds && std::isfinite(*seconds) ? std::optional(k2001 + from_seconds(*seconds)) : std::nullopt;
}

std::optional<std::uint64_t> Document::uid(Ref ref) const {
  return type(ref) == Type::uid ? std::optional(nodes_[ref].value) : std::nullopt;
}

std::optional<std::span<const std::byte>> Document::data(Ref ref) const {
  if (type(ref) != Type::data) {
    return std::nullopt;
  }
  return std::span(bytes_).subspan(nodes_[ref].value, nodes_[ref].count);
}

std::optional<std::string> Document::string(Ref ref, std::size_t max_bytes) const {
  if (type(ref) != Type::string) {
    return std::nullopt;
  }
  const Node& node = nodes_[ref];
  if (!spend(std::min<std::uint64_t>(node.count, max_bytes) + 1)) {
    return std::nullopt;
  }
  if (node.text == Text::utf16be) {
    return utf16(node, max_bytes);
  }
  const auto whole = as_text(std::span(bytes_).subspan(node.value, node.count));
  return to_valid_utf8(whole.size() > max_bytes ? ellipsize(whole, max_bytes) : std::string(whole));
}

std::string Document::utf16(const Node& node, std::size_t max_bytes) const {
  constexpr std::uint32_t kReplacement = 0xFFFD;
  const auto unit = [&](std::size_t n) {
    const std::size_t at = node.value + 2 * n;
    return std::to_integer<std::uint32_t>(bytes_[at]) << 8U | std::to_integer<std::uint32_t>(bytes_[at + 1]);
  };
  std::string out;
  for (std::size_t n = 0; n < node.count; ++n) {
    if (out.size() > max_bytes) {
      return ellipsize(out, max_bytes);
    }
    std::uint32_t c = unit(n);
    const bool first_half = c >= 0xD800U && c < 0xDC00U;
    if (first_half && n + 1 < node.count && (unit(n + 1) & 0xFC00U) == 0xDC00U) {
      c = 0x10000U + ((c - 0xD800U) << 10U) + (unit(++n) - 0xDC00U);
    } else if (c >= 0xD800U && c < 0xE000U) {
      c = kReplacement;
    }
    append_utf8(out, c);
  }
  return out;
}

bool Document::is_text(Ref ref, std::string_view text) const {
  if (type(ref) != Type::string) {
    return false;
  }
  const Node& node = nodes_[ref];
  if (node.text == Text::utf8) {
    return node.count == text.size() && as_text(std::span(bytes_).subspan(node.value, node.count)) == text;
  }
  return node.count <= text.size() && utf16(node, text.size() + 4) == text;
}

std::size_t Document::count(Ref ref) const {
  switch (type(ref)) {
    case Type::array:
    case Type::set:
    case Type::dictionary:
      return nodes_[ref].count;
    default:
      return 0;
  }
}

Ref Document::reference(const Node& node, std::size_t n) const {
  Ref ref = kNoRef;
  if (form_ == Form::xml) {
    ref = refs_[node.value + n];
  } else {
    std::uint64_t number = 0;
    for (unsigned i = 0; i < ref_size_; ++i) {
      number = number << 8U | std::to_integer<std::uint64_t>(bytes_[node.value + n * ref_size_ + i]);
    }
    ref = number < nodes_.size() ? static_cast<Ref>(number) : kNoRef;
  }
  if (ref == kNoRef) {
    damaged(node.value, "a reference to an object that does not exist");
  }
  return ref;
}

Ref Document::item(Ref ref, std::size_t n) const {
  const bool is_list = type(ref) == Type::array || type(ref) == Type::set;
  return is_list && n < nodes_[ref].count ? reference(nodes_[ref], n) : kNoRef;
}

Ref Document::key(Ref ref, std::size_t n) const {
  return type(ref) == Type::dictionary && n < nodes_[ref].count ? reference(nodes_[ref], n) : kNoRef;
}

Ref Document::value(Ref ref, std::size_t n) const {
  return type(ref) == Type::dictionary && n < nodes_[ref].count ? reference(nodes_[ref], nodes_[ref].count + n) : kNoRef;
}

Ref Document::find(Ref dictionary, std::string_view wanted) const {
  const std::size_t entries = type(dictionary) == Type::dictionary ? nodes_[dictionary].count : 0;
  for (std::size_t n = 0; n < entries && spend(1); ++n) {
    if (is_text(key(dictionary, n), wanted)) {
      return value(dictionary, n);
    }
  }
  return kNoRef;
}

}  // namespace uptrail::plist
