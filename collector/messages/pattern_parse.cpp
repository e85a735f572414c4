// Pattern text -> nodes.
#include <algorithm>
#include <array>

#include "collector/base/text.h"
#include "collector/messages/pattern.h"

namespace uptrail {

namespace {

using Node = CompiledPattern::Node;
using NodeKind = CompiledPattern::NodeKind;

constexpr std::size_t kMaxNodes = 120;

struct TypeName {
  std::string_view name;
  CaptureType type;
};
constexpr std::array<TypeName, 13> kTypes = {{{"uuid", CaptureType::uuid},
                                              {"int", CaptureType::integer},
                                              {"status", CaptureType::status},
                                              {"hex", CaptureType::hex},
                                              {"real", CaptureType::real},
                                              {"word", CaptureType::word},
                                              {"text", CaptureType::text},
                                              {"lines", CaptureType::lines},
                                              {"rest", CaptureType::rest},
                                              {"bundle", CaptureType::bundle},
                                              {"error", CaptureType::error},
                                              {"yn", CaptureType::yes_no},
                                              {"bit", CaptureType::bit}}};

struct SubjectName {
  std::string_view name;
  SubjectForm subject;
};
constexpr std::array<SubjectName, 3> kSubjects = {
    {{"{task", SubjectForm::task}, {"{session", SubjectForm::session}, {"{app_session", SubjectForm::app_session}}};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  // Empty: fine.
  std::string run(std::vector<Node>& nodes) {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '{' && next() == '{') {
        literal(nodes, '{');
        at_ += 2;
      } else if (c == '}' && next() == '}' && open_ == 0) {
        literal(nodes, '}');
        at_ += 2;
      } else if (c == '{' && next() == '?') {
        if (open_ != 0) {
          return "an optional part stands inside another";
        }
        open_group(nodes);
      } else if (c == '{') {
        if (auto error = capture(nodes); !error.empty()) {
          return error;
        }
      } else if (c == '}') {
        if (open_ == 0) {
          return "a } closes nothing; write }} for the character";
        }
        close_group(nodes);
      } else {
        literal(nodes, c);
        ++at_;
      }
      if (nodes.size() > kMaxNodes) {
        return "the pattern is too long";
      }
    }
    return open_ != 0 ? "an optional part is not closed" : check(nodes);
  }

 private:
  [[nodiscard]] char next() const { return at_ + 1 < text_.size() ? text_[at_ + 1] : '\0'; }

  static void literal(std::vector<Node>& nodes, char c) {
    if (nodes.empty() || nodes.back().kind != NodeKind::literal) {
      nodes.emplace_back();
    }
    nodes.back().text += c;
  }

  void open_group(std::vector<Node>& nodes) {
    Node n;
    n.kind = NodeKind::group_begin;
    n.number = ++groups_;
    n.plain_group = true;
    open_ = nodes.size() + 1;
    nodes.push_back(std::move(n));
    at_ += 2;
  }

  void close_group(std::vector<Node>& nodes) {
    nodes[open_ - 1].partner = static_cast<std::uint32_t>(nodes.size());
    Node n;
    n.kind = NodeKind::group_end;
    nodes.push_back(std::move(n));
    open_ = 0;
    ++at_;
  }

  std::string capture(std::vector<Node>& nodes) {
    const std::size_t end = text_.find('}', at_);
    const std::string_view inside = text_.substr(at_ + 1, end == std::string_view::npos ? end : end - at_ - 1);
    const std::size_t colon = inside.find(':');
    if (end == std::string_view::npos || colon == std::string_view::npos || colon + 1 >= inside.size()) {
      return "{" + ellipsize(inside, 40) + "} is not of the form {type:name}";
    }
    const std::string_view type = inside.substr(0, colon);
    const auto known = std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeName& t) { return t.name == type; });
    if (known == kTypes.end()) {
      return "there is no capture type '" + std::string(type) + "'";
    }
    Node n;
    n.kind = NodeKind::capture;
    n.type = known->type;
    n.text = inside.substr(colon + 1);
    for (const Node& other : nodes) {
      if (other.kind == NodeKind::capture && other.text == n.text) {
        return "the capture '" + n.text + "' occurs twice";
      }
    }
    if (open_ != 0) {
      nodes[open_ - 1].plain_group = false;
    }
    nodes.push_back(std::move(n));
    at_ = end + 1;
    return {};
  }

  // A lazy capture needs to know where it ends.
  static std::string check(const std::vector<Node>& nodes) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const Node& n = nodes[i];
      if (n.kind != NodeKind::capture) {
        continue;
      }
      std::size_t next = i + 1;
      while (next < nodes.size() && nodes[next].kind == NodeKind::group_end) {
        ++next;
      }
      const bool last = next == nodes.size();
      if (n.type == CaptureType::rest && !last) {
        return "{rest:" + n.text + "} must stand at the end";
      }
      // A word may also end at a blank.
      if (ends_at_literal(n.type) && n.type != CaptureType::word && !last &&
          (next != i + 1 || nodes[next].kind != NodeKind::literal)) {
        return "'" + n.text + "' must be followed by literal text or stand at the end";
      }
    }
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t open_ = 0;  // 1 + index of the open group; 0: none
  std::uint32_t groups_ = 0;
};

}  // namespace

bool ends_at_literal(CaptureType t) {
  return t == CaptureType::word || t == CaptureType::text || t == CaptureType::lines || t == CaptureType::error;
}

Result<CompiledPattern> CompiledPattern::parse(std::string_view text) {
  CompiledPattern out;
  for (const SubjectName& s : kSubjects) {
    const std::string_view behind = text.substr(std::min(s.name.size(), text.size()));
    if (text.substr(0, s.name.size()) != s.name || (behind.substr(0, 1) != "}" && behind.substr(0, 2) != "?}")) {
      continue;
    }
    out.subject_ = s.subject;
    out.subject_optional_ = behind.front() == '?';
    text = behind.substr(out.subject_optional_ ? 2 : 1);
    break;
  }
  if (auto error = Parser(text).run(out.nodes_); !error.empty()) {
    return fail(ErrorKind::malformed, std::move(error));
  }
  const bool blank = out.first_literal().substr(0, 1) == " " && out.first_literal().size() > 1;
  if (out.nodes_.empty() || (out.subject_optional_ && !blank)) {
    return fail(ErrorKind::malformed,
                out.nodes_.empty() ? "the pattern is empty" : "an optional subject must be followed by a blank and text");
  }
  if (out.nodes_.front().kind == NodeKind::group_begin) {
    return fail(ErrorKind::malformed, "the pattern begins with an optional part; write two patterns");
  }
  return out;
}

CompiledPattern CompiledPattern::without_subject() const {
  CompiledPattern out = *this;
  out.subject_ = SubjectForm::none;
  out.subject_optional_ = false;
  out.nodes_.front().text.erase(0, 1);
  return out;
}

}  // namespace uptrail
