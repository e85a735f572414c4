// XXH3-128 as 32 lower-case hexadecimal digits: the identity of a source's content.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace uptrail {

class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;
  void add(std::string_view bytes);
  [[nodiscard]] std::string hex() const;  // of everything added so far

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace uptrail
