#include "collector/containers/line_prefix.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>

#include "collector/containers/header_scan.h"
#include "collector/containers/sniff.h"

namespace uptrail {

namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::size_t kHeadLines = 200;
constexpr std::size_t kMostDigits = 9;
constexpr std::size_t kLongestName = 200;
constexpr std::size_t kWidest = 400;  // no terminal that wraps is wider
constexpr std::string_view kDeviceLog = "[DEVICE LOG] ";
constexpr std::array<std::string_view, 5> kSeparators = {":", "-", "|", "\xE2\x94\x82", "\t"};

using Lines = std::span<const std::string_view>;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

struct Numbered {
  std::int64_t number = 0;
  std::size_t digits_end = 0;
  std::string_view separator;  // empty: blanks only
  std::size_t end = 0;         // behind the separator
};

// A number at the front of a line, maybe behind blanks and the word "Line".
std::optional<Numbered> numbered(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size() && is_blank(line[at])) {
    ++at;
  }
  const std::string_view word = line.substr(at, 5);
  at += word == "Line " || word == "line " ? word.size() : 0;
  Numbered out;
  const std::size_t first = at;
  while (at < line.size() && is_ascii_digit(line[at]) && at - first < kMostDigits) {
    out.number = out.number * 10 + (line[at++] - '0');
  }
  if (at == first || (at < line.size() && is_ascii_digit(line[at]))) {
    return std::nullopt;
  }
  out.digits_end = at;
  while (at < line.size() && line[at] == ' ') {
    ++at;
  }
  for (const std::string_view separator : kSeparators) {
    const bool padded = separator != "-" && separator != "\t";  // blanks may stand before it
    if (line.substr(at).starts_with(separator) && (padded || at == out.digits_end)) {
      out.separator = separator;
      out.end = at + separator.size();
      return out;
    }
  }
  out.end = at;
  return at > out.digits_end || at == line.size() ? std::optional(out) : std::nullopt;
}

std::size_t skip_colours(std::string_view line, std::string& out) {
  out.clear();
  std::size_t escapes = 0;
  while (!line.empty()) {
    const std::size_t escape = line.find('\x1B');
    out += line.substr(0, escape);
    if (escape == kNone) {
      break;
    }
    std::size_t end = escape + 1;
    if (end < line.size() && line[end] == '[') {
      ++end;
      while (end < line.size() && line[end] >= ' ' && line[end] <= '?') {
        ++end;
      }
      ++end;
    }
    ++escapes;
    line.remove_prefix(std::min(end, line.size()));
  }
  return escapes;
}

// "[   +1 ms] ", then maybe "[DEVICE LOG] "
std::size_t tool_time(std::string_view line) {
  constexpr std::size_t kLeast = 7;
  const std::size_t close = line.starts_with('[') ? line.substr(0, 24).find("] ") : kNone;
  if (close == kNone || close < kLeast || line.substr(1, close - 1).find_first_not_of(" +,.0123456789ms") != kNone) {
    return kNone;
  }
  return close + 2 + (line.substr(close + 2).starts_with(kDeviceLog) ? kDeviceLog.size() : 0);
}

std::size_t device_process(std::string_view line, const std::string& device) {
  const std::string_view rest = line.substr(std::min(device.size(), line.size()));
  const std::size_t end = rest.substr(0, kLongestName).find(": ");
  return end == kNone || end == 0 || rest.substr(0, end).find_first_of(" <>\"") != kNone ? kNone : device.size() + end + 2;
}

std::size_t line_number(const PrefixLayer& layer, std::string_view line) {
  const auto found = numbered(line);
  const bool context = found && layer.separator == ":" && found->separator == "-";  // grep -C
  if (!found || (found->separator != layer.separator && !context)) {
    return kNone;
  }
  return found->end + (layer.gap && found->end < line.size() && line[found->end] == ' ' ? 1 : 0);
}

std::size_t numbered_column(const PrefixLayer& layer, std::string_view line) {
  const auto found = numbered(line);
  if (!found || (found->digits_end < line.size() && line[found->digits_end] != ' ')) {
    return kNone;
  }
  std::size_t end = std::min(found->digits_end + 1, line.size());
  while (end < std::min(layer.column, line.size()) && line[end] == ' ') {
    ++end;
  }
  return end;
}

// Bytes of the layer at the front of `line`; kNone: it is not there. Not for colours.
std::size_t layer_length(const PrefixLayer& layer, std::string_view line) {
  switch (layer.kind) {
    case PrefixKind::colour:
      return kNone;
    case PrefixKind::tool_time:
      return tool_time(line);
    case PrefixKind::device:
    case PrefixKind::file_name:
      return line.starts_with(layer.name) ? layer.name.size() : kNone;
    case PrefixKind::device_process:
      return line.starts_with(layer.name) ? device_process(line, layer.name) : kNone;
    case PrefixKind::quote:
      return !line.starts_with('>') ? kNone : line.starts_with("> ") ? 2 : 1;
    case PrefixKind::line_number:
      return line_number(layer, line);
    case PrefixKind::numbered_column:
      return numbered_column(layer, line);
  }
  return kNone;
}

std::size_t lines_with(const PrefixLayer& layer, Lines lines) {
  return static_cast<std::size_t>(
      std::count_if(lines.begin(), lines.end(), [&](std::string_view line) { return layer_length(layer, line) != kNone; }));
}

// The numbers of a copy count up; a time of day or a message that begins with a number does not.
bool counts_up(const PrefixLayer& layer, Lines lines) {
  std::int64_t last = -1;
  std::size_t up = 0;
  std::size_t seen = 0;
  for (const std::string_view line : lines) {
    if (layer_length(layer, line) == kNone) {
      continue;
    }
    const std::int64_t number = numbered(line)->number;
    ++seen;
    up += number > last ? 1U : 0U;
    last = number;
  }
  return up * 20 >= seen * 19;
}

void add_numbers(Lines lines, std::vector<PrefixLayer>& out) {
  std::map<std::string_view, std::size_t> separators;
  std::map<std::size_t, std::size_t> columns;
  for (const std::string_view line : lines) {
    if (const auto found = numbered(line)) {
      ++separators[found->separator];
      columns[found->end] += found->separator.empty() ? 1U : 0U;
    }
  }
  if (separators.empty()) {
    return;
  }
  const auto more = [](const auto& a, const auto& b) { return a.second < b.second; };
  PrefixLayer layer;
  layer.separator = std::max_element(separators.begin(), separators.end(), more)->first;
  layer.kind = layer.separator.empty() ? PrefixKind::numbered_column : PrefixKind::line_number;
  if (layer.kind == PrefixKind::numbered_column) {
    layer.column = std::max_element(columns.begin(), columns.end(), more)->first;
  }
  layer.gap = layer.separator != "\t" && std::all_of(lines.begin(), lines.end(), [&](std::string_view line) {
                const std::size_t end = layer_length(layer, line);
                return end == kNone || end == line.size() || line[end] == ' ';
              });
  const std::size_t with = lines_with(layer, lines);
  const bool enough = layer.kind == PrefixKind::line_number || with > 1;
  if (enough && with * 3 > lines.size() * 2 && counts_up(layer, lines)) {
    out.push_back(std::move(layer));
  }
}

// "[iPhone 6s] ", "file.log:": whatever most lines begin with.
void add_names(Lines lines, std::vector<PrefixLayer>& out) {
  std::map<std::string_view, std::size_t> devices;
  std::map<std::string_view, std::size_t> files;
  for (const std::string_view line : lines) {
    const std::size_t close = line.starts_with('[') ? line.substr(0, kLongestName).find("] ") : kNone;
    if (close != kNone && tool_time(line) == kNone) {
      ++devices[line.substr(0, close + 2)];
    }
    const std::size_t colon = line.substr(0, kLongestName).find(':');
    const std::string_view name = colon == kNone ? std::string_view() : line.substr(0, colon + 1);
    if (name.find_first_of("./") != kNone && name.find_first_of(" \t[]<>{}\"") == kNone) {
      ++files[name];
    }
  }
  const auto add = [&](PrefixKind kind, std::string_view name) {
    PrefixLayer layer;
    layer.kind = kind;
    layer.name = name;
    if (lines_with(layer, lines) * 3 > lines.size() * 2) {
      out.push_back(std::move(layer));
    }
  };
  const auto more = [](const auto& a, const auto& b) { return a.second < b.second; };
  if (!devices.empty()) {
    const std::string_view name = std::max_element(devices.begin(), devices.end(), more)->first;
    add(PrefixKind::device_process, name);
    add(PrefixKind::device, name);
  }
  if (!files.empty()) {
    add(PrefixKind::file_name, std::max_element(files.begin(), files.end(), more)->first);
  }
}

std::string_view kind_text(PrefixKind kind) {
  switch (kind) {
    case PrefixKind::colour:
      return "colours of a terminal";
    case PrefixKind::tool_time:
      return "the times of flutter run -v";
    case PrefixKind::device:
      return "the name of a device";
    case PrefixKind::device_process:
      return "the names of a device and a process";
    case PrefixKind::quote:
      return "quote marks";
    case PrefixKind::file_name:
      return "a file name";
    case PrefixKind::line_number:
    case PrefixKind::numbered_column:
      return "line numbers";
  }
  return "";
}

}  // namespace

std::string LinePrefix::text() const {
  std::string out;
  for (const PrefixLayer& layer : layers) {
    out += out.empty() ? "" : " and ";
    out += kind_text(layer.kind);
  }
  return out;
}

std::string_view strip_prefix(const LinePrefix& prefix, std::string_view line, std::string& scratch, bool& without_tool_time) {
  without_tool_time = false;
  for (const PrefixLayer& layer : prefix.layers) {
    if (layer.kind == PrefixKind::colour) {
      if (line.find('\x1B') != kNone) {
        std::string plain;
        skip_colours(line, plain);
        scratch.swap(plain);
        line = scratch;
      }
      continue;
    }
    const std::size_t length = layer_length(layer, line);
    if (length != kNone) {
      line.remove_prefix(length);
    } else if (layer.kind == PrefixKind::tool_time) {
      without_tool_time = true;
    }
  }
  return line;
}

std::vector<PrefixLayer> possible_layers(std::string_view head, bool complete) {
  const std::vector<std::string_view> lines = head_lines(head, complete, kHeadLines);
  std::vector<PrefixLayer> out;
  if (lines.empty()) {
    return out;
  }
  const auto escaped = std::count_if(lines.begin(), lines.end(), [](auto line) { return line.find("\x1B[") != kNone; });
  if (static_cast<std::size_t>(escaped) * 3 >= lines.size()) {
    out.push_back({PrefixKind::colour, {}, {}, false, 0});
  }
  const PrefixLayer tool{PrefixKind::tool_time, {}, {}, false, 0};
  if (lines_with(tool, lines) * 3 >= lines.size()) {  // it stands before the first of several lines only
    out.push_back(tool);
  }
  const PrefixLayer quote{PrefixKind::quote, {}, {}, false, 0};
  if (lines_with(quote, lines) * 3 > lines.size() * 2) {
    out.push_back(quote);
  }
  add_names(lines, out);
  add_numbers(lines, out);
  return out;
}

std::size_t wrap_width_of(const PrefixLayer& layer, std::string_view head, bool complete) {
  std::size_t width = 0;
  bool wrapped = false;
  if (layer.kind == PrefixKind::tool_time) {
    for (const std::string_view line : head_lines(head, complete, kHeadLines)) {
      width = std::max(width, std::min(line.size(), kWidest));
      wrapped = wrapped || tool_time(line) == kNone;
    }
  }
  return wrapped ? width : 0;
}

}  // namespace uptrail
