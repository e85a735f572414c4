#include "viewer/app/screenshot.h"

#include "viewer/app/headless.h"

namespace uptrail::viewer {

Status take_screenshot(const Options& options) {
  Headless viewer(options);
  Workbench& bench = viewer.bench();
  bench.select_when_loaded(options.select);
  bench.run_when_loaded(options.commands);
  bench.open(options.files);
  if (!options.compare.empty()) bench.compare(options.compare);
  UPTRAIL_TRY(viewer.settle());
  if (bench.missed_wanted()) return fail(ErrorKind::usage, "no finding or cause called " + options.select + " in this case");
  return write_png(viewer.picture(), options.screenshot);
}

}  // namespace uptrail::viewer
