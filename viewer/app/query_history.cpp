#include "viewer/app/query_history.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "collector/base/text.h"
#include "viewer/app/platform.h"
#include "viewer/panels/state.h"

namespace uptrail::viewer {

namespace {

std::string escaped(const std::string& sql) {
  std::string out;
  for (const char c : sql) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// "" when it is none of ours.
std::string unescaped(std::string_view line) {
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\\') {
      out += line[i];
      continue;
    }
    if (++i == line.size()) return "";
    constexpr std::string_view kLetters = "\\nrt";
    constexpr std::string_view kMeant = "\\\n\r\t";
    const std::size_t at = kLetters.find(line[i]);
    if (at == std::string_view::npos) return "";
    out += kMeant[at];
  }
  return is_valid_utf8(out) ? out : "";
}

}  // namespace

std::string query_history_path() {
  const std::string dir = config_dir();
  return dir.empty() ? "" : dir + "/queries.txt";
}

std::vector<std::string> parse_query_history(const std::string& text) {
  std::vector<std::string> history;
  for (const std::string_view line : split(text, '\n')) {
    const std::string sql = unescaped(line);
    if (sql.size() > kMaxQueryBytes || trim(sql).empty()) continue;
    if (history.size() >= kRememberedQueries) break;
    if (std::find(history.begin(), history.end(), sql) == history.end()) history.push_back(sql);
  }
  return history;
}

std::string query_history_text(const std::vector<std::string>& history) {
  std::string out;
  for (const std::string& sql : history) out += escaped(sql) + "\n";
  return out;
}

std::vector<std::string> load_query_history(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (path.empty() || !in) return {};
  std::ostringstream text;
  text << in.rdbuf();
  return parse_query_history(text.str());
}

void save_query_history(const std::string& path, const std::vector<std::string>& history) {
  if (path.empty()) return;
  std::vector<std::string> all = history;
  if (!history.empty()) {
    for (const std::string& other : load_query_history(path)) {
      if (all.size() >= kRememberedQueries) break;
      if (std::find(all.begin(), all.end(), other) == all.end()) all.push_back(other);
    }
  }
  std::error_code failed;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), failed);
  if (failed) return;
  const std::string beside = path + ".new";
  {
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out << query_history_text(all);
    if (!out.flush()) return;
  }
  std::filesystem::rename(beside, path, failed);
}

}  // namespace uptrail::viewer
