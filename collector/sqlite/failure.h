// Result codes of SQLite as errors. Private to this folder.
#pragma once

#include <string>

#include "collector/base/result.h"

struct sqlite3;

namespace uptrail::sqlite {

// `db` may be null: then only the code speaks.
Error failure(int code, sqlite3* db, const std::string& path);

}  // namespace uptrail::sqlite
