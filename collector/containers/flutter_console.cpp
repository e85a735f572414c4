// The console of `flutter run`: prints with a prefix, lines of plugins without, no time.
#include <algorithm>
#include <string>

#include "collector/base/text.h"
#include "collector/containers/builtin.h"
#include "collector/containers/developer_prefix.h"
#include "collector/containers/loose_text.h"
#include "collector/containers/sniff.h"
#include "collector/containers/xcode_metadata.h"

namespace uptrail {

namespace {

constexpr ContainerInfo kInfo{"flutter_console", "flutter run console", 150, ClockKind::none, "docs/formats/flutter_console.md"};

class FlutterStyle final : public LooseStyle {
 public:
  [[nodiscard]] bool starts(std::string_view line) const override { return take_flutter_print(line).has_value(); }
  void parse(std::string_view, Record& out) override {
    if (const auto print = take_flutter_print(out.message)) {
      out.level = print->level;
      out.pid = print->pid;
    }
  }
};

class FlutterConsole final : public Container {
 public:
  [[nodiscard]] const ContainerInfo& info() const override { return kInfo; }
  [[nodiscard]] Sniffed sniff(std::string_view head, bool complete) const override;
  Status read(ByteSource& source, RecordSink& sink) const override {
    FlutterStyle style;
    return read_loose_text(source, sink, style);
  }
};

Sniffed FlutterConsole::sniff(std::string_view head, bool complete) const {
  std::size_t prints = 0;
  std::size_t named = 0;  // that say flutter; "[log] " alone is anybody's
  std::size_t others = 0;
  for (std::string_view line : head_lines(head, complete, 400)) {
    const bool log = line.starts_with("[log]");
    if (take_flutter_print(line)) {
      ++prints;
      named += log ? 0U : 1U;
    } else if (has_xcode_header(line) || is_xcode_metadata(line)) {
      ++others;
    }
  }
  if (prints == 0) {
    return sniffed_no("no line begins with \"flutter: \" or \"I/flutter (…): \"");
  }
  const std::string what = count_of(prints, "line") + (prints == 1 ? " begins" : " begin") + " as prints in `flutter run` do";
  if (others > 0) {
    return sniffed(55, what + ", but other lines have headers of Xcode");
  }
  return named == 0 ? sniffed(50, what + ", but none says flutter")
                    : sniffed(std::min<int>(98, 93 + static_cast<int>(named)), what);
}

}  // namespace

const Container& flutter_console_container() {
  static const FlutterConsole kContainer;
  return kContainer;
}

}  // namespace uptrail
