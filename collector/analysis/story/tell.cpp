#include "collector/analysis/story/tell.h"

#include <algorithm>
#include <array>
#include <set>

#include "collector/base/path_names.h"
#include "collector/base/text.h"

namespace uptrail::analysis {

namespace {

constexpr DurationNs kNewSentence = seconds(60);
constexpr std::size_t kLongSentence = 6;  // clauses
constexpr DurationNs kUsualUncertainty = seconds(2);
constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

const Stream* stream_of(const Telling& telling, StreamId id) {
  return id.valid() && id.value < telling.streams.size() ? &telling.streams[id.value] : nullptr;
}

std::string file_of(const Telling& telling, StreamId id) {
  const Stream* stream = stream_of(telling, id);
  if (stream == nullptr || !stream->source.valid() || stream->source.value >= telling.sources.size()) {
    return "one source";
  }
  return std::string(file_label(telling.sources[stream->source.value].path));
}

std::string actor_words(const Telling& telling, const Beat& beat) {
  switch (beat.actor) {
    case Actor::app:
      return "the app";
    case Actor::daemon:
      return "nsurlsessiond";
    case Actor::cfnetwork:
      return "CFNetwork";
    case Actor::system:
      return beat.kind == EventKind::device_boot ? "the device" : "UIKit";
    case Actor::server:
      return "the server";
    case Actor::store:
      return "the store " + file_of(telling, beat.stream);
    case Actor::app_store:
      return "the app's store (" + file_of(telling, beat.stream) + ")";
    case Actor::daemon_store:
      return "nsurlsessiond's store (" + file_of(telling, beat.stream) + ")";
  }
  return "the app";
}

std::int64_t day_of(TimeNs t, int offset_minutes) {
  const std::int64_t ns = (t + minutes(offset_minutes)).ns;
  const std::int64_t day = hours(24).ns;
  return ns / day - (ns % day < 0 ? 1 : 0);
}

class Teller {
 public:
  explicit Teller(const Telling& telling) : telling_(telling) {}
  std::vector<Clause> take() { return std::move(out_); }
  void domain(std::span<const Beat> beats, bool main);

 private:
  [[nodiscard]] Joint joint(const Beat& beat, const Beat* before, const Beat* after, std::string* subject);
  [[nodiscard]] std::string when(const Beat& beat);

  const Telling& telling_;
  std::vector<Clause> out_;
  std::optional<TimeNs> told_;
  std::size_t in_sentence_ = 0;
  bool list_ended_ = false;  // "a, b and c" of this actor is complete
};

Joint Teller::joint(const Beat& beat, const Beat* before, const Beat* after, std::string* subject) {
  const std::string who = actor_words(telling_, beat);
  const bool same = before != nullptr && actor_words(telling_, *before) == who;
  const bool pause = before != nullptr && beat.t - before->until > kNewSentence;
  if (before == nullptr || pause || (in_sentence_ >= kLongSentence && !same)) {
    *subject = who + " ";
    in_sentence_ = 0;
    list_ended_ = false;
    return before == nullptr && out_.empty() ? Joint::first : Joint::sentence;
  }
  if (!same || list_ended_) {
    *subject = who + " ";
    list_ended_ = false;
    return Joint::semicolon;
  }
  const bool more = after != nullptr && actor_words(telling_, *after) == who && after->t - beat.until <= kNewSentence;
  if (!more) {
    list_ended_ = true;
    return Joint::and_;
  }
  return Joint::comma;
}

std::string Teller::when(const Beat& beat) {
  if (!beat.timed) {
    return {};
  }
  const Stream* stream = stream_of(telling_, beat.stream);
  const bool placed = stream != nullptr && stream->placed;
  const auto second = [](TimeNs t) { return t.ns / seconds(1).ns; };
  std::string out;
  if (beat.times > 1) {
    out = " " + count_of(beat.times, "more time") + ", the last";
  } else if (told_ && second(*told_) == second(beat.until)) {
    return {};
  }
  out += " at " + clock_words(telling_, beat.until, told_, placed);
  told_ = beat.until;
  return out;
}

void Teller::domain(std::span<const Beat> beats, bool main) {
  told_.reset();
  for (std::size_t i = 0; i < beats.size(); ++i) {
    const Beat& beat = beats[i];
    std::string subject;
    Clause clause;
    clause.joint = joint(beat, i == 0 ? nullptr : &beats[i - 1], i + 1 < beats.size() ? &beats[i + 1] : nullptr, &subject);
    if (i == 0 && !main) {
      subject.insert(0, "by a clock that cannot be compared (" + file_of(telling_, beat.stream) + "), ");
    }
    if (beat.text.starts_with("…")) {
      subject.clear();
      clause.joint = clause.joint == Joint::first ? Joint::first : Joint::semicolon;
      list_ended_ = true;
    }
    clause.text = subject + beat.text + when(beat) + beat.detail;
    clause.events = beat.events;
    ++in_sentence_;
    out_.push_back(std::move(clause));
  }
}

}  // namespace

std::string clock_words(const Telling& telling, TimeNs t, std::optional<TimeNs> before, bool placed) {
  const int zone = telling.zone_offset_minutes;
  std::string out = format_clock(t, 0, zone);
  if (placed && before && day_of(*before, zone) != day_of(t, zone)) {
    const CivilTime c = to_civil(t + minutes(zone));
    out += " on " + std::to_string(c.day) + " " + kMonths.at(static_cast<std::size_t>(c.month - 1));
  }
  return out;
}

std::vector<Clause> tell(const Telling& telling, std::span<const Beat> beats) {
  Teller teller(telling);
  for (std::size_t i = 0; i < beats.size();) {
    std::size_t end = i;
    while (end < beats.size() && beats[end].domain == beats[i].domain) {
      ++end;
    }
    teller.domain(beats.subspan(i, end - i), i == 0);
    i = end;
  }
  return teller.take();
}

std::vector<Clause> clock_notes(const Telling& telling, std::span<const Beat> beats) {
  std::vector<Clause> out;
  std::set<StreamId> seen;
  for (const Beat& beat : beats) {
    const Stream* stream = stream_of(telling, beat.stream);
    if (stream == nullptr || !seen.insert(beat.stream).second) {
      continue;
    }
    const std::string file = file_of(telling, beat.stream);
    std::string text;
    if (!stream->open) {
      text = file + " has no times: the order is that of its lines";
    } else if (!stream->placed) {
      text = "the times of " + file + " show no date or zone and stand for themselves only";
    } else if (stream->uncertainty > kUsualUncertainty) {
      text = "the times of " + file + " are uncertain by ±" + format_duration(stream->uncertainty);
    }
    const bool said = std::any_of(out.begin(), out.end(), [&](const Clause& c) { return c.text == text; });
    if (!text.empty() && !said) {
      out.push_back({text, {}, Joint::sentence});
    }
  }
  return out;
}

}  // namespace uptrail::analysis
