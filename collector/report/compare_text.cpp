#include <algorithm>
#include <nlohmann/json.hpp>

#include "collector/base/text.h"
#include "collector/report/compare.h"

namespace uptrail {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kShown = 30;

std::string side_text(const std::optional<ComparedUpload::Side>& side) {
  if (!side) {
    return "not there";
  }
  return std::string(upload_outcome_name(side->outcome)) + (side->duration ? " in " + format_duration(*side->duration) : "");
}

std::string uploads_text(const CaseComparison& c, const TextStyle& style) {
  std::vector<const ComparedUpload*> rows;
  std::size_t alike = 0;
  for (const ComparedUpload& u : c.uploads) {
    if (u.ends_alike()) {
      ++alike;
    } else {
      rows.push_back(&u);
    }
  }
  std::size_t width = 0;
  std::size_t before = 0;
  for (std::size_t i = 0; i < std::min(rows.size(), kShown); ++i) {
    width = std::max(width, display_width(printable(rows[i]->name)));
    before = std::max(before, side_text(rows[i]->a).size());
  }
  width = std::min<std::size_t>(width, 40);
  std::string out = "\n" + paint(style, Paint::bold, "Uploads") + ": " + std::to_string(alike) + " end alike" +
                    (rows.empty() ? "" : ", " + std::to_string(rows.size()) + " do not") + "\n";
  for (std::size_t i = 0; i < std::min(rows.size(), kShown); ++i) {
    const bool renamed = rows[i]->a && rows[i]->b && rows[i]->b->label != rows[i]->name;
    out += "  " + pad_right(ellipsize(printable(rows[i]->name), 40), width) + "  " + pad_right(side_text(rows[i]->a), before) +
           " → " + side_text(rows[i]->b) + (renamed ? " (" + printable(rows[i]->b->label) + ")" : "") + "\n";
  }
  if (rows.size() > kShown) {
    out += "  and " + std::to_string(rows.size() - kShown) + " more; all are in --json\n";
  }
  return out;
}

std::string line(std::string_view mark, const std::string& rule, const std::string& title, const TextStyle& style) {
  return paragraph("  " + std::string(mark) + "  ", printable(title) + " (" + rule + ")", style.width);
}

std::string findings_text(const CaseComparison& c, const TextStyle& style) {
  const auto fixed = std::count_if(c.gone.begin(), c.gone.end(), [](const GoneFinding& g) { return g.fixed; });
  std::string out = "\n" + paint(style, Paint::bold, "Findings") + ": " + std::to_string(c.fresh.size()) + " new, " +
                    std::to_string(c.same.size()) + " in both, " + std::to_string(fixed) + " fixed, " +
                    std::to_string(c.gone.size() - static_cast<std::size_t>(fixed)) + " not re-checked\n";
  for (const Finding* f : c.fresh) {
    out += line("new            ", f->rule, f->title, style);
  }
  for (const GoneFinding& g : c.gone) {
    out += line(g.fixed ? "fixed          " : "not re-checked ", g.finding.rule,
                g.finding.title + (g.why.empty() ? "" : " – " + g.why), style);
  }
  for (const Finding* f : c.same) {
    out += line("in both        ", f->rule, f->title, style);
  }
  return out;
}

Json side_json(const std::optional<ComparedUpload::Side>& side) {
  if (!side) {
    return nullptr;
  }
  return {{"name", side->label},
          {"outcome", upload_outcome_name(side->outcome)},
          {"duration_ns", side->duration ? Json(side->duration->ns) : Json(nullptr)}};
}

Json finding_row(std::string_view state, const std::string& id, const std::string& rule, const std::string& title,
                 const std::string& why) {
  return {{"state", state}, {"id", id}, {"rule", rule}, {"title", title}, {"why", why}};
}

}  // namespace

std::string compare_text(const CaseComparison& compared, const ComparedNames& names, const TextStyle& style) {
  const auto worse = std::count_if(compared.uploads.begin(), compared.uploads.end(), [](const ComparedUpload& u) {
    return u.a && u.b && u.a->outcome == UploadOutcome::succeeded && u.b->outcome != UploadOutcome::succeeded;
  });
  const auto better = std::count_if(compared.uploads.begin(), compared.uploads.end(), [](const ComparedUpload& u) {
    return u.a && u.b && u.a->outcome != UploadOutcome::succeeded && u.b->outcome == UploadOutcome::succeeded;
  });
  std::string out = "A  " + printable(names.a) + "\nB  " + printable(names.b) + "\n";
  out += count_of(static_cast<std::size_t>(better), "upload") + " of B succeeded that did not in A, " + std::to_string(worse) +
         " the other way round\n";
  return out + uploads_text(compared, style) + findings_text(compared, style);
}

std::string compare_json(const CaseComparison& compared, const ComparedNames& names) {
  Json uploads = Json::array();
  for (const ComparedUpload& u : compared.uploads) {
    uploads.push_back({{"name", u.name}, {"bundle", u.bundle}, {"a", side_json(u.a)}, {"b", side_json(u.b)}});
  }
  Json findings = Json::array();
  for (const Finding* f : compared.fresh) {
    findings.push_back(finding_row("new", f->fingerprint, f->rule, f->title, {}));
  }
  for (const GoneFinding& g : compared.gone) {
    findings.push_back(finding_row(g.fixed ? "fixed" : "not re-checked", g.finding.id, g.finding.rule, g.finding.title, g.why));
  }
  for (const Finding* f : compared.same) {
    findings.push_back(finding_row("same", f->fingerprint, f->rule, f->title, {}));
  }
  const Json root = {{"schema", "uptrail.compare/1"},
                     {"a", names.a},
                     {"b", names.b},
                     {"uploads", std::move(uploads)},
                     {"findings", std::move(findings)}};
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace uptrail
