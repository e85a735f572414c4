#include "collector/sqlite/failure.h"

#include <sqlite3.h>

namespace uptrail::sqlite {

Error failure(int code, sqlite3* db, const std::string& path) {
  const std::string detail = db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  const int extended = db != nullptr ? sqlite3_extended_errcode(db) : code;
  switch (code & 0xff) {
    case SQLITE_NOTADB:
      return fail(ErrorKind::unreadable, "not an SQLite database", path);
    case SQLITE_CORRUPT:
      return fail(ErrorKind::malformed, "the database is damaged: " + detail, path);
    case SQLITE_CANTOPEN:
      return fail(ErrorKind::unreadable, "cannot open the database", path);
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return fail(ErrorKind::unreadable, "no permission", path);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fail(ErrorKind::unreadable, "the database is in use by another program", path);
    case SQLITE_READONLY:
      return fail(
          ErrorKind::unreadable,
          extended == SQLITE_READONLY ? "the database cannot be written" : "the database needs recovery and cannot be written",
          path);
    case SQLITE_FULL:
      return fail(ErrorKind::unreadable, "the disk is full", path);
    case SQLITE_IOERR:
      return fail(extended == SQLITE_IOERR_SHORT_READ ? ErrorKind::malformed : ErrorKind::unreadable,
                  "reading or writing the database failed: " + detail, path);
    case SQLITE_INTERRUPT:
      return fail(ErrorKind::interrupted, "interrupted", path);
    case SQLITE_TOOBIG:
      return fail(ErrorKind::limit, "a value in the database is too large", path);
    case SQLITE_NOMEM:
      return fail(ErrorKind::limit, "the database needs more memory than there is", path);
    default:
      return fail(ErrorKind::internal, "database: " + detail, path);
  }
}

}  // namespace uptrail::sqlite
