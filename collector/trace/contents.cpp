// What became of the members of folders and archives: written and read.
#include <algorithm>

#include "collector/base/text.h"
#include "collector/trace/sqlite_reader.h"
#include "collector/trace/sqlite_writer.h"
#include "collector/trace/tables.h"

namespace uptrail::trace {

namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) {
    std::string one = line;
    std::replace(one.begin(), one.end(), '\n', ' ');  // a name with a line break must stay one line
    out += (out.empty() ? "" : "\n") + one;
  }
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  if (!text.empty()) {
    for (const std::string_view line : split(text, '\n')) {
      out.emplace_back(line);
    }
  }
  return out;
}

}  // namespace

Status SqliteCaseWriter::set_contents(const Contents& contents) {
  UPTRAIL_TRY(usable());
  auto old = db_.prepare(
      "SELECT coalesce((SELECT contents_id FROM contents WHERE path = ?1), (SELECT max(contents_id) + 1 FROM contents), 0)");
  UPTRAIL_TRY(old);
  old->bind(contents.path);
  const auto found = old->step();
  UPTRAIL_TRY(found);
  const std::int64_t id = old->integer(0);
  old->reset();
  UPTRAIL_TRY(keep(db_.exec("DELETE FROM contents_groups WHERE contents_id = " + std::to_string(id))));
  auto row = db_.prepare(insert_sql(kContents, false, "INSERT OR REPLACE"));
  UPTRAIL_TRY(row);
  UPTRAIL_TRY(keep(row->run(id, contents.path, contents.format)));
  auto groups = inserter(kContentsGroups, false);
  UPTRAIL_TRY(groups);
  std::int64_t n = 0;
  for (const Contents::Group& g : contents.groups) {
    UPTRAIL_TRY(
        keep(groups->run(id, n++, member_fate_name(g.fate), g.members, g.where, g.detail, g.command, joined(g.examples))));
  }
  return done();
}

Result<std::vector<Contents>> SqliteCaseReader::contents() {
  std::vector<Contents> out;
  auto rows = db_->prepare("SELECT contents_id, path, format FROM contents ORDER BY path, contents_id");
  UPTRAIL_TRY(rows);
  auto groups = db_->prepare(
      "SELECT fate, members, place, detail, command, examples FROM contents_groups WHERE contents_id = ?1 ORDER BY n");
  UPTRAIL_TRY(groups);
  for (auto more = rows->step();; more = rows->step()) {
    UPTRAIL_TRY(more);
    if (!*more) {
      return out;
    }
    Row row(*rows);
    const std::int64_t id = row.i64();
    Contents contents;
    contents.path = row.text();
    contents.format = row.text();
    groups->bind(id);
    for (auto next = groups->step();; next = groups->step()) {
      UPTRAIL_TRY(next);
      if (!*next) {
        break;
      }
      Row group_row(*groups);
      Contents::Group group;
      group.fate = group_row.named<MemberFate>(member_fate_name, kMemberFates);
      group.members = group_row.count<std::uint64_t>();
      group.where = group_row.text();
      group.detail = group_row.text();
      group.command = group_row.text();
      group.examples = lines_of(group_row.text());
      if (group_row.bad()) {
        return impossible("contents_groups");
      }
      contents.groups.push_back(std::move(group));
    }
    out.push_back(std::move(contents));
  }
}

}  // namespace uptrail::trace
