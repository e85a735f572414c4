// A persisted task store: what a process wrote down to remember. One reader a store; a store speaks of one moment.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/result.h"
#include "collector/base/time.h"
#include "collector/model/event.h"

namespace uptrail {

// How much of a file may_be() is given; the whole file when it is shorter.
inline constexpr std::size_t kStoreHeadBytes = 64U << 10U;

struct StoreInfo {
  std::string_view id;  // "nsurlsessiond_tasks"
  std::string_view title;
  std::string_view doc;
  std::string_view requires_structure;  // "table session_tasks(identifier, session_id, …)"
  // True: the files of one folder() that are this store's, each found by its content, are read together. The first by name is
  // the main file, the others are parts.
  bool gathers = false;
  // True: belongs() may say yes; other files around the main file are looked at.
  bool has_parts = false;
};

// Another file of a store than its main file (and -wal).
struct StorePart {
  std::string name;          // its path below the folder of the main file: "blobs/ab12"
  std::string private_path;  // of the copy; empty: known by belongs(), but larger than kMaxStorePart and not copied
  std::uint64_t size = 0;    // bytes
  std::optional<TimeNs> modified;
};
inline constexpr std::uint64_t kMaxStorePart = 16U << 20U;

// The file with its companions, already copied to a private place; the reader may open them as it likes.
struct StoreFiles {
  std::string shown_path;    // for messages
  std::string private_path;  // the copy of the main file; "-wal" beside it when has_wal
  bool has_wal = false;
  TimeNs modified;                 // newest mtime of main file and -wal: when the store was last written; parts have their own
  std::vector<StorePart> parts{};  // by name
  // Of gathered files shown_path is their folder, and this is the name of the main file in it; "": there is just one.
  std::string name{};
};

struct StoreStats {
  std::uint64_t read = 0;      // rows
  std::uint64_t matched = 0;   // rows that gave an event
  std::uint64_t unparsed = 0;  // rows that could not be understood (an issue says why)
};

class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual bool event(Event event) = 0;  // false: stop (cancelled)
  virtual void issue(const Issue& issue) = 0;
};

class Store {
 public:
  virtual ~Store() = default;
  [[nodiscard]] virtual const StoreInfo& info() const = 0;
  // Cheap look at the head of a file (its first kStoreHeadBytes): could it be this store at all? Must say no to logs: a file that
  // may be a store is copied before probe() decides.
  [[nodiscard]] virtual bool may_be(std::string_view head) const = 0;
  // Where the store lies of which `path` is a file: a leading part of `path`, without the last "/". The default is the folder in
  // which the file lies.
  [[nodiscard]] virtual std::string_view folder(std::string_view path) const;
  // Does the file with this name, below the folder of the store, belong to it? Asked of names alone, because parts (bodies,
  // blobs) may hold anything: say yes only to names that nobody else would use.
  [[nodiscard]] virtual bool belongs(std::string_view name) const;
  // Is the required structure there? `why` gets the reason either way. Asked of the main file alone: there are no parts yet.
  virtual Result<bool> probe(const StoreFiles& files, std::string& why) const = 0;
  virtual Result<StoreStats> read(const StoreFiles& files, EventSink& sink) const = 0;
};

std::span<const Store* const> builtin_stores();

}  // namespace uptrail
