#include "collector/containers/text_pieces.h"

#include <algorithm>

#include "collector/base/text.h"

namespace uptrail {

namespace {

constexpr std::size_t kMostOpen = 64;         // brackets open at the same time; deeper ones are not followed
constexpr std::uint32_t kMostHeld = 2000;     // lines that a bracket may hold; farther apart they are no pair
constexpr std::uint32_t kMostQuoted = 50;     // and a quote
constexpr std::size_t kPieceLine = 64 << 10;  // how much of one line is looked at

struct TextLine {
  std::string_view text;
  std::uint32_t last = 0;  // the last line that brackets opened in this one hold
};

// Pairs brackets over lines.
class Brackets {
 public:
  explicit Brackets(std::vector<TextLine>& lines) : lines_(lines) {}

  void line(std::uint32_t number) {
    number_ = number;
    const std::string_view text = lines_[number].text.substr(0, kPieceLine);
    const std::size_t quotes = count_quotes(text);
    const bool held = is_open('"');
    // An odd quote goes on in the next line where a printed error or dictionary would do so; elsewhere it is an inch.
    const bool odd = quotes % 2 == 1;
    const bool opens = odd && !held && (!open_.empty() || text.find("Error Domain=") != std::string_view::npos);
    bool carried = held && odd;  // the first quote closes the one that is open
    bool inside = carried;
    std::size_t left = odd && !held && !opens ? 0 : quotes;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '"' && (i == 0 || text[i - 1] != '\\')) {
        if (left == 0) {
          continue;
        }
        --left;
        if (carried) {
          close('"');
        } else if (!inside && left == 0 && opens) {
          push('"');
        }
        inside = !inside;
        carried = false;
      } else if (!inside) {
        bracket(c);
      }
    }
  }

 private:
  struct Open {
    char kind = '(';
    std::uint32_t line = 0;
  };

  static std::size_t count_quotes(std::string_view text) {
    std::size_t n = 0;
    for (std::size_t at = text.find('"'); at != std::string_view::npos; at = text.find('"', at + 1)) {
      n += at == 0 || text[at - 1] != '\\' ? 1U : 0U;
    }
    return n;
  }
  [[nodiscard]] bool is_open(char kind) const {
    return std::any_of(open_.begin(), open_.end(), [&](const Open& o) { return o.kind == kind; });
  }
  void push(char kind) {
    if (open_.size() < kMostOpen) {
      open_.push_back({kind, number_});
    }
  }
  void close(char kind) {
    const auto found = std::find_if(open_.rbegin(), open_.rend(), [&](const Open& o) { return o.kind == kind; });
    if (found == open_.rend()) {
      return;
    }
    const std::uint32_t line = found->line;
    open_.erase(std::prev(found.base()), open_.end());  // what was opened inside and not closed was no bracket
    if (number_ - line <= (kind == '"' ? kMostQuoted : kMostHeld)) {
      lines_[line].last = std::max(lines_[line].last, number_);
    }
  }
  void bracket(char c) {
    switch (c) {
      case '(':
      case '[':
      case '{':
        push(c);
        break;
      case ')':
        close('(');
        break;
      case ']':
        close('[');
        break;
      case '}':
        close('{');
        break;
      default:
        break;
    }
  }

  std::vector<TextLine>& lines_;
  std::vector<Open> open_;
  std::uint32_t number_ = 0;
};

std::vector<TextLine> lines_of(std::string_view block) {
  std::vector<TextLine> out;
  while (!block.empty()) {
    const std::size_t end = std::min(block.find('\n'), block.size());
    std::string_view line = block.substr(0, end);
    block.remove_prefix(std::min(block.size(), end + 1));
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    out.push_back({line, static_cast<std::uint32_t>(out.size())});
  }
  return out;
}

bool is_blank(std::string_view line) { return trim(line).empty(); }

// Indented, or the tail of something that was opened above.
bool looks_continued(std::string_view line) {
  return line.starts_with('\t') || line.starts_with("  ") || line.starts_with(')') || line.starts_with('}') ||
         line.starts_with("]>") || line.starts_with("],") || line == "]";
}

}  // namespace

std::vector<TextPiece> split_pieces(std::string_view block) {
  std::vector<TextLine> lines = lines_of(block);
  Brackets brackets(lines);
  for (std::uint32_t i = 0; i < lines.size(); ++i) {
    brackets.line(i);
  }
  std::vector<TextPiece> out;
  std::uint32_t held = 0;  // up to this line everything belongs to the last piece
  bool blank_above = false;
  for (std::uint32_t i = 0; i < lines.size(); ++i) {
    const std::string_view text = lines[i].text;
    const auto offset = static_cast<std::size_t>(text.data() - block.data());
    const bool inside = !out.empty() && i <= held;
    const bool blank = is_blank(text);
    if (inside || (!blank && !out.empty() && !blank_above && looks_continued(text))) {
      if (!blank) {
        out.back().length = offset + text.size() - out.back().offset;
      }
    } else if (!blank) {
      out.push_back({offset, text.size(), i});
    }
    if (!blank) {
      held = std::max(held, lines[i].last);
    }
    blank_above = blank && !inside;
  }
  return out;
}

std::string_view first_piece(std::string_view text) {
  const auto pieces = split_pieces(text);
  return pieces.empty() ? text : text.substr(0, pieces.front().offset + pieces.front().length);
}

}  // namespace uptrail
