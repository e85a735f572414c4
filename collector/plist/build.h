// Makes property lists, object by object: whoever writes decides what is shared, cyclic, or wrong. For simulated stores and
// tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace uptrail::plist {

// Number of an object in the list that is being made.
using Made = std::size_t;

// The binary form. Objects are numbered as they are added.
class Builder {
 public:
  Made raw(std::string bytes);  // an object as it stands
  Made null() { return raw(std::string(1, '\0')); }
  Made boolean(bool value) { return raw(value ? "\x09" : "\x08"); }
  Made integer(std::int64_t value);
  Made real(double value);
  Made date(double seconds_2001);
  Made uid(std::uint32_t number);
  Made data(std::string_view bytes);
  Made string(std::string_view ascii);
  Made utf16(std::u16string_view text);
  Made array(const std::vector<Made>& items);
  Made dict(const std::vector<std::pair<Made, Made>>& entries);

  // An array or a dictionary that is filled later: for cycles.
  Made later() { return raw(""); }
  void fill_array(Made at, const std::vector<Made>& items);

  [[nodiscard]] std::string bytes(Made root) const;
  [[nodiscard]] std::size_t size() const { return objects_.size(); }

 private:
  static std::string head(unsigned kind, std::size_t count);
  std::vector<std::string> objects_;
};

// A keyed archive. Every add… gives the UID of an object in $objects; 0 is $null.
class ArchiveBuilder {
 public:
  using Uid = std::uint32_t;
  static constexpr Uid kNil = 0;

  ArchiveBuilder();
  Uid text(std::string_view ascii) { return add(plist_.string(ascii)); }
  Uid number(std::int64_t value) { return add(plist_.integer(value)); }
  Uid real(double value) { return add(plist_.real(value)); }
  Uid boolean(bool value) { return add(plist_.boolean(value)); }
  Uid plain_data(std::string_view bytes) { return add(plist_.data(bytes)); }
  Uid url(std::string_view relative, Uid base = kNil);
  Uid date(double seconds_2001);
  Uid uuid(std::string_view sixteen_bytes);
  Uid array(const std::vector<Uid>& items);
  Uid dictionary(const std::vector<std::pair<Uid, Uid>>& entries);
  Uid dictionary(const std::vector<std::pair<std::string, Uid>>& entries);
  // An object with members: `by_uid` name objects, `direct` are plain numbers.
  Uid object(std::string_view class_name, const std::vector<std::pair<std::string, Uid>>& by_uid,
             const std::vector<std::pair<std::string, std::int64_t>>& direct = {}, std::string_view super = "NSObject");
  Uid error(std::string_view domain, std::int64_t code, const std::vector<std::pair<std::string, Uid>>& info = {});
  // NSURLRequest with its numbered parts.
  Uid request(std::string_view url, std::string_view method,
              const std::vector<std::pair<std::string, std::string>>& headers = {});

  [[nodiscard]] std::string bytes(Uid root, std::string_view root_name = "root");

 private:
  Uid add(Made object);
  Uid class_of(std::string_view name, std::string_view super);

  Builder plist_;
  std::vector<Made> objects_;
  std::map<std::string, Uid, std::less<>> classes_;
};

std::vector<std::byte> as_bytes(std::string_view text);

}  // namespace uptrail::plist
