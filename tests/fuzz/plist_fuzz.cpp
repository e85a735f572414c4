// A property list of either form, and what is made of it when it is a keyed archive.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "collector/plist/foundation.h"

namespace {

// What is looked up must be looked up: a result that nobody uses may be left out by the compiler.
std::size_t sum = 0;
template <class T>
void use(const T& value) {
  if constexpr (std::is_same_v<T, uptrail::plist::Ref>) {
    sum += value;
  } else if constexpr (requires { value.has_value(); }) {
    sum += value.has_value() ? 1U : 0U;
  } else {
    sum += value.size();
  }
}

void look_at(const uptrail::plist::Document& document) {
  constexpr std::size_t kMost = 64;
  const auto objects = static_cast<uptrail::plist::Ref>(std::min<std::size_t>(document.object_count(), kMost));
  for (uptrail::plist::Ref ref = 0; ref < objects; ++ref) {
    use(document.string(ref, 1000));
    use(document.data(ref));
    use(document.date(ref));
    use(document.uid(ref));
    for (std::size_t n = 0; n < std::min(document.count(ref), kMost); ++n) {
      use(document.item(ref, n));
      use(document.key(ref, n));
      use(document.value(ref, n));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  auto document = uptrail::plist::Document::parse({begin, begin + size});
  if (!document.ok()) {
    return 0;
  }
  look_at(*document);
  const auto archive = uptrail::plist::KeyedArchive::open(document.take());
  if (archive.ok()) {
    const auto root = archive->root();
    use(uptrail::plist::request_facts(*archive, root));
    use(uptrail::plist::response_facts(*archive, root));
    use(uptrail::plist::error_facts(*archive, root));
    use(uptrail::plist::configuration_facts(*archive, root));
    for (std::size_t n = 0; n < std::min<std::size_t>(archive->count(root), 64); ++n) {
      use(archive->url(archive->item(root, n)));
      use(archive->uuid(archive->item(root, n)));
      use(archive->date(archive->key(root, n)));
      use(archive->class_name(archive->item(root, n)));
    }
  }
  return 0;
}
