#include "collector/timeline/picture_codec.h"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

#include "collector/timeline/picture_check.h"

namespace uptrail::timeline {

namespace {

constexpr std::size_t kPieceBytes = 1 << 20;
constexpr std::uint8_t kNoSeverity = 255;

// Fields one after the other: into bytes, out of bytes, or only counted. Self has number(T&) for unsigned numbers.
template <class Self>
class Fields {
 public:
  template <class... T>
  void operator()(T&... values) {
    (put(values), ...);
  }

 private:
  template <class T>
  void bits(T& value) {
    static_cast<Self&>(*this).number(value);
  }
  template <std::integral T>
  void put(T& value) {
    auto raw = static_cast<std::make_unsigned_t<T>>(value);
    bits(raw);
    value = static_cast<T>(raw);
  }
  template <class T>
  requires std::is_enum_v<T>
  void put(T& value) {
    auto raw = static_cast<std::uint8_t>(value);
    bits(raw);
    value = static_cast<T>(raw);
  }
  template <class Tag, class Rep>
  void put(StrongId<Tag, Rep>& id) {
    put(id.value);
  }
  void put(TimeNs& t) { put(t.ns); }
  void put(DurationNs& d) { put(d.ns); }
  void put(Interval& span) {
    put(span.start);
    put(span.end);
  }
  void put(bool& value) {
    auto raw = static_cast<std::uint8_t>(value ? 1 : 0);
    bits(raw);
    value = raw != 0;
  }
  void put(std::optional<Severity>& severity) {
    auto raw = severity ? static_cast<std::uint8_t>(*severity) : kNoSeverity;
    bits(raw);
    severity = raw == kNoSeverity ? std::optional<Severity>() : std::optional(static_cast<Severity>(raw));
  }
};

class Out : public Fields<Out> {
 public:
  explicit Out(std::vector<std::byte>& to) : to_(to) {}
  template <class T>
  void number(T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i) to_.push_back(static_cast<std::byte>(value >> (8U * i)));
  }

 private:
  std::vector<std::byte>& to_;
};

// The caller has seen that there are enough.
class In : public Fields<In> {
 public:
  explicit In(const std::byte* from) : from_(from) {}
  template <class T>
  void number(T& value) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) sum |= static_cast<std::uint64_t>(from_[i]) << (8U * i);
    value = static_cast<T>(sum);
    from_ += sizeof(T);
  }

 private:
  const std::byte* from_;
};

class Width : public Fields<Width> {
 public:
  template <class T>
  void number(T& /*value*/) {
    bytes += sizeof(T);
  }
  std::size_t bytes = 0;
};

struct HatchEnds {
  std::uint32_t spans = 0, text = 0;
};

template <class Io>
void put(Io& io, Lane& l) {
  io(l.kind, l.depth, l.worst, l.parent, l.end, l.hatch, l.label, l.detail, l.unit, l.session, l.task, l.upload, l.bytes,
     l.extent);
}
template <class Io>
void put(Io& io, Bar& b) {
  TextId label = b.label;
  BarStyle style = b.style;
  bool open_end = b.open_end;
  io(b.span, b.lane, label, style, open_end);
  b.label = label & (kMostBarLabels - 1);
  b.style = static_cast<BarStyle>(static_cast<unsigned>(style) & 0x3FU);
  b.open_end = open_end;
}
template <class Io>
void put(Io& io, Mark& m) {
  io(m.t, m.lane, m.label, m.finding, m.style, m.severity);
}
template <class Io>
void put(Io& io, Ghost& g) {
  io(g.lane, g.due, g.finding, g.label);
}
template <class Io>
void put(Io& io, Arrow& a) {
  io(a.from_lane, a.to_lane, a.from, a.to, a.label);
}
template <class Io>
void put(Io& io, LaneClock& c) {
  io(c.lane, c.uncertainty, c.floats);
}
template <class Io>
void put(Io& io, HatchEnds& h) {
  io(h.spans, h.text);
}
template <class Io>
void put(Io& io, Fold& f) {
  io(f.span, f.shown);
}
template <class Io, class T>
requires requires(Io& io, T& value) { io(value); }
void put(Io& io, T& value) { io(value); }

template <class T>
std::size_t width_of() {
  Width width;
  T record{};
  put(width, record);
  return width.bytes;
}

// Every list of a picture with the name of its part, in the order of `head`.
struct HatchParts {
  std::vector<HatchEnds> ends;
  std::vector<Interval> spans;
  std::vector<char> texts;
};
template <class Scene, class Overview, class Use>
void each_part(Scene& s, Overview& o, HatchParts& h, Use use) {
  use("lanes", s.lanes);
  use("bars", s.bars);
  use("marks", s.marks);
  use("ghosts", s.ghosts);
  use("arrows", s.arrows);
  use("clocks", s.clocks);
  use("hatches", h.ends);
  use("hatch_spans", h.spans);
  use("hatch_texts", h.texts);
  use("upload_seen", s.uploads.seen);
  use("upload_units", s.uploads.units);
  use("upload_names", s.uploads.names);
  use("upload_states", s.uploads.states);
  use("upload_outcomes", s.uploads.outcomes);
  use("upload_task_ends", s.uploads.task_ends);
  use("upload_tasks", s.uploads.tasks);
  use("starts", o.starts);
  use("ends", o.ends);
  use("folds", o.folds);
}
constexpr std::size_t kParts = 19;

struct Head {
  std::uint32_t format = kPictureFormat;
  AxisKind axis = AxisKind::utc;
  std::int32_t zone_offset_minutes = 0;
  DurationNs daemon_uncertainty;
  Interval whole, seen;
  std::uint64_t texts = 0, text_bytes = 0;
  std::array<std::uint64_t, kParts> counts{};
};
template <class Io>
void put(Io& io, Head& h) {
  io(h.format, h.axis, h.zone_offset_minutes, h.daemon_uncertainty, h.whole, h.seen, h.texts, h.text_bytes);
  for (std::uint64_t& count : h.counts) io(count);
}

class Writer {
 public:
  explicit Writer(CaseWriter& writer) : writer_(writer) {}

  template <class T>
  void list(std::string_view part, const std::vector<T>& items) {
    const std::size_t width = width_of<T>();
    const std::size_t at_once = std::max<std::size_t>(kPieceBytes / width, 1);
    for (std::size_t i = 0; i < items.size() && status_.ok(); i += at_once) {
      piece_.clear();
      Out out(piece_);
      for (std::size_t k = i; k < std::min(i + at_once, items.size()); ++k) {
        T item = items[k];
        put(out, item);
      }
      status_ = writer_.add_picture(part, piece_);
    }
  }
  void bytes(std::string_view part, std::string_view text) {
    for (std::size_t i = 0; i < text.size() && status_.ok(); i += kPieceBytes) {
      status_ = writer_.add_picture(part, std::as_bytes(std::span(text.substr(i, kPieceBytes))));
    }
  }
  [[nodiscard]] const Status& status() const { return status_; }

 private:
  CaseWriter& writer_;
  std::vector<std::byte> piece_;
  Status status_ = done();
};

class Reader {
 public:
  explicit Reader(CaseReader& reader) : reader_(reader) {}

  // The pieces of a part that has just so many records of this width.
  template <class Use>
  void pieces(std::string_view part, std::uint64_t count, std::size_t width, Use use) {
    if (!good()) return;
    const auto bytes = reader_.picture_bytes(part);
    if (!bytes) {
      status_ = bytes.error();
      return;
    }
    whole_ = *bytes / width == count && *bytes % width == 0;
    if (!whole_) return;
    use(std::span<const std::byte>());
    std::uint64_t left = *bytes;
    const Status read = reader_.for_each_picture(part, [&](std::span<const std::byte> piece) {
      whole_ = piece.size() % width == 0 && piece.size() <= left;
      if (!whole_) return false;
      left -= piece.size();
      use(piece);
      return true;
    });
    if (!read.ok()) status_ = read;
    whole_ = whole_ && left == 0;
  }
  template <class T>
  void list(std::string_view part, std::uint64_t count, std::vector<T>& items) {
    const std::size_t width = width_of<T>();
    pieces(part, count, width, [&](std::span<const std::byte> piece) {
      if (piece.empty()) return items.reserve(count);
      for (std::size_t at = 0; at < piece.size(); at += width) {
        In in(piece.data() + at);
        put(in, items.emplace_back());
      }
    });
  }
  [[nodiscard]] bool good() const { return whole_ && status_.ok(); }
  [[nodiscard]] const Status& status() const { return status_; }

 private:
  CaseReader& reader_;
  Status status_ = done();
  bool whole_ = true;
};

void split_hatches(const Scene& scene, HatchParts& out) {
  for (const Hatch& hatch : scene.hatches) {
    out.spans.insert(out.spans.end(), hatch.spans.begin(), hatch.spans.end());
    out.texts.insert(out.texts.end(), hatch.why.begin(), hatch.why.end());
    out.ends.push_back({static_cast<std::uint32_t>(out.spans.size()), static_cast<std::uint32_t>(out.texts.size())});
  }
}

bool join_hatches(const HatchParts& parts, Scene& scene) {
  HatchEnds from;
  const std::string_view texts(parts.texts.data(), parts.texts.size());
  for (const HatchEnds& to : parts.ends) {
    if (to.spans < from.spans || to.spans > parts.spans.size() || to.text < from.text || to.text > texts.size()) return false;
    Hatch& hatch = scene.hatches.emplace_back();
    hatch.spans.assign(parts.spans.begin() + from.spans, parts.spans.begin() + to.spans);
    hatch.why = to_valid_utf8(texts.substr(from.text, to.text - from.text));
    from = to;
  }
  return true;
}

bool read_texts(Reader& reader, const Head& head, TextPool& out) {
  std::vector<std::uint32_t> ends;
  reader.list("text_ends", head.texts, ends);
  std::string bytes;
  reader.pieces("texts", head.text_bytes, 1, [&](std::span<const std::byte> piece) {
    if (piece.empty()) return bytes.reserve(head.text_bytes);
    for (const std::byte b : piece) bytes.push_back(static_cast<char>(b));
  });
  return reader.good() && out.assign(std::move(bytes), std::move(ends));
}

}  // namespace

Status write_picture(CaseWriter& writer, const Scene& scene, const Overview& overview) {
  HatchParts hatches;
  split_hatches(scene, hatches);
  Head head;
  head.axis = scene.axis;
  head.zone_offset_minutes = scene.zone_offset_minutes;
  head.daemon_uncertainty = scene.daemon_uncertainty;
  head.whole = scene.whole;
  head.seen = scene.seen;
  head.texts = scene.texts.ends().size();
  head.text_bytes = scene.texts.bytes().size();
  std::size_t part = 0;
  each_part(scene, overview, hatches, [&](std::string_view, const auto& items) { head.counts[part++] = items.size(); });
  Writer out(writer);
  out.list("head", std::vector<Head>{head});
  out.list("text_ends", scene.texts.ends());
  out.bytes("texts", scene.texts.bytes());
  each_part(scene, overview, hatches, [&](std::string_view name, const auto& items) { out.list(name, items); });
  return out.status();
}

Result<std::optional<SavedPicture>> read_picture(CaseReader& reader) {
  Reader in(reader);
  std::vector<Head> heads;
  in.list("head", 1, heads);
  UPTRAIL_TRY(in.status());
  if (!in.good() || heads.size() != 1 || heads.front().format != kPictureFormat) return std::optional<SavedPicture>();
  const Head& head = heads.front();
  std::optional<SavedPicture> out(std::in_place);
  Scene& scene = out->scene;
  scene.axis = head.axis;
  scene.zone_offset_minutes = head.zone_offset_minutes;
  scene.daemon_uncertainty = head.daemon_uncertainty;
  scene.whole = head.whole;
  scene.seen = head.seen;
  HatchParts hatches;
  std::size_t part = 0;
  each_part(scene, out->overview, hatches,
            [&](std::string_view name, auto& items) { in.list(name, head.counts[part++], items); });
  const bool whole = read_texts(in, head, scene.texts) && in.good() && join_hatches(hatches, scene);
  UPTRAIL_TRY(in.status());
  if (!whole || !holds_together(*out)) out.reset();
  if (out) out->overview.findings = finding_marks(scene);
  return out;
}

}  // namespace uptrail::timeline
