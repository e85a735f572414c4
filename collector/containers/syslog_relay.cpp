// The raw stream of the device's syslog relay: a NUL before each record.
#include "collector/containers/builtin.h"
#include "collector/containers/device_syslog.h"

namespace uptrail {

namespace {

constexpr ContainerInfo kInfo{"syslog_relay",      "syslog relay, raw stream",     82,
                              ClockKind::floating, "docs/formats/syslog_relay.md", {DateShown::month_day, seconds(1), {}, {}}};

class SyslogRelay final : public Container {
 public:
  [[nodiscard]] const ContainerInfo& info() const override { return kInfo; }
  [[nodiscard]] Sniffed sniff(std::string_view head, bool complete) const override {
    return sniff_device(head, complete, DeviceForm::relay);
  }
  Status read(ByteSource& source, RecordSink& sink) const override { return read_device_log(source, sink, DeviceForm::relay); }
};

}  // namespace

const Container& syslog_relay_container() {
  static const SyslogRelay kContainer;
  return kContainer;
}

}  // namespace uptrail
