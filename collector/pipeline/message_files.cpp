#include "collector/pipeline/message_files.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "collector/base/text.h"
#include "collector/input/input.h"

namespace uptrail {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxMessageFile = 16U << 20U;
constexpr std::size_t kMaxFilesInFolder = 1000;
constexpr const char* kLeaveOut = "mend or remove it, or leave such files out: --no-user-messages";

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing here changes the environment
  return value != nullptr ? value : "";
}

Result<std::vector<std::string>> files_in(const std::string& folder) {
  std::vector<std::string> out;
  std::error_code problem;
  if (folder.empty() || !fs::exists(folder, problem)) {
    return out;
  }
  fs::directory_iterator it(folder, problem);
  for (; !problem && it != fs::directory_iterator(); it.increment(problem)) {
    const std::string name = it->path().filename().string();
    std::error_code ignored;
    if (name.front() != '.' && ends_with_ignore_case(name, ".json") && !it->is_directory(ignored)) {
      out.push_back(it->path().string());
    }
    if (out.size() > kMaxFilesInFolder) {
      return fail(ErrorKind::limit, "more than 1000 message files", folder);
    }
  }
  if (problem) {
    return fail(ErrorKind::unreadable, "cannot be read: " + problem.message(), folder);
  }
  std::sort(out.begin(), out.end());
  return out;
}

Error with_hint(Error error) {
  error.hint = kLeaveOut;
  return error;
}

}  // namespace

std::string user_message_folder() {
  const std::string xdg = environment("XDG_CONFIG_HOME");
  if (!xdg.empty() && xdg.front() == '/') {
    return xdg + "/uptrail/messages";
  }
  const std::string home = environment("HOME");
  return home.empty() ? std::string() : home + "/.config/uptrail/messages";
}

Result<std::vector<CatalogueText>> read_message_files(const MessageFiles& wanted) {
  const auto in_folder = files_in(wanted.folder);
  if (!in_folder.ok()) {
    return with_hint(in_folder.error());
  }
  std::vector<std::string> paths = wanted.named;
  paths.insert(paths.end(), in_folder->begin(), in_folder->end());
  std::vector<CatalogueText> out;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    auto text = read_small_file(paths[i], kMaxMessageFile);
    if (!text.ok()) {
      return i < wanted.named.size() ? text.error() : with_hint(text.error());
    }
    const bool known = std::any_of(out.begin(), out.end(), [&](const CatalogueText& t) { return t.json == *text; });
    if (!known) {
      out.push_back({paths[i], text.take()});
    }
  }
  return out;
}

Result<LoadedMessages> load_message_files(const MessageFiles& wanted) {
  const auto texts = read_message_files(wanted);
  UPTRAIL_TRY(texts);
  LoadedMessages out;
  if (texts->empty()) {
    auto catalogue = builtin_catalogue();
    UPTRAIL_TRY(catalogue);
    out.catalogue = catalogue.take();
    return out;
  }
  auto catalogue = load_catalogue(*texts);
  if (!catalogue.ok()) {
    const std::string& path = catalogue.error().path;
    const bool named = std::find(wanted.named.begin(), wanted.named.end(), path) != wanted.named.end();
    return named ? catalogue.error() : with_hint(catalogue.error());
  }
  out.catalogue = catalogue.take();
  for (const CatalogueText& text : *texts) {
    out.files.push_back(text.name);
  }
  return out;
}

}  // namespace uptrail
