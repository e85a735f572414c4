#include "tests/bench/bench_files.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "collector/base/ids.h"
#include "collector/base/text.h"
#include "collector/base/time.h"

namespace uptrail::bench {

namespace {

struct Noise {
  std::string_view process, pid, library, subsystem, category, message;
};
// Ordinary neighbours of nsurlsessiond in a system log; made up.
constexpr std::array<Noise, 8> kNoise = {{
    {"wifid", "45", "WiFiPolicy", "com.apple.WiFiPolicy", "",
     "rssi -56 snr 36 tx rate 5944 rx rate 5200 busy 12 channel 44 bandwidth 80"},
    {"powerd", "40", "", "com.apple.powerd", "assertions",
     "Process mediaserverd.38 Created SystemIsActive \"audio\" age:00:00:07 id:7178 [System: SysAct]"},
    {"symptomsd", "112", "SymptomEvaluator", "com.apple.symptomsd", "analytics",
     "flow snapshot took 3 ms for 118 flows, 4 new, 2 closed, quality ok"},
    {"locationd", "67", "", "com.apple.locationd.Position", "GeneralCLX",
     "{\"msg\":\"fix\", \"type\":\"wifi\", \"accuracy\":65.0, \"age\":1.2, \"n\":14}"},
    {"kernel", "0", "AppleH13CamIn", "", "", "power state change 2 -> 0, pending 0, clients 1, idle timer armed for 3000 ms"},
    {"bluetoothd", "93", "", "com.apple.bluetooth", "Server.LE",
     "scan window 30 ms interval 300 ms, 6 devices seen, 1 cached, no action taken"},
    {"CommCenter", "81", "CoreTelephony", "com.apple.telephony.bb", "at",
     "signal bars 3 rsrp -104 rsrq -11 sinr 8 band 20, camped, no change"},
    {"backboardd", "63", "", "com.apple.BackBoard", "TouchEvents",
     "contact 1 presence: none, no destinations for event, dropping it quietly here"},
}};
constexpr std::array<std::string_view, 6> kSteps = {"enqueueing",
                                                    "resuming, QOS(0x19)",
                                                    "will begin",
                                                    "sent request, body S",
                                                    "received response, status 200 content K",
                                                    "completed with error (null) [0]"};
constexpr std::string_view kHeader = "Timestamp                       (process)[PID]    \n";

std::string uuid_of(std::string_view what, std::uint64_t n) {
  return Uuid::from_name(std::string(what) + std::to_string(n)).text();
}

// "/usr/libexec/wifid" as `log` writes it
std::string json_path(std::string_view folder, std::string_view name) {
  std::string path = "/" + std::string(folder) + "/" + std::string(name);
  std::string out;
  for (const char c : path) {
    out += c == '/' ? "\\/" : std::string(1, c);
  }
  return out;
}

class Writer {
 public:
  explicit Writer(Style style) : style_(style) {}
  // The next line, with its end.
  void next(std::string& out) {
    if (style_ == Style::events) {
      event(out);
    } else if (facts.lines % 100 == 50) {
      const std::uint64_t n = facts.relevant++;
      const std::string message =
          "Task <" + uuid_of("T", n / 6) + ">.<" + std::to_string(n / 6) + "> " + std::string(kSteps[n % 6]);
      const bool by_app = n % 6 == 1;
      log_line(by_app ? Noise{"Shoebox", "447", "CFNetwork", "com.apple.CFNetwork", "Default", message}
                      : Noise{"nsurlsessiond", "91", "", "com.apple.nsurlsessiond", "background", message},
               out);
    } else {
      log_line(kNoise[facts.lines % kNoise.size()], out);
    }
    ++facts.lines;
  }
  BenchFile facts;

 private:
  [[nodiscard]] std::string stamp() const {
    const TimeNs t = *to_time({2026, 11, 18, 13, 0, 0, 0}) + nanoseconds(static_cast<std::int64_t>(facts.lines) * 1'370'000);
    std::string text = format_iso(t, 6, 60);
    text[10] = ' ';
    text.erase(text.size() - 3, 1);  // +0100
    return text;
  }

  void log_line(const Noise& n, std::string& out) const {
    if (style_ == Style::ndjson) {
      json_line(n, out);
      return;
    }
    out += stamp() + "  localhost " + std::string(n.process) + "[" + std::string(n.pid) + "]: ";
    if (!n.library.empty()) {
      out += "(" + std::string(n.library) + ") ";
    }
    if (!n.subsystem.empty()) {
      out += "[" + std::string(n.subsystem) + ":" + std::string(n.category) + "] ";
    }
    out += n.message;
    out += '\n';
  }

  void json_line(const Noise& n, std::string& out) const {
    const auto text = [&out](std::string_view key, std::string_view value) {
      out += std::string("\"") + std::string(key) + "\":";
      append_json_string(out, value);
      out += ',';
    };
    const std::string image = uuid_of("image", facts.lines % 8);
    out +=
        "{\"timezoneName\":\"\",\"messageType\":\"Default\",\"eventType\":\"logEvent\",\"source\":null,\"formatString\":\"%s\",";
    out += "\"userID\":501,\"activityIdentifier\":0,";
    text("subsystem", n.subsystem);
    text("category", n.category);
    out += "\"threadID\":" + std::to_string(11000 + facts.lines % 97) + ",";
    text("senderImageUUID", image);
    out += "\"backtrace\":{\"frames\":[{\"imageOffset\":103060,\"imageUUID\":\"" + image + "\"}]},";
    text("bootUUID", "3590A0B1-4C7D-4C4A-9F0B-69FAC3D0BD58");
    const std::string process = json_path("usr/libexec", n.process);
    out += "\"processImagePath\":\"" + process + "\",\"senderImagePath\":\"" +
           (n.library.empty() ? process
                              : json_path("System/Library/Frameworks/" + std::string(n.library) + ".framework", n.library)) +
           "\",";
    text("timestamp", stamp());
    out += "\"machTimestamp\":" + std::to_string(20'147'685'217'463 + facts.lines * 32'880) + ",";
    text("eventMessage", n.message);
    text("processImageUUID", image);
    out += "\"traceID\":41979461356879876,\"processID\":" + std::string(n.pid) +
           ",\"senderProgramCounter\":103060,\"parentActivityIdentifier\":0}\n";
  }

  // Sixteen events a task, most of them progress, and four heartbeats.
  void event(std::string& out) {
    constexpr std::uint64_t kPerTask = 20;
    const std::uint64_t n = facts.relevant++;
    const std::uint64_t task = n / kPerTask;
    const std::uint64_t step = n % kPerTask;
    const std::int64_t t = 1'795'006'800'000'000'000 + static_cast<std::int64_t>(n) * 50'000'000;
    const auto begin = [&](std::string_view kind) {
      out += "{\"uptrail\":1,\"kind\":\"" + std::string(kind) + "\",\"t\":" + std::to_string(t) +
             ",\"bundle\":\"com.example.shoebox\",\"process\":\"Shoebox\",\"pid\":412";
    };
    if (n == 0) {
      begin("capture.begin");
      out += R"(,"source":"synthetic benchmark","kinds":["*"]})";
    } else if (n == 1) {
      begin("app.launch");
      out += R"(,"reason":"user","build":"118"})";
    } else if (n == 2) {
      begin("session.create");
      out += R"(,"identifier":"photos","object":"0x104a0c2e0","background":true})";
    } else if (step < 3 || step == 10) {
      begin("app.heartbeat");
      out += '}';
    } else {
      begin(step == 3 ? "task.create" : step == 4 ? "task.resume" : step == 19 ? "task.did-complete" : "task.progress");
      out += R"(,"identifier":"photos","object":"0x104a0c2e0","uuid":")" + uuid_of("E", task) +
             "\",\"id\":" + std::to_string(task) + ",\"desc\":\"upload " + std::to_string(task) + "\"";
      out += step == 3    ? R"(,"taskKind":"upload-file","method":"POST","url":"https://upload.example.com/v2/photos"})"
             : step == 4  ? R"(,"stateBefore":"suspended"})"
             : step == 19 ? R"(,"error":null,"status":200,"sent":2400000,"expected":2400000})"
                          : ",\"sent\":" + std::to_string(step * 126'315) + ",\"expected\":2400000}";
    }
    out += '\n';
  }

  Style style_;
};

bool enough(const Writer& writer, Style style, std::uint64_t amount, std::uint64_t written) {
  return style == Style::events ? writer.facts.lines >= amount : written >= amount;
}

std::string_view extension(Style style) { return style == Style::syslog ? "log" : "ndjson"; }
std::string_view name_of(Style style) { return style == Style::syslog ? "syslog" : style == Style::ndjson ? "log" : "events"; }

}  // namespace

std::string bench_text(Style style, std::uint64_t amount, BenchFile& facts) {
  Writer writer(style);
  std::string out(style == Style::syslog ? kHeader : "");
  while (!enough(writer, style, amount, out.size())) {
    writer.next(out);
  }
  facts = writer.facts;
  facts.bytes = out.size();
  return out;
}

// What is in the file is kept beside it, so that it needs not be made again to be known.
BenchFile bench_file(Style style, std::uint64_t amount) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(UPTRAIL_BINARY_DIR) / "bench-files";
  const fs::path path =
      folder / (std::string(name_of(style)) + "-" + std::to_string(amount) + "." + std::string(extension(style)));
  const fs::path facts_path = path.string() + ".facts";
  BenchFile facts;
  std::error_code error;
  fs::create_directories(folder, error);
  if (std::ifstream in(facts_path);
      in >> facts.bytes >> facts.lines >> facts.relevant && fs::file_size(path, error) == facts.bytes) {
    facts.path = path.string();
    return facts;
  }
  Writer writer(style);
  std::string chunk(style == Style::syslog ? kHeader : "");
  std::uint64_t written = 0;
  std::ofstream out(path, std::ios::binary);
  while (!enough(writer, style, amount, written) && out) {
    while (chunk.size() < (1U << 20U) && !enough(writer, style, amount, written + chunk.size())) {
      writer.next(chunk);
    }
    written += chunk.size();
    out.write(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    chunk.clear();
  }
  out.close();
  facts = writer.facts;
  facts.bytes = written;
  std::ofstream(facts_path) << facts.bytes << ' ' << facts.lines << ' ' << facts.relevant << '\n';
  if (out) {
    facts.path = path.string();
  }
  return facts;
}

}  // namespace uptrail::bench
