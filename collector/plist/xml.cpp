// The XML form. pugixml reads the markup (it neither recurses nor expands entities of its own); this turns elements into objects.
#include <pugixml.hpp>

#include "collector/base/text.h"
#include "collector/plist/base64.h"
#include "collector/plist/document.h"

namespace uptrail::plist {

namespace {

constexpr std::int64_t k2001Seconds = 978'307'200;
constexpr std::string_view kUidKey = "CF$UID";

std::string_view text_of(const pugi::xml_node& element) { return element.text().get(); }

std::optional<std::int64_t> integer_of(std::string_view text) {
  text = trim(text);
  const bool is_hex = text.substr(0, 2) == "0x" || text.substr(0, 2) == "0X";
  if (!is_hex) {
    return parse_int(text.substr(0, 1) == "+" ? text.substr(1) : text);
  }
  constexpr std::size_t kMostDigits = 15;
  if (text.size() < 3 || text.size() > 2 + kMostDigits) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  for (const char c : text.substr(2)) {
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) {
      return std::nullopt;
    }
    value = value * 16 + digit;
  }
  return value;
}

}  // namespace

class XmlReader {
 public:
  explicit XmlReader(Document& document) : d_(document) {}

  Status run() {
    const std::vector<std::byte> source = std::move(d_.bytes_);
    d_.bytes_.clear();
    pugi::xml_document markup;
    const auto parsed =
        markup.load_buffer(source.data(), source.size(), pugi::parse_default | pugi::parse_ws_pcdata_single, pugi::encoding_auto);
    pugi::xml_node top = markup.child("plist");
    for (top = top.first_child(); top && top.type() != pugi::node_element; top = top.next_sibling()) {
    }
    if (!top) {
      const std::string why = parsed ? "it holds no object" : parsed.description();
      return fail(ErrorKind::malformed, "XML property list: " + why, d_.path_, static_cast<std::uint64_t>(parsed.offset));
    }
    if (!parsed) {  // what stands before the fault is kept
      d_.damaged(static_cast<std::uint64_t>(parsed.offset), std::string("XML: ") + parsed.description());
    }
    d_.root_ = add(top);
    while (!open_.empty()) {
      step();
    }
    return done();
  }

 private:
  // A container whose children are being read. Nesting costs heap, not stack.
  struct Open {
    Ref ref;
    pugi::xml_node next;
    std::vector<Ref> keys;
    std::vector<Ref> items;
  };

  void step() {
    Open& open = open_.back();
    while (open.next && open.next.type() != pugi::node_element) {
      open.next = open.next.next_sibling();
    }
    if (!open.next) {
      close();
      return;
    }
    const pugi::xml_node element = open.next;
    open.next = element.next_sibling();
    const bool is_dictionary = d_.nodes_[open.ref].type == Type::dictionary;
    const bool is_key = is_dictionary && std::string_view(element.name()) == "key";
    if (is_key && open.keys.size() > open.items.size()) {
      spoiled(element, "a key without a value");
      open.keys.pop_back();
    }
    if (is_dictionary && !is_key && open.keys.size() == open.items.size()) {
      spoiled(element, "a value without a key");
      return;
    }
    auto& list = is_key ? open.keys : open.items;
    list.push_back(static_cast<Ref>(d_.nodes_.size()));  // before add(), which may open another container and move this one
    add(element);
  }

  void close() {
    Open open = std::move(open_.back());
    open_.pop_back();
    if (open.keys.size() > open.items.size()) {
      open.keys.pop_back();
      d_.damaged(0, "XML: a key without a value");
    }
    auto& node = d_.nodes_[open.ref];
    if (node.type == Type::dictionary && open.items.size() == 1 && d_.is_text(open.keys[0], kUidKey)) {
      if (const auto number = d_.integer(open.items[0])) {
        node = Document::Node{};
        node.type = Type::uid;
        node.value = static_cast<std::uint64_t>(*number);
        return;
      }
    }
    node.value = d_.refs_.size();
    node.count = static_cast<std::uint32_t>(open.items.size());
    d_.refs_.insert(d_.refs_.end(), open.keys.begin(), open.keys.end());
    d_.refs_.insert(d_.refs_.end(), open.items.begin(), open.items.end());
  }

  Ref add(const pugi::xml_node& element) {
    const auto ref = static_cast<Ref>(d_.nodes_.size());
    Document::Node node;
    const std::string_view name = element.name();
    if (name == "dict" || name == "array") {
      node.type = name == "dict" ? Type::dictionary : Type::array;
      open_.push_back({ref, element.first_child(), {}, {}});
    } else if (!read_scalar(node, name, text_of(element))) {
      node = Document::Node{};
      spoiled(element, "<" + to_valid_utf8(name.substr(0, 40)) + "> cannot be read");
    }
    d_.nodes_.push_back(node);
    return ref;
  }

  bool read_scalar(Document::Node& node, std::string_view name, std::string_view text) {
    if (name == "string" || name == "key") {
      return keep(node, Type::string, text);
    }
    if (name == "data") {
      const auto bytes = decode_base64(text);
      return bytes && keep(node, Type::data, {reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    }
    if (name == "true" || name == "false") {
      node.type = Type::boolean;
      node.value = name == "true" ? 1 : 0;
      return true;
    }
    if (name == "integer") {
      node.type = Type::integer;
      const auto number = integer_of(text);
      node.value = static_cast<std::uint64_t>(number.value_or(0));
      return number.has_value();
    }
    if (name == "real") {
      node.type = Type::real;
      const auto number = parse_double(trim(text));
      node.value = std::bit_cast<std::uint64_t>(number.value_or(0));
      return number.has_value();
    }
    if (name == "date") {
      node.type = Type::date;
      const auto time = parse_iso(trim(text));
      const double seconds = time ? DurationNs{time->time.ns}.seconds() - static_cast<double>(k2001Seconds) : 0;
      node.value = std::bit_cast<std::uint64_t>(seconds);
      return time.has_value();
    }
    return false;
  }

  bool keep(Document::Node& node, Type type, std::string_view text) {
    node.type = type;
    node.value = d_.bytes_.size();
    node.count = static_cast<std::uint32_t>(text.size());
    const auto* begin = reinterpret_cast<const std::byte*>(text.data());
    d_.bytes_.insert(d_.bytes_.end(), begin, begin + text.size());
    return true;
  }

  void spoiled(const pugi::xml_node& element, const std::string& what) {
    d_.damaged(static_cast<std::uint64_t>(element.offset_debug()), "XML: " + what);
  }

  Document& d_;
  std::vector<Open> open_;
};

Status Document::read_xml() { return XmlReader(*this).run(); }

}  // namespace uptrail::plist
