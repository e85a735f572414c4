#include "collector/plist/build.h"

#include <cstring>

namespace uptrail::plist {

namespace {

constexpr unsigned kRefBytes = 4;
constexpr unsigned kOffsetBytes = 8;

std::string big_endian(std::uint64_t value, unsigned bytes) {
  std::string out;
  for (unsigned i = bytes; i-- > 0;) {
    out += static_cast<char>(value >> (8U * i) & 0xFFU);
  }
  return out;
}

std::string of_double(char marker, double value) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return marker + big_endian(bits, 8);
}

}  // namespace

Made Builder::raw(std::string bytes) {
  objects_.push_back(std::move(bytes));
  return objects_.size() - 1;
}

Made Builder::integer(std::int64_t value) { return raw("\x13" + big_endian(static_cast<std::uint64_t>(value), 8)); }
Made Builder::real(double value) { return raw(of_double('\x23', value)); }
Made Builder::date(double seconds_2001) { return raw(of_double('\x33', seconds_2001)); }
Made Builder::uid(std::uint32_t number) { return raw("\x83" + big_endian(number, 4)); }
Made Builder::data(std::string_view bytes) { return raw(head(0x4, bytes.size()) + std::string(bytes)); }
Made Builder::string(std::string_view ascii) { return raw(head(0x5, ascii.size()) + std::string(ascii)); }

Made Builder::utf16(std::u16string_view text) {
  std::string out = head(0x6, text.size());
  for (const char16_t unit : text) {
    out += big_endian(unit, 2);
  }
  return raw(std::move(out));
}

Made Builder::array(const std::vector<Made>& items) {
  const Made at = later();
  fill_array(at, items);
  return at;
}

void Builder::fill_array(Made at, const std::vector<Made>& items) {
  objects_[at] = head(0xA, items.size());
  for (const Made item : items) {
    objects_[at] += big_endian(item, kRefBytes);
  }
}

Made Builder::dict(const std::vector<std::pair<Made, Made>>& entries) {
  std::string out = head(0xD, entries.size());
  for (const auto& entry : entries) {
    out += big_endian(entry.first, kRefBytes);
  }
  for (const auto& entry : entries) {
    out += big_endian(entry.second, kRefBytes);
  }
  return raw(std::move(out));
}

std::string Builder::head(unsigned kind, std::size_t count) {
  constexpr std::size_t kLong = 15;
  const auto marker = [kind](std::size_t low) { return std::string(1, static_cast<char>(kind << 4U | low)); };
  return count < kLong ? marker(count) : marker(kLong) + "\x12" + big_endian(count, 4);
}

std::string Builder::bytes(Made root) const {
  std::string out = "bplist00";
  std::string table;
  for (const std::string& object : objects_) {
    table += big_endian(out.size(), kOffsetBytes);
    out += object;
  }
  const std::size_t table_at = out.size();
  out += table + std::string(6, '\0') + big_endian(kOffsetBytes, 1) + big_endian(kRefBytes, 1);
  return out + big_endian(objects_.size(), 8) + big_endian(root, 8) + big_endian(table_at, 8);
}

ArchiveBuilder::ArchiveBuilder() { add(plist_.string("$null")); }

ArchiveBuilder::Uid ArchiveBuilder::add(Made object) {
  objects_.push_back(object);
  return static_cast<Uid>(objects_.size() - 1);
}

ArchiveBuilder::Uid ArchiveBuilder::class_of(std::string_view name, std::string_view super) {
  if (const auto known = classes_.find(name); known != classes_.end()) {
    return known->second;
  }
  std::vector<Made> names = {plist_.string(name)};
  for (const std::string_view above : {super, std::string_view("NSObject")}) {
    if (above != name && (names.size() == 1 || above != super)) {
      names.push_back(plist_.string(above));
    }
  }
  const Made list = plist_.array(names);
  const Uid uid = add(plist_.dict({{plist_.string("$classname"), names[0]}, {plist_.string("$classes"), list}}));
  classes_.emplace(name, uid);
  return uid;
}

ArchiveBuilder::Uid ArchiveBuilder::object(std::string_view class_name, const std::vector<std::pair<std::string, Uid>>& by_uid,
                                           const std::vector<std::pair<std::string, std::int64_t>>& direct,
                                           std::string_view super) {
  std::vector<std::pair<Made, Made>> entries = {{plist_.string("$class"), plist_.uid(class_of(class_name, super))}};
  for (const auto& [name, uid] : by_uid) {
    entries.emplace_back(plist_.string(name), plist_.uid(uid));
  }
  for (const auto& [name, number] : direct) {
    entries.emplace_back(plist_.string(name), plist_.integer(number));
  }
  return add(plist_.dict(entries));
}

ArchiveBuilder::Uid ArchiveBuilder::url(std::string_view relative, Uid base) {
  return object("NSURL", {{"NS.base", base}, {"NS.relative", text(relative)}});
}

ArchiveBuilder::Uid ArchiveBuilder::date(double seconds_2001) {
  const Made isa = plist_.uid(class_of("NSDate", "NSObject"));
  return add(plist_.dict({{plist_.string("$class"), isa}, {plist_.string("NS.time"), plist_.real(seconds_2001)}}));
}

ArchiveBuilder::Uid ArchiveBuilder::uuid(std::string_view sixteen_bytes) {
  const Made isa = plist_.uid(class_of("NSUUID", "NSObject"));
  return add(plist_.dict({{plist_.string("$class"), isa}, {plist_.string("NS.uuidbytes"), plist_.data(sixteen_bytes)}}));
}

ArchiveBuilder::Uid ArchiveBuilder::array(const std::vector<Uid>& items) {
  std::vector<Made> refs;
  refs.reserve(items.size());
  for (const Uid item : items) {
    refs.push_back(plist_.uid(item));
  }
  const Made isa = plist_.uid(class_of("NSArray", "NSObject"));
  return add(plist_.dict({{plist_.string("$class"), isa}, {plist_.string("NS.objects"), plist_.array(refs)}}));
}

ArchiveBuilder::Uid ArchiveBuilder::dictionary(const std::vector<std::pair<Uid, Uid>>& entries) {
  std::vector<Made> keys;
  std::vector<Made> values;
  for (const auto& entry : entries) {
    keys.push_back(plist_.uid(entry.first));
    values.push_back(plist_.uid(entry.second));
  }
  const Made isa = plist_.uid(class_of("NSDictionary", "NSObject"));
  return add(plist_.dict({{plist_.string("$class"), isa},
                          {plist_.string("NS.keys"), plist_.array(keys)},
                          {plist_.string("NS.objects"), plist_.array(values)}}));
}

ArchiveBuilder::Uid ArchiveBuilder::dictionary(const std::vector<std::pair<std::string, Uid>>& entries) {
  std::vector<std::pair<Uid, Uid>> by_uid;
  by_uid.reserve(entries.size());
  for (const auto& [key, value] : entries) {
    by_uid.emplace_back(text(key), value);
  }
  return dictionary(by_uid);
}

ArchiveBuilder::Uid ArchiveBuilder::error(std::string_view domain, std::int64_t code,
                                          const std::vector<std::pair<std::string, Uid>>& info) {
  return object("NSError", {{"NSDomain", text(domain)}, {"NSUserInfo", info.empty() ? kNil : dictionary(info)}},
                {{"NSCode", code}});
}

ArchiveBuilder::Uid ArchiveBuilder::request(std::string_view url, std::string_view method,
                                            const std::vector<std::pair<std::string, std::string>>& headers) {
  const auto part = [](int number) { return "__nsurlrequest_proto_prop_obj_" + std::to_string(number); };
  std::vector<std::pair<std::string, Uid>> fields;
  fields.reserve(headers.size());
  for (const auto& [name, value] : headers) {
    fields.emplace_back(name, text(value));
  }
  return object("NSMutableURLRequest",
                {{part(1), this->url(url)}, {part(2), real(60)}, {part(18), text(method)}, {part(19), dictionary(fields)}},
                {{"$0", 2}, {"$1", 9}, {"$2", 22}}, "NSURLRequest");
}

std::string ArchiveBuilder::bytes(Uid root, std::string_view root_name) {
  const Made top = plist_.dict({{plist_.string(root_name), plist_.uid(root)}});
  return plist_.bytes(plist_.dict({{plist_.string("$version"), plist_.integer(100'000)},
                                   {plist_.string("$archiver"), plist_.string("NSKeyedArchiver")},
                                   {plist_.string("$top"), top},
                                   {plist_.string("$objects"), plist_.array(objects_)}}));
}

std::vector<std::byte> as_bytes(std::string_view text) {
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

}  // namespace uptrail::plist
