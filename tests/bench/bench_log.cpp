#include "tests/bench/bench_log.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "collector/base/ids.h"
#include "collector/base/text.h"
#include "collector/base/time.h"

namespace uptrail::bench {

namespace {

// Ordinary neighbours of nsurlsessiond in a system log; made up.
constexpr std::array<std::string_view, 8> kNoise = {
    "wifid[45]: (WiFiPolicy) [com.apple.WiFiPolicy:] rssi -56 snr 36 tx rate 5944 rx rate 5200 busy 12 channel 44 bandwidth 80",
    "powerd[40]: [com.apple.powerd:assertions] Process mediaserverd.38 Created SystemIsActive \"audio\" age:00:00:07 id:7178 "
    "[System: SysAct]",
    "symptomsd[112]: (SymptomEvaluator) [com.apple.symptomsd:analytics] flow snapshot took 3 ms for 118 flows, 4 new, 2 closed, "
    "quality ok",
    "locationd[67]: [com.apple.locationd.Position:GeneralCLX] {\"msg\":\"fix\", \"type\":\"wifi\", \"accuracy\":65.0, "
    "\"age\":1.2, \"n\":14}",
    "kernel[0]: (AppleH13CamIn) power state change 2 -> 0, pending 0, clients 1, idle timer armed for 3000 ms",
    "bluetoothd[93]: [com.apple.bluetooth:Server.LE] scan window 30 ms interval 300 ms, 6 devices seen, 1 cached, no action "
    "taken",
    "CommCenter[81]: (CoreTelephony) [com.apple.telephony.bb:at] signal bars 3 rsrp -104 rsrq -11 sinr 8 band 20, camped, no "
    "change",
    "backboardd[63]: [com.apple.BackBoard:TouchEvents] contact 1 presence: none, no destinations for event, dropping it quietly "
    "here",
};

std::string relevant_line(std::uint64_t n) {
  const std::string task = "Task <" + Uuid::from_name("T" + std::to_string(n / 6)).text() + ">.<" + std::to_string(n / 6) + ">";
  switch (n % 6) {
    case 0:
      return "nsurlsessiond[91]: [com.apple.nsurlsessiond:background] " + task + " enqueueing";
    case 1:
      return "Shoebox[447]: (CFNetwork) [com.apple.CFNetwork:Default] " + task + " resuming, QOS(0x19)";
    case 2:
      return "nsurlsessiond[91]: [com.apple.nsurlsessiond:background] " + task + " will begin";
    case 3:
      return "nsurlsessiond[91]: [com.apple.nsurlsessiond:background] " + task + " sent request, body S";
    case 4:
      return "nsurlsessiond[91]: [com.apple.nsurlsessiond:background] " + task + " received response, status 200 content K";
    default:
      return "nsurlsessiond[91]: [com.apple.nsurlsessiond:background] " + task + " completed with error (null) [0]";
  }
}

class Writer {
 public:
  // The next line, with its end.
  void next(std::string& out) {
    const TimeNs t = *to_time({2026, 11, 18, 13, 0, 0, 0}) + nanoseconds(static_cast<std::int64_t>(facts.lines) * 1'370'000);
    std::string stamp = format_iso(t, 6, 60);
    stamp[10] = ' ';
    stamp.erase(stamp.size() - 3, 1);  // +0100
    out += stamp;
    out += "  localhost ";
    if (facts.lines % 100 == 50) {
      out += relevant_line(facts.relevant++);
    } else {
      out += kNoise[facts.lines % kNoise.size()];
    }
    out += '\n';
    ++facts.lines;
  }
  BenchLog facts;
};

constexpr std::string_view kHeader = "Timestamp                       (process)[PID]    \n";

}  // namespace

std::uint64_t wanted_bytes() {
  const char* text = std::getenv("UPTRAIL_BENCH_MB");
  const auto mb = text == nullptr ? std::nullopt : parse_int(text);
  return static_cast<std::uint64_t>(mb && *mb > 0 ? *mb : 1024) << 20U;
}

std::string bench_text(std::uint64_t bytes, BenchLog& facts) {
  Writer writer;
  std::string out(kHeader);
  while (out.size() < bytes) {
    writer.next(out);
  }
  facts = writer.facts;
  facts.bytes = out.size();
  return out;
}

BenchLog bench_log(std::uint64_t bytes) {
  namespace fs = std::filesystem;
  const fs::path path = fs::path(UPTRAIL_BINARY_DIR) / ("bench-" + std::to_string(bytes >> 20U) + "MB.log");
  Writer writer;
  std::string chunk(kHeader);
  std::uint64_t written = 0;
  std::error_code error;
  const bool there = fs::exists(path, error);
  std::ofstream out;
  if (!there) {
    out.open(path.string() + ".part", std::ios::binary);
  }
  while (written < bytes) {
    while (chunk.size() < (1U << 20U)) {
      writer.next(chunk);
    }
    written += chunk.size();
    if (!there) {
      out.write(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    }
    chunk.clear();
  }
  out.close();
  if (!there && (!out || (fs::rename(path.string() + ".part", path, error), error))) {
    return {};
  }
  writer.facts.path = path.string();
  writer.facts.bytes = written;
  return writer.facts;
}

}  // namespace uptrail::bench
