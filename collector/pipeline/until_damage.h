// A member of an archive, read up to where it breaks: readers see an end there and keep what they have. Private to this folder.
#pragma once

#include <optional>

#include "collector/base/byte_source.h"
#include "collector/model/contents.h"

namespace uptrail {

class UntilDamage final : public ByteSource {
 public:
  explicit UntilDamage(ByteSource& inner, std::optional<TimeNs> modified = std::nullopt) : inner_(inner), modified_(modified) {}
  [[nodiscard]] std::string_view name() const override { return inner_.name(); }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return inner_.size(); }
  [[nodiscard]] std::optional<TimeNs> modified() const override { return modified_; }
  Result<std::size_t> read(std::span<char> into) override {
    if (error_) {
      return std::size_t{0};
    }
    auto got = inner_.read(into);
    if (!got.ok() && (got.error().kind == ErrorKind::malformed || got.error().kind == ErrorKind::limit ||
                      got.error().kind == ErrorKind::unreadable)) {
      error_ = got.error();
      return std::size_t{0};
    }
    return got;
  }
  // What broke it; nullopt: nothing so far.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  ByteSource& inner_;
  std::optional<TimeNs> modified_;
  std::optional<Error> error_;
};

inline MemberFate fate_of_error(const Error& error) {
  return error.kind == ErrorKind::limit        ? MemberFate::limit
         : error.kind == ErrorKind::unreadable ? MemberFate::unreadable
                                               : MemberFate::damaged;
}

}  // namespace uptrail
