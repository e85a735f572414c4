#include "viewer/panels/copy.h"

#include "collector/base/text.h"
#include "viewer/load/names.h"
#include "viewer/panels/facts.h"
#include "viewer/panels/verdict.h"
#include "viewer/panels/widgets.h"

namespace uptrail::viewer {

namespace {

struct EvidenceText {
  std::string t, what, where, raw;
};

EvidenceText evidence_text(const UiState& state, const EvidenceRef& ref) {
  const EvidenceLine* at = state.data->evidence_of(ref.event);
  if (at == nullptr) return {"", ref.note, "", ""};
  const EvidenceLine& line = *at;
  EvidenceText out;
  if (line.timed) out.t = clock_text(state, line.t, 3);
  out.what = ref.note.empty() ? std::string(kind_name(line.kind)) : ref.note;
  if (const Source* source = state.data->source(line.source)) out.where = file_name(source->path);
  if (!line.store_row.empty()) {
    out.where += " " + line.store_row;
  } else if (line.span.line > 0) {
    out.where += ":" + std::to_string(line.span.line);
  }
  out.raw = line.text;
  return out;
}

std::string facts_line(const UiState& state, const Finding& f) {
  return std::string(severity_name(f.severity)) + ", " + std::string(confidence_name(f.confidence)) + ", " + f.rule + ", " +
         clock_text(state, f.t, 3) + ", id " + f.fingerprint;
}

std::string plain_text(const UiState& state, const Finding& f) {
  std::string out = f.title + "\n" + facts_line(state, f) + "\n";
  if (!f.explanation.empty()) out += "\n" + f.explanation + "\n";
  if (!f.evidence.empty()) out += "\nEvidence\n";
  for (const EvidenceRef& ref : f.evidence) {
    const EvidenceText e = evidence_text(state, ref);
    out += "  " + (e.t.empty() ? "" : e.t + "  ") + e.what + (e.where.empty() ? "" : "  (" + e.where + ")") + "\n";
    if (!e.raw.empty()) out += "    " + e.raw + "\n";
  }
  for (const MissingEvent& m : f.missing) {
    out += "  missing: " + std::string(kind_name(m.kind)) + ", due " + clock_text(state, m.due, 3) + "\n";
  }
  if (!f.remedy.empty()) out += "\nWhat to do: " + f.remedy + "\n";
  return out;
}

// A fence that does not occur in the text.
std::string fence_for(const std::string& text) {
  std::string fence = "```";
  while (contains(text, fence)) fence += '`';
  return fence;
}

std::string markdown(const UiState& state, const Finding& f) {
  std::string out = "### " + f.title + "\n\n**" + std::string(severity_name(f.severity)) + "**, " +
                    std::string(confidence_name(f.confidence)) + ", `" + f.rule + "`, " + clock_text(state, f.t, 3) + ", `" +
                    f.fingerprint + "`\n";
  if (!f.explanation.empty()) out += "\n" + f.explanation + "\n";
  if (!f.evidence.empty()) out += "\n**Evidence**\n\n";
  for (const EvidenceRef& ref : f.evidence) {
    const EvidenceText e = evidence_text(state, ref);
    out += "- " + (e.t.empty() ? "" : e.t + " ") + e.what + (e.where.empty() ? "" : " (`" + e.where + "`)") + "\n";
    if (!e.raw.empty()) out += "  " + fence_for(e.raw) + "\n  " + e.raw + "\n  " + fence_for(e.raw) + "\n";
  }
  for (const MissingEvent& m : f.missing) {
    out += "- missing: `" + std::string(kind_name(m.kind)) + "`, due " + clock_text(state, m.due, 3) + "\n";
  }
  if (!f.remedy.empty()) out += "\n**What to do:** " + f.remedy + "\n";
  return out;
}

class JsonObject {
 public:
  JsonObject& text(std::string_view key, std::string_view value) {
    begin(key);
    append_json_string(out_, value);
    return *this;
  }
  JsonObject& raw(std::string_view key, std::string_view json) {
    begin(key);
    out_ += json;
    return *this;
  }
  [[nodiscard]] std::string done() const { return out_ + "}"; }

 private:
  void begin(std::string_view key) {
    out_ += out_.size() > 1 ? ", " : "";
    append_json_string(out_, key);
    out_ += ": ";
  }
  std::string out_ = "{";
};

std::string json_list(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const std::string& item : items) out += (out.size() > 1 ? ", " : "") + item;
  return out + "]";
}

std::string json(const UiState& state, const Finding& f) {
  std::vector<std::string> evidence;
  for (const EvidenceRef& ref : f.evidence) {
    const EvidenceText e = evidence_text(state, ref);
    JsonObject object;
    if (const EvidenceLine* at = state.data->evidence_of(ref.event)) {
      object.text("kind", kind_name(at->kind));
      if (at->timed) object.raw("t_ns", std::to_string(at->t.ns));
    }
    evidence.push_back(object.text("what", e.what).text("where", e.where).text("raw", e.raw).done());
  }
  std::vector<std::string> missing;
  for (const MissingEvent& m : f.missing) {
    missing.push_back(JsonObject().text("kind", kind_name(m.kind)).raw("due_ns", std::to_string(m.due.ns)).done());
  }
  return JsonObject()
      .text("finding", f.fingerprint)
      .text("rule", f.rule)
      .text("severity", severity_name(f.severity))
      .text("confidence", confidence_name(f.confidence))
      .raw("t_ns", std::to_string(f.t.ns))
      .text("title", f.title)
      .text("explanation", f.explanation)
      .text("remedy", f.remedy)
      .raw("evidence", json_list(evidence))
      .raw("missing", json_list(missing))
      .done();
}

std::string facts_text(const Facts& facts, CopyFormat format) {
  if (format == CopyFormat::json) {
    std::vector<std::string> rows;
    for (const auto& [name, value] : facts.rows) rows.push_back(JsonObject().text("name", name).text("value", value).done());
    return JsonObject().text("title", facts.title).text("sentence", facts.sentence).raw("facts", json_list(rows)).done() + "\n";
  }
  const bool marked = format == CopyFormat::markdown;
  std::string out = (marked ? "### " : "") + facts.title + "\n";
  if (!facts.sentence.empty()) out += (marked ? "\n" : "") + facts.sentence + "\n";
  if (marked) out += "\n";
  for (const auto& [name, value] : facts.rows) {
    out.append(marked ? "- **" : "  ").append(name).append(marked ? ":** " : ": ").append(value).append("\n");
  }
  return out;
}

}  // namespace

std::string selection_text(const UiState& state, CopyFormat format) {
  if (state.event) return facts_text(facts_of_event(state), format);
  const Finding* finding = selected_finding(state);
  if (finding == nullptr) return facts_text(facts_of(state), format);
  if (format == CopyFormat::json) return json(state, *finding) + "\n";
  return format == CopyFormat::markdown ? markdown(state, *finding) : plain_text(state, *finding);
}

}  // namespace uptrail::viewer
