#include "viewer/panels/verdict.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>

#include "collector/base/text.h"
#include "collector/timeline/ticks.h"
#include "viewer/load/names.h"

namespace uptrail::viewer {

namespace {

std::string two(int n) { return (n < 10 ? "0" : "") + std::to_string(n); }

std::uint64_t causes_of(const LoadedCase& data, Severity severity) {
  return static_cast<std::uint64_t>(std::count_if(data.derived.causes.begin(), data.derived.causes.end(),
                                                  [&](const Cause& c) { return c.severity == severity; }));
}

std::string cause_counts(const LoadedCase& data) {
  std::string parts;
  const auto add = [&](Severity severity, std::string_view one, std::string_view many) {
    const std::uint64_t n = causes_of(data, severity);
    if (n == 0) return;
    if (!parts.empty()) parts += ", ";
    parts += count_of(n, one, many);
  };
  add(Severity::error, "error", "errors");
  add(Severity::warning, "warning", "warnings");
  add(Severity::info, "note", "notes");
  return parts;
}

std::uint64_t uploads_with(const LoadedCase& data, UploadOutcome outcome) {
  std::uint64_t count = 0;
  for (std::uint32_t i = 0; i < data.upload_count(); ++i) count += data.upload(UploadId{i}).outcome == outcome ? 1 : 0;
  return count;
}

std::string upload_counts(const LoadedCase& data) {
  if (data.upload_count() == 0) return "no uploads seen";
  std::set<UploadId> affected;
  for (const Cause& cause : data.derived.causes) affected.insert(cause.uploads.begin(), cause.uploads.end());
  std::string text = std::to_string(affected.size()) + " of " + count_of(data.upload_count(), "upload", "uploads") + " affected";
  if (const std::uint64_t n = uploads_with(data, UploadOutcome::cannot_tell); n > 0)
    text += ", " + std::to_string(n) + " cannot tell";
  return text;
}

}  // namespace

std::string outcome_word(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok:
      return "OK";
    case Outcome::fail:
      return "FAIL";
    case Outcome::unknown:
      break;
  }
  return "COULD NOT TELL";
}

std::string verdict_line(const LoadedCase& data) {
  const Derived& d = data.derived;
  if (d.outcome == Outcome::unknown && !d.outcome_reason.empty()) return d.outcome_reason;
  std::string text =
      d.causes.empty() ? "no cause found" : count_of(d.causes.size(), "cause", "causes") + " (" + cause_counts(data) + ")";
  // Findings without a cause (what the capture cannot answer) are no part of the verdict.
  std::size_t findings = 0;
  for (const Cause& c : d.causes) findings += c.findings.size();
  if (findings > 0) text += ", " + count_of(findings, "finding", "findings");
  return text + "; " + upload_counts(data);
}

std::string zone_text(int minutes) {
  if (minutes == 0) return "UTC";
  const int m = std::abs(minutes);
  return (minutes < 0 ? "−" : "+") + two(m / 60) + ":" + two(m % 60);
}

std::string date_text(TimeNs t, int zone_offset_minutes) {
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const CivilTime c = to_civil(t + minutes(zone_offset_minutes));
  return std::to_string(c.day) + " " + kMonths[static_cast<std::size_t>(std::clamp(c.month, 1, 12) - 1)] + " " +
         std::to_string(c.year);
}

std::string clock_text(const LoadedCase& data, TimeNs t, int digits) {
  if (data.scene.axis == timeline::AxisKind::relative) return "+" + format_duration(t - data.scene.whole.start);
  return format_clock(t, digits, data.scene.zone_offset_minutes);
}

int zone_minutes(const UiState& state) {
  if (!state.data) return 0;
  const timeline::Scene& scene = state.data->scene;
  if (scene.axis != timeline::AxisKind::utc) return scene.zone_offset_minutes;  // nobody knows where this clock stood
  switch (state.preferences.zone) {
    case ZoneChoice::device:
      break;
    case ZoneChoice::utc:
      return 0;
    case ZoneChoice::local:
      return state.local_zone_minutes;
  }
  return scene.zone_offset_minutes;
}

std::string zone_shown(const UiState& state) {
  if (state.data && state.data->scene.axis != timeline::AxisKind::utc) return "the capture's own clock, which has no zone";
  const std::string zone = zone_text(zone_minutes(state));
  return state.preferences.zone == ZoneChoice::device ? zone + ", as the device showed them" : zone;
}

std::string clock_text(const UiState& state, TimeNs t, int digits) {
  const timeline::Scene& scene = state.data->scene;
  if (scene.axis == timeline::AxisKind::relative) return clock_text(*state.data, t, digits);
  const std::string text = format_clock(t, digits, zone_minutes(state));
  return state.preferences.twelve_hours ? timeline::twelve_hour_clock(text) : text;
}

std::string title_line(const LoadedCase& data) {
  std::string text = data.info.title;
  if (text.empty()) {
    for (const std::string& path : data.paths) text += (text.empty() ? "" : ", ") + file_name(path);
  }
  if (data.info.span && data.scene.axis == timeline::AxisKind::utc) {
    const int zone = data.scene.zone_offset_minutes;
    const Interval span = *data.info.span;
    if (!text.empty()) text += ", ";
    text += date_text(span.start, zone) + " " + format_clock(span.start, 0, zone).substr(0, 5) + "–";
    if (date_text(span.end, zone) != date_text(span.start, zone)) text += date_text(span.end, zone) + " ";
    text += format_clock(span.end, 0, zone).substr(0, 5) + " " + zone_text(zone);
  }
  if (data.info.synthetic) text += " (synthetic)";
  return text;
}

}  // namespace uptrail::viewer
