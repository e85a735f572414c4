#include "collector/pipeline/read_records.h"

#include <array>

#include "collector/base/text.h"
#include "collector/containers/container.h"
#include "collector/input/input.h"
#include "collector/pipeline/intake.h"

namespace uptrail {

namespace {

class TakingSink final : public RecordSink {
 public:
  TakingSink(const std::atomic<bool>* cancel, const std::function<void(const Record&)>& take, RecordsRead& out)
      : cancel_(cancel), take_(take), out_(out) {}
  bool record(const Record& record) override {
    take_(record);
    return cancel_ == nullptr || !cancel_->load(std::memory_order_relaxed);
  }
  void issue(const Issue& issue) override { out_.unparsed += issue.kind == IssueKind::unparsed ? 1 : 0; }

 private:
  const std::atomic<bool>* cancel_;
  const std::function<void(const Record&)>& take_;
  RecordsRead& out_;
};

// Lines as they stand. One that is longer than a record may be is cut there.
Status read_lines(ByteSource& source, TakingSink& sink) {
  std::array<char, 65536> buffer{};
  std::string held;
  std::uint64_t number = 0;
  const auto give = [&](std::string_view line) {
    Record record;
    record.span.line = ++number;
    record.message = line;
    record.raw = line;
    return trim(line).empty() || sink.record(record);
  };
  for (;;) {
    const auto got = source.read(buffer);
    UPTRAIL_TRY(got);
    held.append(buffer.data(), *got);
    std::size_t begin = 0;
    for (std::size_t end = held.find('\n'); end != std::string::npos; end = held.find('\n', begin)) {
      if (!give(std::string_view(held).substr(begin, end - begin))) {
        return fail(ErrorKind::interrupted, "reading was stopped");
      }
      begin = end + 1;
    }
    held.erase(0, begin);
    if (*got == 0 || held.size() > kMaxRecordBytes) {
      if (!held.empty() && !give(held)) {
        return fail(ErrorKind::interrupted, "reading was stopped");
      }
      held.clear();
    }
    if (*got == 0) {
      return done();
    }
  }
}

}  // namespace

Result<RecordsRead> read_records(const std::string& path, const std::atomic<bool>* cancel,
                                 const std::function<void(const Record&)>& take) {
  auto input = open_input(path);
  UPTRAIL_TRY(input);
  auto peeked = PeekedSource::make(input.take(), kSniffBytes);
  UPTRAIL_TRY(peeked);
  const std::string_view head = (*peeked)->head();
  if (head.empty()) {
    return fail(ErrorKind::unreadable, "the input is empty", path);
  }
  if (looks_like_case(head) || looks_like_sqlite(head) || contains(head.substr(0, 4096), std::string_view("\0", 1))) {
    return fail(ErrorKind::unreadable, "this is no log text: name the log that was captured", path);
  }
  RecordsRead out;
  TakingSink sink(cancel, take, out);
  const Recognition recognition = recognise(head, (*peeked)->head_is_all());
  if (recognition.chosen == nullptr) {
    UPTRAIL_TRY(read_lines(**peeked, sink));
    return out;
  }
  out.container = recognition.chosen->info().id;
  UPTRAIL_TRY(recognition.chosen->read(**peeked, sink));
  return out;
}

}  // namespace uptrail
