// Pictures for people: written beside the build, looked at by hand. What is checked is only that they are not blank.
#include <gtest/gtest.h>

#include <set>

#include "tests/support/files.h"
#include "tests/viewer/support/shown_case.h"

namespace uptrail::viewer {
namespace {

std::size_t colours(const Image& image) { return std::set<std::uint32_t>(image.pixels.begin(), image.pixels.end()).size(); }

void shoot_into(test::UiDriver& ui, const std::string& path) {
  const Image image = ui.picture();
  EXPECT_GT(colours(image), 40U);
  EXPECT_TRUE(write_png(image, path).ok());
}

void shoot(test::UiDriver& ui, const std::string& name) { shoot_into(ui, test::scratch_dir() + "/" + name + ".png"); }

class Shot : public testing::TestWithParam<ThemeKind> {};

TEST_P(Shot, case_with_causes) {
  test::UiDriver ui(GetParam());
  ui.show(test::sample_case());
  show_page(test::sample_page(*ui.state.data), ui.state);
  ui.frame(4);
  shoot(ui, std::string(theme_name(GetParam())));
}

TEST_P(Shot, whole_of_a_case) {
  test::UiDriver ui(GetParam());
  ui.show(test::sample_case());
  show_page(test::sample_page(*ui.state.data), ui.state);
  ui.key(Key::zero);
  shoot(ui, std::string(theme_name(GetParam())));
}

TEST_P(Shot, nothing_open) {
  test::UiDriver ui(GetParam());
  ui.state.recent = {{"/Users/ada/captures/trip.uptrail"}, {"/Users/ada/captures/app.ndjson", "/Users/ada/captures/system.log"}};
  ui.frame(3);
  shoot(ui, std::string(theme_name(GetParam())));
}

// Each window over the panels, and each panel behind a tab.
TEST_P(Shot, tools) {
  const std::string theme(theme_name(GetParam()));
  const std::string dir = test::scratch_dir();  // empties the folder
  const auto shot = [&](const std::string& name, auto&& prepare) {
    test::UiDriver ui(GetParam());
    ui.show(test::sample_case());
    show_page(test::sample_page(*ui.state.data), ui.state);
    ui.state.today = "2026-11-21";
    ui.frame(3);
    prepare(ui);
    ui.frame(4);
    shoot_into(ui, dir + "/" + name + "-" + theme + ".png");
  };
  shot("keys", [](test::UiDriver& ui) { ui.character('?'); });
  shot("settings", [](test::UiDriver& ui) { ui.ctrl(Key::comma); });
  shot("palette", [](test::UiDriver& ui) {
    ui.state.recent = {{"/captures/trip.uptrail"}};
    ui.ctrl(Key::p);
    ui.frame(2);
    ui.type("co");
  });
  shot("not-a-problem", [](test::UiDriver& ui) {
    ui.key(Key::i);
    ui.frame(2);
    ui.type("Known: app 3.3 mends it");
  });
  shot("note", [](test::UiDriver& ui) { ui.key(Key::b); });
  shot("by-rule-and-rule-page", [](test::UiDriver& ui) {
    ui.key(Key::g);
    ui.key(Key::r);
  });
  shot("filter", [](test::UiDriver& ui) {
    ui.key(Key::b);
    ui.frame(2);
    ui.type("Ask the server team for the log of this upload");
    ui.key(Key::enter);
    ui.state.notes.not_problems = {{ui.state.data->derived.findings[1].fingerprint, "r", ui.state.data->derived.findings[1].title,
                                    "Known: app 3.3 mends it", "2027-01-31"}};
    ui.character('/');
    ui.frame(2);
    ui.type("upload");
    ui.click("filter-Severity");
    ui.click("pick-info");
  });
  shot("timeline-filtered", [](test::UiDriver& ui) {
    ui.key(Key::zero);
    ui.character('/');
    ui.frame(2);
    ui.type("upload 17");
  });
  shot("timeline-searched", [](test::UiDriver& ui) {
    Effects effects;
    apply(ShowSearched{ui.state.data->derived.findings[0].searched[0]}, ui.state, effects);
    LogPage page = test::sample_page(*ui.state.data);
    page.found_line = 121;
    show_page(page, ui.state);
  });
  shot("timeline-pinned-and-measured", [](test::UiDriver& ui) {
    ui.key(Key::zero);
    for (const Key key : {Key::k, Key::m, Key::down, Key::down, Key::h}) ui.key(key);
  });
  shot("search-and-event", [](test::UiDriver& ui) {
    ui.ctrl(Key::f);
    ui.frame(2);
    ui.type("upload 1");
    auto result = std::make_shared<SearchResult>();
    result->number = ui.state.search.number;
    for (const Upload& upload : ui.state.data->derived.uploads) {
      SearchHit hit;
      hit.kind = HitKind::upload;
      hit.upload = upload.id;
      hit.t = upload.seen.start;
      hit.title = upload.name;
      hit.detail = "upload, " + std::string(upload_outcome_name(upload.outcome));
      result->hits.push_back(hit);
    }
    for (const auto& [id, line] : ui.state.data->evidence) {
      SearchHit hit;
      hit.kind = HitKind::line;
      hit.source = line.source;
      hit.line = line.span.line;
      hit.t = line.t;
      hit.title = line.text;
      hit.detail = "app.ndjson:" + std::to_string(line.span.line);
      result->hits.push_back(hit);
    }
    result->done = true;
    show_found(result, ui.state);
    const EvidenceLine& line = ui.state.data->evidence.begin()->second;
    EventShown shown = test::shown_event(line);
    shown.event.process = "nsurlsessiond";
    show_event(shown, ui.state, ui.effects);
  });
}

INSTANTIATE_TEST_SUITE_P(Themes, Shot, testing::Values(ThemeKind::dark, ThemeKind::light),
                         [](const auto& kind) { return std::string(theme_name(kind.param)); });

}  // namespace
}  // namespace uptrail::viewer
