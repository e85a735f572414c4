#include "collector/report/page_text.h"

#include "collector/base/text.h"

namespace uptrail {

namespace {

// Without the marks inside a line: `code` and **bold** keep their text, links theirs.
std::string plain(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '`') {
      const std::size_t end = text.find('`', i + 1);
      const std::size_t stop = end == std::string_view::npos ? text.size() : end;
      out += text.substr(i + 1, stop - i - 1);
      i = stop;
    } else if (c == '*' && (i + 1 < text.size() && text[i + 1] != ' ')) {
      i += text[i + 1] == '*' ? 1 : 0;
    } else if (c == '*' && i > 0 && text[i - 1] != ' ') {
      continue;
    } else if (c == '[') {
      const std::size_t close = text.find("](", i);
      const std::size_t end = close == std::string_view::npos ? close : text.find(')', close);
      if (end == std::string_view::npos) {
        out += c;
        continue;
      }
      out += plain(text.substr(i + 1, close - i - 1));
      i = end;
    } else {
      out += c;
    }
  }
  return out;
}

class Page {
 public:
  explicit Page(const TextStyle& style) : style_(style) {}
  void line(std::string_view raw);
  std::string take() {
    flush();
    return std::move(out_);
  }

 private:
  void flush();
  void heading(std::string_view text);

  const TextStyle& style_;
  std::string out_, first_, pending_;
  bool code_ = false;
};

void Page::flush() {
  if (!pending_.empty()) {
    out_ += paragraph(first_, plain(pending_), style_.width);
  }
  pending_.clear();
  first_.clear();
}

void Page::heading(std::string_view text) {
  const std::size_t depth = text.find_first_not_of('#');
  out_ += paint(style_, Paint::bold, plain(trim(text.substr(depth == std::string_view::npos ? text.size() : depth)))) + "\n";
}

void Page::line(std::string_view raw) {
  const std::string_view text = trim(raw);
  if (text.starts_with("```")) {
    flush();
    code_ = !code_;
  } else if (code_) {
    out_ += "    " + std::string(raw) + "\n";
  } else if (text.empty()) {
    flush();
    out_ += "\n";
  } else if (text.starts_with('#')) {
    flush();
    heading(text);
  } else if (text.starts_with('|')) {
    flush();
    out_ += plain(text) + "\n";
  } else if (text.starts_with("- ") || text.starts_with("* ")) {
    flush();
    first_ = std::string(raw.find_first_not_of(' '), ' ') + "- ";
    pending_ = text.substr(2);
  } else {
    pending_ += (pending_.empty() ? "" : " ") + std::string(text);
  }
}

}  // namespace

std::string page_text(std::string_view markdown, const TextStyle& style) {
  Page page(style);
  if (markdown.ends_with('\n')) {
    markdown.remove_suffix(1);
  }
  for (const std::string_view line : split(markdown, '\n')) {
    page.line(line);
  }
  return page.take();
}

}  // namespace uptrail
