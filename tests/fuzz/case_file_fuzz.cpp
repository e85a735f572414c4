// A damaged case: opened, read to the end, and opened again to be added to.
#include "collector/trace/case_file.h"
#include "tests/collector/trace/sample_case.h"
#include "tests/fuzz/patched_file.h"

namespace {

std::string make_base(const std::string& path) {
  auto writer = uptrail::create_case(path, uptrail::CaseMode::fresh);
  uptrail::test::write_sample(**writer);
  if (!(*writer)->commit().ok()) {
    std::abort();
  }
  std::string bytes = uptrail::fuzz::slurp(path);
  std::filesystem::remove(path);
  return bytes;
}

void read_all(uptrail::CaseReader& reader) {
  (void)reader.info().ok();
  (void)reader.event_grid().ok();
  const auto streams = reader.streams();
  const auto derived = reader.derived();
  const auto sources = reader.sources();
  if (sources.ok()) {
    for (const auto& source : *sources) {
      (void)reader.raw_lines(source.id, 0, 100).ok();
    }
  }
  (void)reader
      .for_each_event({},
                      [&](const uptrail::Event& event) {
                        // What is promised to everybody downstream: an id that is given can be used as an index.
                        if ((event.stream.valid() && streams.ok() && event.stream.value >= streams->size()) ||
                            (event.task.valid() && derived.ok() && event.task.value >= derived->tasks.size())) {
                          std::abort();
                        }
                        return true;
                      })
      .ok();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string path = uptrail::fuzz::scratch_path("case.uptrail");
  static const std::string base = make_base(path);
  uptrail::fuzz::store(path, uptrail::fuzz::patched(base, data, size));
  if (auto reader = uptrail::open_case(path); reader.ok()) {
    read_all(**reader);
  }
  // Writing ends with waiting for the disk: not for every input.
  const bool add = size > 0 && data[0] % 32 == 0;
  if (!add) {
    std::filesystem::remove(path);
    return 0;
  }
  if (auto writer = uptrail::create_case(path, uptrail::CaseMode::keep); writer.ok()) {
    if ((*writer)->set_derived({}).ok()) {
      (void)(*writer)->commit().ok();
    }
  }
  std::filesystem::remove(path);
  return 0;
}
