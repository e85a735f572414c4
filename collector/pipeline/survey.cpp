#include "collector/pipeline/survey.h"

#include "collector/pipeline/collect.h"

namespace uptrail {

Result<SurveyRow> survey(const std::string& path) {
  auto writer = create_memory_case();
  UPTRAIL_TRY(writer);
  CollectOptions options;
  options.paths = {path};
  const auto report = collect(**writer, options);
  UPTRAIL_TRY(report);
  SurveyRow row;
  for (const Source& source : report->sources) {
    row.container = source.container;
    row.accounting = source.accounting;
  }
  UPTRAIL_TRY((*writer)->reader().for_each_event({}, [&row](const Event& event) {
    ++row.events[kind_name(event.kind)];
    return true;
  }));
  return row;
}

}  // namespace uptrail
