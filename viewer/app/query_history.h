// The statements in SQL that a user has run, kept between two runs of the program: one a line, with \n, \r, \t and \\ written
// out, the newest first. Bad lines are left out.
#pragma once

#include <string>
#include <vector>

namespace uptrail::viewer {

std::string query_history_path();  // beside the settings; "": there is no home
std::vector<std::string> parse_query_history(const std::string& text);
std::string query_history_text(const std::vector<std::string>& history);

std::vector<std::string> load_query_history(const std::string& path);  // empty when there is no file
// As far as possible. What another window has added meanwhile stays, below; an empty history empties the file. "" does nothing.
void save_query_history(const std::string& path, const std::vector<std::string>& history);

}  // namespace uptrail::viewer
