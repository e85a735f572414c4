// Task stores: from a private copy into the case. Private to this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collector/input/input.h"
#include "collector/pipeline/intake.h"

namespace uptrail {

// A store on disk, copied first.
Result<Taken> take_sqlite(IntakeContext& context, std::string_view head, const std::string& path);
// A store that lies in a private place already. `issues` are noted with the source. ErrorKind::unreadable: no known store.
Result<Taken> take_sqlite_copy(IntakeContext& context, std::string_view head, const SqliteCopy& copy, const std::string& path,
                               std::vector<Issue> issues);
// Could the SQLite file with this head be a store at all?
bool may_be_store(std::string_view head);

}  // namespace uptrail
