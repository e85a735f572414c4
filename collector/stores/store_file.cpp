#include "collector/stores/store_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "collector/base/path_names.h"

namespace uptrail {

Result<std::string> read_store_file(const std::string& private_path, const std::string& shown_path, std::uint64_t most) {
  std::error_code error;
  const auto size = private_path.empty() ? most + 1 : std::filesystem::file_size(private_path, error);
  if (error) {
    return fail(ErrorKind::unreadable, "cannot be read: " + error.message(), shown_path);
  }
  if (size > most) {
    return fail(ErrorKind::limit, "larger than " + std::to_string(most) + " bytes", shown_path);
  }
  std::string bytes(static_cast<std::size_t>(size), '\0');
  std::ifstream in(private_path, std::ios::binary);
  if (!bytes.empty() && !in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) {
    return fail(ErrorKind::unreadable, "cannot be read", shown_path);
  }
  return bytes;
}

std::string file_name(std::string_view path) { return std::string(last_part(path)); }

std::vector<StoreFile> all_files(const StoreFiles& files) {
  std::vector<StoreFile> out;
  out.push_back({files.name.empty() ? file_name(files.shown_path) : files.name, files.private_path, files.modified});
  for (const StorePart& part : files.parts) {
    out.push_back({part.name, part.private_path, part.modified.value_or(files.modified)});
  }
  std::stable_sort(out.begin(), out.end(), [](const StoreFile& a, const StoreFile& b) { return a.name < b.name; });
  return out;
}

TimeNs last_written(const std::vector<StoreFile>& files) {
  const auto newest = std::max_element(files.begin(), files.end(),
                                       [](const StoreFile& a, const StoreFile& b) { return a.modified < b.modified; });
  return newest == files.end() ? kTimeMin : newest->modified;
}

}  // namespace uptrail
