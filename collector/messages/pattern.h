// The pattern language of message files (docs/formats/messages.md): compiled once, matched by scanners, rendered back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/result.h"
#include "collector/messages/subject.h"

namespace uptrail {

enum class CaptureType : std::uint8_t { uuid, integer, status, hex, real, word, text, lines, rest, bundle, error, yes_no, bit };

// Such a capture ends at the literal text that follows, not by itself.
bool ends_at_literal(CaptureType type);

// Where a capture stands in the matched text.
struct Captured {
  std::uint32_t node = 0;  // index into CompiledPattern::nodes()
  std::size_t offset = 0;
  std::size_t length = 0;
};

// Capture name -> text as it stands in the line. "subject" is the prefix as printed; "?1", "?2" … mark optional parts without
// captures that are present (counted from 1 over all optional parts).
using PatternValues = std::map<std::string, std::string, std::less<>>;

class CompiledPattern {
 public:
  enum class NodeKind : std::uint8_t { literal, capture, group_begin, group_end };
  struct Node {
    NodeKind kind = NodeKind::literal;
    CaptureType type = CaptureType::text;
    std::string text;           // literal, or the capture's name
    std::uint32_t partner = 0;  // group_begin: index of its group_end
    std::uint32_t number = 0;   // group_begin: 1, 2 …
    bool plain_group = false;   // group_begin: holds no capture
  };

  static Result<CompiledPattern> parse(std::string_view text);
  // The same without the subject and the blank behind it, for patterns whose subject may be missing.
  [[nodiscard]] CompiledPattern without_subject() const;

  [[nodiscard]] SubjectForm subject() const { return subject_; }
  [[nodiscard]] bool subject_optional() const { return subject_optional_; }
  [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }
  // What a matching text must have behind the subject; "" when the pattern begins with a capture.
  [[nodiscard]] std::string_view first_literal() const;

  // Matches text[at..] (behind the subject) to the end of a line. `furthest`: how far the attempt came, for error messages.
  bool match(std::string_view text, std::size_t at, std::vector<Captured>& out, std::size_t* furthest = nullptr) const;
  // The line for these values; error: a value is missing.
  [[nodiscard]] Result<std::string> render(const PatternValues& values) const;

 private:
  SubjectForm subject_ = SubjectForm::none;
  bool subject_optional_ = false;
  std::vector<Node> nodes_;
};

}  // namespace uptrail
