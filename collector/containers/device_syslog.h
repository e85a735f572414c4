// What idevicesyslog, the raw stream of the relay and legacy ASL have in common: "Nov 18 14:41:03 host process[pid] <Notice>:
// text".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "collector/containers/text_records.h"
#include "collector/containers/yearless_clock.h"

namespace uptrail {

enum class DeviceForm : std::uint8_t {
  idevicesyslog,  // a level in every line; the host may be missing, the library and microseconds be there
  relay,          // the same behind a NUL
  asl,            // host; a level or none; the pid may be missing
};

// What a header line shows besides what goes into the record.
struct DeviceHeader {
  YearlessStamp stamp;
  bool level = false, library = false, pid = false;
  bool one_word = false;  // between time and pid: no host can be there
};

// How the lines of one file look; `host`: the first word behind the time is the device's name.
struct DeviceLayout {
  std::size_t lines = 0, headers = 0, before = 0;  // looked at; records; lines that stand before the first of these
  std::size_t levels = 0, libraries = 0, pids = 0, micros = 0, nuls = 0;
  bool host = true;
};
DeviceLayout device_layout(std::string_view head, bool complete);
// The form that the lines have; nullopt: they have none.
std::optional<DeviceForm> device_form(const DeviceLayout& layout);
Sniffed sniff_device(std::string_view head, bool complete, DeviceForm form);

class DeviceStyle final : public TextStyle {
 public:
  DeviceStyle(DeviceForm form, bool host) : form_(form), host_(host) {}
  bool parse_header(std::string_view line, Record& out) override;
  void finish(Record& out) override;
  [[nodiscard]] bool is_banner(std::string_view line) const override;
  [[nodiscard]] std::optional<Issue> note(std::string_view line) const override;
  [[nodiscard]] bool begins_header(std::string_view line) const override;
  [[nodiscard]] const DeviceHeader& header() const { return header_; }  // of the last line that was one
  [[nodiscard]] ClockTraits traits() const;

 private:
  DeviceForm form_;
  bool host_;
  YearlessReader stamps_;
  YearlessClock clock_;
  DeviceHeader header_;
  bool micros_ = false, seconds_ = false;
  std::string plain_;  // a message without its escapes
};

Status read_device_log(ByteSource& source, RecordSink& sink, DeviceForm form);

// Undoes what vis(3) made of bytes that are no printable ASCII: "\M-b" 0xE2, "\M^@" 0x80, "\^[" escape. Made in `scratch` when
// there is any.
std::string_view without_vis(std::string_view text, std::string& scratch);

}  // namespace uptrail
