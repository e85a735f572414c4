// The files of a store, as bytes. Private to this folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/result.h"
#include "collector/base/time.h"
#include "collector/stores/store.h"

namespace uptrail {

// All bytes of a private copy. Errors name `shown_path`: unreadable, or larger than `most` bytes. An empty `private_path` stands
// for a part that was too large to be copied.
Result<std::string> read_store_file(const std::string& private_path, const std::string& shown_path, std::uint64_t most);

// The last part of a path.
std::string file_name(std::string_view path);

// One of many files of a store that each tell for themselves.
struct StoreFile {
  std::string name;  // below the folder of the store
  std::string private_path;
  TimeNs modified;
};
// The main file and its parts, in the order of their names.
std::vector<StoreFile> all_files(const StoreFiles& files);
// When the newest of them was last written.
TimeNs last_written(const std::vector<StoreFile>& files);

}  // namespace uptrail
