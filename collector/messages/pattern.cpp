#include "collector/messages/pattern.h"

#include <algorithm>
#include <optional>

#include "collector/base/text.h"
#include "collector/messages/nserror.h"
#include "collector/messages/redaction.h"

namespace uptrail {

namespace {

using Node = CompiledPattern::Node;
using NodeKind = CompiledPattern::NodeKind;

constexpr int kMaxSteps = 4096;  // of one attempt: bounds the cost of a hostile line

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_bundle_char(char c) {
  constexpr std::string_view kOutside = " \t\r\n<>()[]{},;:\"'";
  return kOutside.find(c) == std::string_view::npos;
}

template <class P>
std::size_t run_length(std::string_view s, P p) {
  std::size_t n = 0;
  while (n < s.size() && p(s[n])) {
    ++n;
  }
  return n;
}

// Length of a capture that ends by itself; nullopt: no match.
std::optional<std::size_t> scan(CaptureType type, std::string_view s) {
  if (const std::size_t redacted = redacted_length(s); redacted != 0 && type != CaptureType::rest) {
    return redacted;
  }
  const bool is_number = type == CaptureType::integer || type == CaptureType::status || type == CaptureType::hex;
  if (const std::size_t typed_over = overwritten_length(s); typed_over != 0 && (is_number || type == CaptureType::uuid)) {
    return typed_over;
  }
  std::size_t n = 0;
  switch (type) {
    case CaptureType::uuid:
      return Uuid::parse(s.substr(0, 36)) ? std::optional<std::size_t>(36) : std::nullopt;
    case CaptureType::integer:
    case CaptureType::status:
      n = s.substr(0, 1) == "-" ? 1 : 0;
      n += run_length(s.substr(n), is_digit);
      return parse_int(s.substr(0, n)) ? std::optional(n) : std::nullopt;
    case CaptureType::hex:
      n = s.substr(0, 2) == "0x" ? run_length(s.substr(2), is_hex_digit) : 0;
      return n != 0 ? std::optional(n + 2) : std::nullopt;
    case CaptureType::real:
      n = s.substr(0, 1) == "-" ? 1 : 0;
      n += run_length(s.substr(n), is_digit);
      if (s.substr(n, 1) == ".") {
        const std::size_t decimals = run_length(s.substr(n + 1), is_digit);
        n += decimals == 0 ? 0 : decimals + 1;
      }
      return parse_double(s.substr(0, n)) ? std::optional(n) : std::nullopt;
    case CaptureType::bundle:
      n = run_length(s, is_bundle_char);
      while (n != 0 && s[n - 1] == '.') {
        --n;  // the end of a sentence
      }
      return n != 0 ? std::optional(n) : std::nullopt;
    case CaptureType::yes_no:
      return s.substr(0, 1) == "Y" || s.substr(0, 1) == "N" ? std::optional<std::size_t>(1) : std::nullopt;
    case CaptureType::bit:
      return s.substr(0, 1) == "0" || s.substr(0, 1) == "1" ? std::optional<std::size_t>(1) : std::nullopt;
    case CaptureType::rest:
      return s.size();
    case CaptureType::word:
    case CaptureType::text:
    case CaptureType::lines:
    case CaptureType::error:
      break;
  }
  return std::nullopt;
}

class Matcher {
 public:
  Matcher(const std::vector<Node>& nodes, std::string_view text, std::vector<Captured>& out)
      : nodes_(nodes), text_(text), out_(out) {}

  bool run(std::size_t i, std::size_t at) {
    for (; i < nodes_.size(); ++i) {
      furthest_ = std::max(furthest_, at);
      if (--steps_ < 0) {
        return false;
      }
      const Node& n = nodes_[i];
      if (n.kind == NodeKind::literal) {
        if (text_.compare(at, n.text.size(), n.text) != 0) {
          return false;
        }
        at += n.text.size();
      } else if (n.kind == NodeKind::group_begin) {
        const std::size_t mark = out_.size();
        if (n.plain_group) {
          out_.push_back({static_cast<std::uint32_t>(i), at, 0});
        }
        if (run(i + 1, at)) {
          return true;
        }
        out_.resize(mark);
        i = n.partner;
      } else if (n.kind == NodeKind::capture) {
        if (ends_at_literal(n.type)) {
          return run_lazy(i, at);
        }
        const auto length = scan(n.type, text_.substr(at));
        if (!length) {
          return false;
        }
        out_.push_back({static_cast<std::uint32_t>(i), at, *length});
        at += *length;
      }
    }
    furthest_ = std::max(furthest_, at);
    return at == text_.size() || text_[at] == '\n' || text_[at] == '\r';
  }

  [[nodiscard]] std::size_t furthest() const { return furthest_; }

 private:
  // The part of the text in which the capture may lie.
  [[nodiscard]] std::size_t limit_of(CaptureType type, std::size_t at) const {
    if (type == CaptureType::error || type == CaptureType::lines) {
      return text_.size();
    }
    const std::size_t end = std::min(text_.find_first_of("\r\n", at), text_.size());
    return type == CaptureType::word ? at + run_length(text_.substr(at, end - at), [](char c) { return c != ' ' && c != '\t'; })
                                     : end;
  }

  bool run_lazy(std::size_t i, std::size_t at) {
    const Node& n = nodes_[i];
    if (n.type == CaptureType::error && redacted_length(text_.substr(at)) == 0 && !begins_nserror(text_.substr(at))) {
      return false;
    }
    const std::size_t limit = limit_of(n.type, at);
    const std::size_t mark = out_.size();
    out_.push_back({static_cast<std::uint32_t>(i), at, 0});
    const bool by_literal = i + 1 < nodes_.size() && nodes_[i + 1].kind == NodeKind::literal;
    if (!by_literal) {
      out_.back().length = limit - at;
      if ((n.type != CaptureType::word || limit > at) && run(i + 1, limit)) {
        return true;
      }
      out_.resize(mark);
      return false;
    }
    const std::string& stop = nodes_[i + 1].text;
    for (std::size_t end = text_.find(stop, at); end != std::string_view::npos && end <= limit; end = text_.find(stop, end + 1)) {
      out_.resize(mark + 1);
      out_.back().length = end - at;
      if ((n.type != CaptureType::word || end > at) && run(i + 1, end)) {
        return true;
      }
      if (steps_ < 0) {
        break;
      }
    }
    out_.resize(mark);
    return false;
  }

  const std::vector<Node>& nodes_;
  std::string_view text_;
  std::vector<Captured>& out_;
  std::size_t furthest_ = 0;
  int steps_ = kMaxSteps;
};

const std::string* value_of(const PatternValues& values, std::string_view name) {
  const auto it = values.find(name);
  return it == values.end() ? nullptr : &it->second;
}

std::string render_subject(SubjectForm subject, const PatternValues& values) {
  if (const std::string* printed = value_of(values, "subject")) {
    return *printed;
  }
  const std::string* session = value_of(values, "sessionUUID");
  const std::string* uuid = value_of(values, "uuid");
  const std::string* id = value_of(values, "id");
  std::string out;
  if (subject == SubjectForm::app_session) {
    return "BackgroundSession <" + (session == nullptr ? "private" : *session) + ">";
  }
  if (session != nullptr || subject == SubjectForm::session) {
    out = "NDSession <" + (session == nullptr ? "private" : *session) + ">";
  }
  if (subject == SubjectForm::task) {
    out += out.empty() ? "" : " ";
    out += "Task <" + (uuid == nullptr ? "?" : *uuid) + ">.<" + (id == nullptr ? "0" : *id) + ">";
  }
  return out;
}

}  // namespace

std::string_view CompiledPattern::first_literal() const {
  return !nodes_.empty() && nodes_.front().kind == NodeKind::literal ? std::string_view(nodes_.front().text) : std::string_view();
}

bool CompiledPattern::match(std::string_view text, std::size_t at, std::vector<Captured>& out, std::size_t* furthest) const {
  out.clear();
  Matcher matcher(nodes_, text, out);
  const bool matched = matcher.run(0, at);
  if (furthest != nullptr) {
    *furthest = matcher.furthest();
  }
  if (!matched) {
    out.clear();
  }
  return matched;
}

Result<std::string> CompiledPattern::render(const PatternValues& values) const {
  std::string out;
  std::size_t first_skip = 0;
  const bool drop_subject =
      subject_optional_ && value_of(values, "subject") == nullptr && value_of(values, "sessionUUID") == nullptr;
  if (subject_ != SubjectForm::none && !drop_subject) {
    out = render_subject(subject_, values);
  } else if (drop_subject) {
    first_skip = 1;  // the blank behind the subject
  }
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& n = nodes_[i];
    if (n.kind == NodeKind::literal) {
      out += i == 0 ? std::string_view(n.text).substr(first_skip) : std::string_view(n.text);
    } else if (n.kind == NodeKind::capture) {
      const std::string* value = value_of(values, n.text);
      if (value == nullptr) {
        return fail(ErrorKind::usage, "no value for '" + n.text + "'");
      }
      out += *value;
    } else if (n.kind == NodeKind::group_begin) {
      bool present = n.plain_group ? value_of(values, "?" + std::to_string(n.number)) != nullptr : true;
      for (std::size_t k = i + 1; k < n.partner; ++k) {
        present = present && (nodes_[k].kind != NodeKind::capture || value_of(values, nodes_[k].text) != nullptr);
      }
      i = present ? i : n.partner;
    }
  }
  return out;
}

}  // namespace uptrail
