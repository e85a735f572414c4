// Steps through JSON text, bounded by its end; what a value means is up to who derives from it. Private to this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace uptrail {

class JsonScan {
 protected:
  explicit JsonScan(std::string_view json) : text_(json) {}

  void blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }
  bool eat(char c) {
    blanks();
    if (at_ < text_.size() && text_[at_] == c) {
      ++at_;
      return true;
    }
    return false;
  }
  bool word(std::string_view w) {
    if (text_.substr(at_, w.size()) != w) {
      return false;
    }
    at_ += w.size();
    return true;
  }

  template <class Member>
  bool object(Member member) {
    if (!eat('{')) {
      return false;
    }
    if (eat('}')) {
      return true;
    }
    std::string unescaped;
    do {
      blanks();
      const auto key = view(unescaped);
      if (!key || !eat(':') || !member(*key)) {
        return false;
      }
    } while (eat(','));
    return eat('}');
  }

  static void append_utf8(std::string& out, std::uint32_t c) {
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (c < 0x80) {
      put(c);
    } else if (c < 0x800) {
      put(0xC0U | (c >> 6U));
      put(0x80U | (c & 0x3FU));
    } else if (c < 0x10000) {
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

  std::optional<std::uint32_t> hex4() {
    if (text_.size() - at_ < 4) {
      return std::nullopt;
    }
    std::uint32_t v = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = text_[at_++];
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) {
        return std::nullopt;
      }
      v = v * 16 + static_cast<std::uint32_t>(digit);
    }
    return v;
  }

  bool escaped_code(std::string& out) {
    const auto first = hex4();
    if (!first) {
      return false;
    }
    std::uint32_t c = *first;
    if (c >= 0xD800 && c < 0xDC00 && word("\\u")) {
      const auto second = hex4();
      if (!second) {
        return false;
      }
      c = *second >= 0xDC00 && *second < 0xE000 ? 0x10000U + ((c - 0xD800U) << 10U) + (*second - 0xDC00U) : 0xFFFDU;
    }
    append_utf8(out, c >= 0xD800 && c < 0xE000 ? 0xFFFDU : c);
    return true;
  }

  // A string without escapes where it stands; else in `unescaped`.
  std::optional<std::string_view> view(std::string& unescaped) {
    const std::string_view rest = text_.substr(at_);
    std::size_t end = 1;
    while (end < rest.size() && rest[end] != '"' && rest[end] != '\\') {
      ++end;
    }
    if (end < rest.size() && rest[0] == '"' && rest[end] == '"') {
      at_ += end + 1;
      return rest.substr(1, end - 1);
    }
    unescaped.clear();
    return string(unescaped) ? std::optional<std::string_view>(unescaped) : std::nullopt;
  }

  bool string(std::string& out) {
    if (at_ >= text_.size() || text_[at_] != '"') {
      return false;
    }
    ++at_;
    while (at_ < text_.size()) {
      std::size_t plain = at_;
      while (plain < text_.size() && text_[plain] != '"' && text_[plain] != '\\') {
        ++plain;
      }
      out += text_.substr(at_, plain - at_);
      at_ = plain;
      if (at_ < text_.size() && text_[at_++] == '"') {
        return true;
      }
      if (at_ >= text_.size()) {
        return false;
      }
      constexpr std::string_view kFrom = "\"\\/bfnrt";
      constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
      const char escape = text_[at_++];
      if (const auto i = kFrom.find(escape); i != std::string_view::npos) {
        out += kTo[i];
      } else if (escape != 'u' || !escaped_code(out)) {
        return false;
      }
    }
    return false;
  }

  std::string_view number_text() {
    const std::size_t begin = at_;
    const auto of_number = [](char c) {
      return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
    };
    while (at_ < text_.size() && of_number(text_[at_])) {
      ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace uptrail
