// Messages alone, without time and header: pasted from a console that showed nothing else, or quoted in prose.
#include <algorithm>
#include <array>
#include <string>

#include "collector/base/text.h"
#include "collector/containers/builtin.h"
#include "collector/containers/loose_text.h"
#include "collector/containers/sniff.h"
#include "collector/containers/system_front.h"

namespace uptrail {

namespace {

constexpr ContainerInfo kInfo{"bare", "messages without time and header", 1000, ClockKind::none, "docs/formats/bare.md"};

// These may stand anywhere in a line, in prose, too.
constexpr std::array<std::string_view, 17> kPhrases = {
    "Error Domain=NSURLErrorDomain Code=",
    "Error Domain=kCFErrorDomainCFNetwork Code=",
    "Error Domain=NSPOSIXErrorDomain Code=",
    "HTTP load failed",
    " finished with error - code",
    " finished with error [",
    " load failed with error Error Domain=",
    "NSURLErrorBackgroundTaskCancelledReasonKey=",
    "_NSURLErrorFailingURLSessionTaskErrorKey=",
    "background session setup",
    "xpc connection to setup the background session",
    "connection to background transfer daemon",
    "service named com.apple.nsurlsessiond",
    "named com.apple.nsurlsessiond was",
    ":handleEventsForBackgroundURLSession:completionHandler: but the completion handler",
    "A background URLSession with identifier ",
    "are not supported in background sessions. Use a delegate instead",
};

constexpr std::size_t kLookAt = 4096;  // of one line
constexpr int kByFront = 30;
constexpr int kByPhrase = 10;

bool has_phrase(std::string_view line) {
  line = line.substr(0, kLookAt);
  return std::any_of(kPhrases.begin(), kPhrases.end(), [&](std::string_view phrase) { return contains(line, phrase); });
}

// JSON, XML and binary files hold such texts, too, but not as lines.
bool is_other_file(std::string_view head) {
  const std::string_view text = trim(head);
  return text.starts_with('{') || text.starts_with("[{") || text.starts_with("[\n") || text.starts_with("[\r") ||
         text.starts_with("<?xml") || text.starts_with("<!DOCTYPE") || text.starts_with("<html") || text.starts_with("bplist") ||
         text.find('\0') != std::string_view::npos;
}

class BareStyle final : public LooseStyle {
 public:
  [[nodiscard]] bool starts(std::string_view line) const override { return has_system_front(line); }
  void parse(std::string_view, Record&) override {}
};

class Bare final : public Container {
 public:
  [[nodiscard]] const ContainerInfo& info() const override { return kInfo; }
  [[nodiscard]] Sniffed sniff(std::string_view head, bool complete) const override;
  Status read(ByteSource& source, RecordSink& sink) const override {
    BareStyle style;
    return read_loose_text(source, sink, style);
  }
};

Sniffed Bare::sniff(std::string_view head, bool complete) const {
  if (is_other_file(head)) {
    return sniffed_no("this is no text in lines");
  }
  const auto lines = head_lines(head, complete, 1000);
  const auto fronts = static_cast<std::size_t>(std::count_if(lines.begin(), lines.end(), has_system_front));
  if (fronts > 0) {
    return sniffed(kByFront, count_of(fronts, "line") + (fronts == 1 ? " begins" : " begin") +
                                 " as messages of CFNetwork, nsurlsessiond or the system do; no header, no time");
  }
  const auto phrases = static_cast<std::size_t>(std::count_if(lines.begin(), lines.end(), has_phrase));
  if (phrases > 0) {
    return sniffed(kByPhrase, count_of(phrases, "line") + (phrases == 1 ? " quotes" : " quote") +
                                  " a message of CFNetwork, nsurlsessiond or the system; no header, no time");
  }
  return sniffed_no("no line is clearly a message of CFNetwork, nsurlsessiond or the system");
}

}  // namespace

const Container& bare_container() {
  static const Bare kContainer;
  return kContainer;
}

}  // namespace uptrail
