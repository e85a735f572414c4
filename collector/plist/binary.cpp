// The binary form: reads the trailer, the offset table, and the head of each object.
#include <bit>
#include <cmath>

#include "collector/plist/document.h"

namespace uptrail::plist {

namespace {

constexpr std::size_t kHeaderBytes = 8;
constexpr std::size_t kTrailerBytes = 32;
constexpr unsigned kLongCount = 0xF;  // the count follows as an integer object

}  // namespace

class BinaryReader {
 public:
  explicit BinaryReader(Document& document) : d_(document) {}

  Status run() {
    const std::size_t size = d_.bytes_.size();
    if (size < kHeaderBytes + kTrailerBytes) {
      return broken("the file ends before its trailer", size);
    }
    const std::size_t trailer = size - kTrailerBytes;
    const auto offset_size = static_cast<unsigned>(number(trailer + 6, 1));
    d_.ref_size_ = static_cast<unsigned>(number(trailer + 7, 1));
    const std::uint64_t objects = number(trailer + 8, 8);
    const std::uint64_t root = number(trailer + 16, 8);
    const std::uint64_t table = number(trailer + 24, 8);
    if (offset_size < 1 || offset_size > 8 || d_.ref_size_ < 1 || d_.ref_size_ > 8) {
      return broken("the sizes in the trailer are impossible (the file may be cut off)", trailer + 6);
    }
    if (table < kHeaderBytes || table > trailer || objects == 0 || objects > (trailer - table) / offset_size) {
      return broken("the offset table does not fit into the file (it may be cut off)", trailer + 24);
    }
    if (root >= objects) {
      return broken("the root is not one of the objects", trailer + 16);
    }
    end_ = table;
    d_.nodes_.resize(objects);
    for (std::uint64_t n = 0; n < objects; ++n) {
      read_object(d_.nodes_[n], number(table + n * offset_size, offset_size));
    }
    d_.root_ = static_cast<Ref>(root);
    return done();
  }

 private:
  using Node = Document::Node;

  [[nodiscard]] Error broken(std::string what, std::uint64_t offset) const {
    return fail(ErrorKind::malformed, "binary property list: " + std::move(what), d_.path_, offset);
  }

  // The caller has made sure that the bytes are there.
  [[nodiscard]] std::uint64_t number(std::uint64_t at, unsigned bytes) const {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < bytes; ++i) {
      value = value << 8U | std::to_integer<std::uint64_t>(d_.bytes_[at + i]);
    }
    return value;
  }

  [[nodiscard]] bool fits(std::uint64_t at, std::uint64_t bytes) const { return at <= end_ && bytes <= end_ - at; }

  void read_object(Node& node, std::uint64_t at) {
    if (at < kHeaderBytes || !fits(at, 1)) {
      d_.damaged(at, "an object lies outside of the file");
      return;
    }
    const auto marker = static_cast<unsigned>(number(at, 1));
    const unsigned low = marker & 0xFU;
    bool ok = false;
    switch (marker >> 4U) {
      case 0x0:
        ok = read_simple(node, low);
        break;
      case 0x1:
        ok = read_integer(node, at + 1, low);
        break;
      case 0x2:
        ok = read_real(node, at + 1, low, Type::real);
        break;
      case 0x3:
        ok = read_real(node, at + 1, low, Type::date);
        break;
      case 0x8:
        ok = read_uid(node, at + 1, low + 1);
        break;
      default:
        ok = read_sized(node, at + 1, marker >> 4U, low);
    }
    if (!ok) {
      node = Node{};
      d_.damaged(at, "an object of an unknown or impossible kind");
    }
  }

  static bool read_simple(Node& node, unsigned low) {
    constexpr unsigned kFalse = 8;
    constexpr unsigned kTrue = 9;
    node.type = low == 0 ? Type::null : Type::boolean;
    node.value = low == kTrue ? 1 : 0;
    return low == 0 || low == kFalse || low == kTrue;
  }

  // 1, 2 and 4 bytes are unsigned, 8 are signed, 16 hold what is beyond.
  bool read_integer(Node& node, std::uint64_t at, unsigned low) const {
    constexpr unsigned kLargest = 4;
    const std::uint64_t bytes = std::uint64_t{1} << low;
    if (low > kLargest || !fits(at, bytes)) {
      return false;
    }
    node.type = Type::integer;
    if (low < kLargest) {
      node.value = number(at, static_cast<unsigned>(bytes));
      return true;
    }
    const auto high = static_cast<std::int64_t>(number(at, 8));
    const std::uint64_t rest = number(at + 8, 8);
    if (high == (static_cast<std::int64_t>(rest) < 0 ? -1 : 0)) {
      node.value = rest;
    } else {
      node.type = Type::real;
      node.value = std::bit_cast<std::uint64_t>(std::ldexp(static_cast<double>(high), 64) + static_cast<double>(rest));
    }
    return true;
  }

  bool read_real(Node& node, std::uint64_t at, unsigned low, Type type) const {
    constexpr unsigned kFloat = 2;
    constexpr unsigned kDouble = 3;
    node.type = type;
    if (low == kDouble && fits(at, 8)) {
      node.value = number(at, 8);
      return true;
    }
    if (low == kFloat && fits(at, 4)) {
      const auto narrow = std::bit_cast<float>(static_cast<std::uint32_t>(number(at, 4)));
      node.value = std::bit_cast<std::uint64_t>(static_cast<double>(narrow));
      return true;
    }
    return false;
  }

  bool read_uid(Node& node, std::uint64_t at, unsigned bytes) const {
    if (bytes > 8 || !fits(at, bytes)) {
      return false;
    }
    node.type = Type::uid;
    node.value = number(at, bytes);
    return true;
  }

  // Those with a count: bytes, UTF-16 units, references.
  bool read_sized(Node& node, std::uint64_t at, unsigned kind, unsigned low) const {
    std::uint64_t count = low;
    if (low == kLongCount) {
      if (!fits(at, 1) || number(at, 1) >> 4U != 0x1) {
        return false;
      }
      const std::uint64_t bytes = std::uint64_t{1} << (number(at, 1) & 0xFU);
      if (bytes > 8 || !fits(at + 1, bytes)) {
        return false;
      }
      count = number(at + 1, static_cast<unsigned>(bytes));
      at += 1 + bytes;
    }
    std::uint64_t unit = 1;
    switch (kind) {
      case 0x4:
        node.type = Type::data;
        break;
      case 0x5:
      case 0x7:
        node.type = Type::string;
        break;
      case 0x6:
        node.type = Type::string;
        node.text = Document::Text::utf16be;
        unit = 2;
        break;
      case 0xA:
        node.type = Type::array;
        unit = d_.ref_size_;
        break;
      case 0xB:
      case 0xC:
        node.type = Type::set;
        unit = d_.ref_size_;
        break;
      case 0xD:
        node.type = Type::dictionary;
        unit = 2U * d_.ref_size_;
        break;
      default:
        return false;
    }
    if (count > kMaxDocumentBytes || !fits(at, count * unit)) {
      return false;
    }
    node.count = static_cast<std::uint32_t>(count);
    node.value = at;
    return true;
  }

  Document& d_;
  std::uint64_t end_ = 0;  // of the objects: where the offset table begins
};

Status Document::read_binary() { return BinaryReader(*this).run(); }

}  // namespace uptrail::plist
