// A persisted task store: what a process wrote down to remember. One reader a store; a store speaks of one moment.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/result.h"
#include "collector/base/time.h"
#include "collector/model/event.h"

namespace uptrail {

struct StoreInfo {
  std::string_view id;  // "nsurlsessiond_tasks"
  std::string_view title;
  std::string_view doc;
  std::string_view requires_structure;  // "table session_tasks(identifier, session_id, …)"
};

// The file with its companions, already copied to a private place; the reader may open them as it likes.
struct StoreFiles {
  std::string shown_path;    // for messages
  std::string private_path;  // the copy of the main file; "-wal" beside it when has_wal
  bool has_wal = false;
  TimeNs modified;  // newest mtime of main file and -wal: when the store was last written
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
  // Cheap look at the head of the main file (first kSniffBytes): could it be this store at all?
  [[nodiscard]] virtual bool may_be(std::string_view head) const = 0;
  // Is the required structure there? `why` gets the reason either way.
  virtual Result<bool> probe(const StoreFiles& files, std::string& why) const = 0;
  virtual Result<StoreStats> read(const StoreFiles& files, EventSink& sink) const = 0;
};

std::span<const Store* const> builtin_stores();

}  // namespace uptrail
