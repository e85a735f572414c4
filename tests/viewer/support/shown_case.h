// The sample case as the panels show it when it has been opened, with the page of its log.
#pragma once

#include <gtest/gtest.h>

#include "tests/viewer/support/sample_case.h"
#include "tests/viewer/support/ui_driver.h"

namespace uptrail::test {

class ShownCase : public testing::Test {
 protected:
  void SetUp() override {
    ui.show(sample_case());
    viewer::show_page(sample_page(*ui.state.data), ui.state);
    ui.frame(3);
  }
  [[nodiscard]] Interval visible() const { return ui.state.scale.visible(ui.place("lanes").width()); }
  UiDriver ui;
};

// The event of a line of evidence, as the worker would answer.
inline viewer::EventShown shown_event(const viewer::EvidenceLine& line) {
  viewer::EventShown shown;
  shown.event.id = line.event;
  shown.event.kind = line.kind;
  shown.event.t = line.t;
  shown.event.t_src = line.t;
  shown.event.source = line.source;
  shown.event.span = line.span;
  shown.event.task = TaskId{0};
  return shown;
}

}  // namespace uptrail::test
