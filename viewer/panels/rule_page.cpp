// The page of a rule: what it means, why it matters, how to mend it. Draws the Markdown that docs/rules is written in.
#include <algorithm>

#include "collector/base/text.h"
#include "viewer/load/rule_page.h"
#include "viewer/panels/controls.h"
#include "viewer/panels/panels.h"

namespace uptrail::viewer {

namespace {

// Without the marks inside a line: `code`, **bold** and links keep their text.
std::string plain(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '`') continue;
    if (c == '*' && i + 1 < text.size() && text[i + 1] == '*') {
      ++i;
      continue;
    }
    const bool link = c == '[' && text.find("](", i) != std::string_view::npos;
    if (link) {
      const std::size_t close = text.find("](", i);
      const std::size_t end = text.find(')', close);
      if (end != std::string_view::npos) {
        out += plain(text.substr(i + 1, close - i - 1));
        i = end;
        continue;
      }
    }
    out += c;
  }
  return out;
}

class PageView {
 public:
  explicit PageView(const Ui& ui) : ui_(ui) {}

  void draw(std::string_view page) {
    bool code = false;
    for (const std::string_view raw : split(page, '\n')) {
      if (raw.starts_with("## Examples")) break;  // event scripts: they test the rule, and say little to its readers
      if (raw.starts_with("```")) {
        flush();
        if (code) code_box();
        code = !code;
      } else if (code) {
        code_ += (code_.empty() ? "" : "\n") + std::string(raw);
      } else {
        line(raw);
      }
    }
    flush();
  }

 private:
  void line(std::string_view raw) {
    const std::string_view text = trim(raw);
    if (text.empty()) return flush();
    if (text.starts_with("# ")) return;  // its name stands above
    if (text.starts_with("## ")) {
      flush();
      ImGui::Dummy({0, ui_.theme.px(4)});
      paragraph(ui_.fonts.semibold, ui_.color(Color::accent), plain(text.substr(3)));
    } else if (text.starts_with("- ")) {
      flush();
      bullet_ = true;
      pending_ = std::string(text.substr(2));
    } else {
      pending_ += (pending_.empty() ? "" : " ") + std::string(text);
    }
  }

  void flush() {
    if (pending_.empty()) return;
    const float indent = ui_.theme.px(16);
    if (bullet_) {
      const ImVec2 at = ImGui::GetCursorScreenPos();
      ImGui::GetWindowDrawList()->AddCircleFilled({at.x + ui_.theme.px(5), at.y + ui_.fonts.body.size * 0.69F}, ui_.theme.px(2),
                                                  ui_.color(Color::text_muted));
      ImGui::Indent(indent);
    }
    paragraph(ui_.fonts.body, ui_.color(Color::text), plain(pending_));
    if (bullet_) ImGui::Unindent(indent);
    pending_.clear();
    bullet_ = false;
  }

  void code_box() {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float pad = ui_.theme.px(10);
    const float width = std::max(1.0F, ImGui::GetContentRegionAvail().x);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = flowing_text(nullptr, ui_.fonts.mono, {0, 0}, width - 2 * pad, 0, code_) + 2 * pad;
    list.AddRectFilled(at, {at.x + width, at.y + height}, ui_.color(Color::field), ui_.size(Size::radius));
    list.AddRect(at, {at.x + width, at.y + height}, ui_.color(Color::border), ui_.size(Size::radius));
    flowing_text(&list, ui_.fonts.mono, {at.x + pad, at.y + pad}, width - 2 * pad, ui_.color(Color::text), code_);
    ImGui::Dummy({width, height});
    code_.clear();
  }

  const Ui& ui_;
  std::string pending_, code_;
  bool bullet_ = false;
};

}  // namespace

void draw_rule_body(const UiState& state, const Ui& ui) {
  const Finding* finding = selected_finding(state);
  if (finding == nullptr) {
    paragraph(ui.fonts.body, ui.color(Color::text_muted), "Select a cause or a finding to read about its rule.");
    return;
  }
  paragraph(ui.fonts.heading, ui.color(Color::text), finding->rule);
  const std::string page = rule_page_text(finding->rule);
  if (page.empty()) {
    paragraph(ui.fonts.body, ui.color(Color::text_muted),
              "This version of Uptrail has no rule of that name; another one made the case.");
    return;
  }
  PageView(ui).draw(page);
}

}  // namespace uptrail::viewer
