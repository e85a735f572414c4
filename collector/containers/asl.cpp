// Legacy system log (ASL, BSD syslog) of devices up to iOS 9, simulators and Macs.
#include "collector/containers/builtin.h"
#include "collector/containers/device_syslog.h"

namespace uptrail {

namespace {

constexpr ContainerInfo kInfo{
    "asl", "legacy system log (ASL)", 84, ClockKind::floating, "docs/formats/asl.md", {DateShown::month_day, seconds(1), {}, {}}};

class Asl final : public Container {
 public:
  [[nodiscard]] const ContainerInfo& info() const override { return kInfo; }
  [[nodiscard]] Sniffed sniff(std::string_view head, bool complete) const override {
    return sniff_device(head, complete, DeviceForm::asl);
  }
  Status read(ByteSource& source, RecordSink& sink) const override { return read_device_log(source, sink, DeviceForm::asl); }
};

}  // namespace

const Container& asl_container() {
  static const Asl kContainer;
  return kContainer;
}

}  // namespace uptrail
