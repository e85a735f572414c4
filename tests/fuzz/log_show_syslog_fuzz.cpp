#include <algorithm>
#include <memory>
#include <string>

#include "collector/containers/line_reader.h"
#include "tests/fuzz/container_fuzz.h"

namespace {

using uptrail::LineJudge;
using uptrail::Record;

// Some messages matter; whether it may be judged by them is what the two judges differ in.
class Filter final : public uptrail::RecordFilter {
 public:
  explicit Filter(bool by_text) : by_text_(by_text) {}
  bool may_matter(const Record& record) override { return record.process == "nsurlsessiond" || matters(record.message); }
  bool judges_by_text(std::string_view process) override { return by_text_ && process != "nsurlsessiond"; }
  bool text_may_matter(std::string_view message) override { return matters(message); }

 private:
  static bool matters(std::string_view message) { return message.starts_with('T') || message.size() % 7 == 3; }
  bool by_text_;
};

// A line is judged alike by its text and in full, whatever was judged before it.
void judge_lines(std::string_view bytes) {
  Filter quick_filter(true);
  Filter full_filter(false);
  std::unique_ptr<LineJudge> quick;
  std::unique_ptr<LineJudge> full;
  for (const uptrail::Container* container : uptrail::builtin_containers()) {
    if (container->info().id == "log_show_syslog") {
      quick = container->judge(quick_filter);
      full = container->judge(full_filter);
    }
  }
  std::string padded;
  for (int round = 0; round < 2; ++round) {
    for (std::size_t begin = 0; begin < bytes.size();) {
      const std::size_t end = std::min(bytes.find('\n', begin), bytes.size());
      padded.assign(bytes.substr(begin, end - begin));
      padded.resize(padded.size() + uptrail::kLinePadding);
      const std::string_view line = std::string_view(padded).substr(0, end - begin);
      const auto a = quick->dull(line);
      const auto b = full->dull(line);
      if (a.has_value() != b.has_value() || (a && (a->time != b->time || a->zone_offset_minutes != b->zone_offset_minutes))) {
        std::abort();
      }
      begin = end + 1;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  judge_lines(std::string_view(reinterpret_cast<const char*>(data), size));
  return uptrail::fuzz::read_container("log_show_syslog", data, size);
}
