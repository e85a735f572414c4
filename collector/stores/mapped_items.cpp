#include "collector/stores/mapped_items.h"

#include <nlohmann/json.hpp>

#include "collector/base/text.h"
#include "collector/plist/document.h"
#include "collector/plist/keyed_archive.h"
#include "collector/stores/mapped_store.h"
#include "collector/stores/plist_row.h"
#include "collector/stores/store_file.h"

namespace uptrail {

namespace {

using Json = nlohmann::json;
using plist::Document;
using plist::Ref;

// A property list may name one array a million times over; this many places are looked at.
constexpr std::size_t kMaxPlaces = 2'000'000;

// Follows a path with stars through something that has children. Tree: child(node, key), each(node, f(key, child)), cell(node).
template <class Tree>
class Walk {
 public:
  using Node = typename Tree::Node;
  Walk(Tree tree, const std::string& path, const TakeItem& take)
      : tree_(std::move(tree)), parts_(split(path, '.')), take_(take) {}

  // False: there were too many places.
  bool run(Node root) {
    go(root, 0, "", "");
    return places_ < kMaxPlaces;
  }

 private:
  bool go(Node node, std::size_t part, const std::string& place, const std::string& key) {
    if (++places_ >= kMaxPlaces) {
      return false;
    }
    if (part == parts_.size()) {
      return take_(place.empty() ? "root" : place, [&](const std::string& from) { return look_up(node, from, key); });
    }
    const std::string dot = place.empty() ? "" : place + ".";
    if (parts_[part] == "*") {
      return tree_.each(node, [&](const std::string& name, Node child) { return go(child, part + 1, dot + name, name); });
    }
    const auto child = tree_.child(node, parts_[part]);
    return !child || go(*child, part + 1, dot + std::string(parts_[part]), std::string(parts_[part]));
  }

  Cell look_up(Node node, const std::string& from, const std::string& key) const {
    if (from == "$key") {
      return key;
    }
    std::optional<Node> at = node;
    // A key may hold dots itself.
    if (const auto whole = tree_.child(node, from)) {
      return tree_.cell(*whole);
    }
    for (const std::string_view part : split(from, '.')) {
      at = tree_.child(*at, part);
      if (!at) {
        return {};
      }
    }
    return tree_.cell(*at);
  }

  Tree tree_;
  std::vector<std::string_view> parts_;
  const TakeItem& take_;
  std::size_t places_ = 0;
};

struct JsonTree {
  using Node = const Json*;
  static std::optional<Node> child(Node node, std::string_view key) {
    if (!node->is_object()) {
      return std::nullopt;
    }
    const auto it = node->find(std::string(key));
    return it == node->end() ? std::nullopt : std::optional<Node>(&*it);
  }
  template <class F>
  static bool each(Node node, const F& take) {
    if (node->is_array()) {
      for (std::size_t i = 0; i < node->size(); ++i) {
        if (!take(std::to_string(i), &(*node)[i])) {
          return false;
        }
      }
    } else if (node->is_object()) {
      for (const auto& [key, value] : node->items()) {
        if (!take(key, &value)) {
          return false;
        }
      }
    }
    return true;
  }
  static Cell cell(Node node) {
    switch (node->type()) {
      case Json::value_t::null:
        return {};
      case Json::value_t::boolean:
        return node->get<bool>();
      case Json::value_t::number_integer:
        return node->get<std::int64_t>();
      case Json::value_t::number_unsigned: {
        const auto n = node->get<std::uint64_t>();
        return n <= INT64_MAX ? Cell(static_cast<std::int64_t>(n)) : Cell(static_cast<double>(n));
      }
      case Json::value_t::number_float:
        return node->get<double>();
      case Json::value_t::string:
        return node->get<std::string>();
      default:
        return Foreign{};
    }
  }
};

struct PlistTree {
  using Node = Ref;
  const Document& document;

  [[nodiscard]] std::optional<Node> child(Node node, std::string_view key) const {
    const Ref found = document.find(node, key);
    return found == plist::kNoRef ? std::nullopt : std::optional<Node>(found);
  }
  template <class F>
  bool each(Node node, const F& take) const {
    const bool dictionary = document.type(node) == plist::Type::dictionary;
    for (std::size_t i = 0; i < document.count(node); ++i) {
      const std::string key = dictionary ? document.string(document.key(node, i), 1000).value_or("?") : std::to_string(i);
      if (!take(key, dictionary ? document.value(node, i) : document.item(node, i))) {
        return false;
      }
    }
    return true;
  }
  [[nodiscard]] Cell cell(Node node) const {
    switch (document.type(node)) {
      case plist::Type::null:
        return {};
      case plist::Type::boolean:
        return *document.boolean(node);
      case plist::Type::integer:
        return *document.integer(node);
      case plist::Type::real:
        return *document.real(node);
      case plist::Type::date: {
        const auto t = document.date(node);
        return t ? Cell(*t) : Cell(Foreign{});
      }
      case plist::Type::string: {
        auto text = document.string(node);
        return text ? Cell(std::move(*text)) : Cell(Foreign{});
      }
      case plist::Type::data:
        return bytes(node);
      default:
        return Foreign{};
    }
  }
  [[nodiscard]] Cell bytes(Node node) const {
    const auto data = document.data(node);
    Uuid uuid;
    if (!data || data->size() != uuid.bytes.size()) {
      return Foreign{};
    }
    for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
      uuid.bytes[i] = std::to_integer<std::uint8_t>((*data)[i]);
    }
    return uuid;
  }
};

Error too_many(const StoreFiles& files) {
  return fail(ErrorKind::limit, "the path leads to more than " + std::to_string(kMaxPlaces) + " places", files.shown_path);
}

}  // namespace

Status for_each_json_item(const StoreFiles& files, const std::string& path, const TakeItem& take) {
  const auto bytes = read_store_file(files.private_path, files.shown_path, kMaxMappedFile);
  UPTRAIL_TRY(bytes);
  Json root;
  try {
    root = Json::parse(*bytes);
  } catch (const Json::exception&) {
    return fail(ErrorKind::malformed, "is no JSON", files.shown_path);
  }
  return Walk(JsonTree{}, path, take).run(&root) ? done() : Status(too_many(files));
}

Status for_each_plist_item(const StoreFiles& files, const std::string& path, const TakeItem& take, std::string& damage) {
  const auto document = open_plist(files.private_path, files.shown_path, kMaxMappedFile);
  UPTRAIL_TRY(document);
  if (plist::KeyedArchive::is_archive(*document)) {
    return fail(ErrorKind::unreadable, "is a keyed archive, whose objects have no paths; only plain property lists can be mapped",
                files.shown_path);
  }
  const bool all = Walk(PlistTree{*document}, path, take).run(document->root());
  damage = damage_of(*document);
  return all ? done() : Status(too_many(files));
}

}  // namespace uptrail
