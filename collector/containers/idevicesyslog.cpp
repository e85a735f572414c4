// What idevicesyslog prints: the device's log over the cable, without year and zone.
#include "collector/containers/builtin.h"
#include "collector/containers/device_syslog.h"

namespace uptrail {

namespace {

constexpr ContainerInfo kInfo{"idevicesyslog",
                              "idevicesyslog",
                              80,
                              ClockKind::floating,
                              "docs/formats/idevicesyslog.md",
                              {DateShown::month_day, seconds(1), {}, {}}};

class IdeviceSyslog final : public Container {
 public:
  [[nodiscard]] const ContainerInfo& info() const override { return kInfo; }
  [[nodiscard]] Sniffed sniff(std::string_view head, bool complete) const override {
    return sniff_device(head, complete, DeviceForm::idevicesyslog);
  }
  Status read(ByteSource& source, RecordSink& sink) const override {
    return read_device_log(source, sink, DeviceForm::idevicesyslog);
  }
};

}  // namespace

const Container& idevicesyslog_container() {
  static const IdeviceSyslog kContainer;
  return kContainer;
}

}  // namespace uptrail
