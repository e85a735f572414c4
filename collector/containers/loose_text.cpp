#include "collector/containers/loose_text.h"

#include <algorithm>
#include <string>

#include "collector/base/text.h"
#include "collector/containers/line_reader.h"
#include "collector/containers/text_pieces.h"
#include "collector/containers/text_records.h"

namespace uptrail {

namespace {

constexpr std::size_t kBlockBytes = 1U << 20U;  // a message may be cut in two where more lines than this have no clear beginning

class LooseReader {
 public:
  LooseReader(ByteSource& source, RecordSink& sink, LooseStyle& style)
      : source_(source), sink_(sink), style_(style), lines_(source) {}
  Status run();

 private:
  void line();
  bool give(std::string_view block);
  bool give_piece(std::string_view raw, std::size_t message_size, std::string_view end, SourceSpan span);

  ByteSource& source_;
  RecordSink& sink_;
  LooseStyle& style_;
  LineReader lines_;
  bool open_ = false;       // lines are held
  bool closed_ = false;     // and nothing may be added
  bool any_ = false;        // something was given
  std::size_t end_ = 0;     // bytes of the line that ended the message; 0: none
  std::uint64_t lost_ = 0;  // bytes cut off the last line
  SourceSpan span_;         // of the block
  std::string plain_;
};

Status LooseReader::run() {
  for (;;) {
    const bool more = lines_.next();
    if (open_ && (closed_ || !more || style_.starts(lines_.line().text)) && !give(lines_.held())) {
      return fail(ErrorKind::interrupted, "reading was stopped", std::string(source_.name()), span_.offset);
    }
    if (!more) {
      return lines_.status();
    }
    line();
  }
}

void LooseReader::line() {
  const Line& line = lines_.line();
  if (!open_) {
    if (trim(line.text).empty()) {
      return;
    }
    open_ = true;
    closed_ = false;
    end_ = 0;
    lines_.hold();
    span_ = line.span();
  }
  lost_ = line.length - line.text.size();
  end_ = style_.ends(line.text) ? line.text.size() : 0;
  closed_ = end_ > 0 || line.cut() || lines_.held_size() > kBlockBytes;
}

// Gives the messages of a block and closes it. False: the sink wants no more.
bool LooseReader::give(std::string_view block) {
  open_ = false;
  lines_.release();
  const std::string_view end = block.substr(block.size() - std::min(end_, block.size()));
  const std::string_view body = block.substr(0, block.size() - end.size());
  const auto pieces = split_pieces(body);
  if (pieces.empty()) {
    if (!any_) {
      any_ = true;
      sink_.issue({IssueKind::unparsed, span_, std::string(style_.lonely_end())});
      return true;
    }
    return give_piece(block, 0, end, span_);
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const TextPiece& piece = pieces[i];
    const bool last = i + 1 == pieces.size();
    const std::size_t size = last ? (end.empty() ? piece.length : block.size() - piece.offset) : piece.length;
    const std::uint64_t length = size + (last ? lost_ : 0);
    const SourceSpan span{span_.offset + piece.offset, static_cast<std::uint32_t>(std::min<std::uint64_t>(length, UINT32_MAX)),
                          span_.line + piece.line};
    if (last && lost_ > 0) {
      sink_.issue(
          {IssueKind::limit, span, "the record is longer than " + std::to_string(kMaxRecordBytes) + " bytes and was cut"});
    }
    if (!give_piece(block.substr(piece.offset, size), piece.length, last ? end : std::string_view(), span)) {
      return false;
    }
  }
  return true;
}

bool LooseReader::give_piece(std::string_view raw, std::size_t message_size, std::string_view end, SourceSpan span) {
  any_ = true;
  Record out;
  out.raw = raw;
  out.span = span;
  out.message = plain_line_ends(raw.substr(0, message_size), plain_);
  style_.parse(end, out);
  return sink_.record(out);
}

}  // namespace

Status read_loose_text(ByteSource& source, RecordSink& sink, LooseStyle& style) { return LooseReader(source, sink, style).run(); }

}  // namespace uptrail
