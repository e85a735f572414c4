// Reads one input into a case: recognises it, writes its events and lines, keeps the account.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "collector/base/byte_source.h"
#include "collector/base/file_tree.h"
#include "collector/base/result.h"
#include "collector/containers/container.h"
#include "collector/input/input.h"
#include "collector/messages/decoder.h"
#include "collector/pipeline/collect.h"
#include "collector/pipeline/sightings.h"
#include "collector/pipeline/skimmed_source.h"
#include "collector/pipeline/streams.h"
#include "collector/stores/store.h"
#include "collector/trace/case_file.h"

namespace uptrail {

// Lines kept before and after each matched or related record.
inline constexpr std::size_t kContextLines = 2;
// A stored line is cut to this; the span in its source stays whole.
inline constexpr std::size_t kMaxRawBytes = 64U << 10U;

// What all inputs of one run share. Nothing is owned but what is filled.
struct IntakeContext {
  CaseWriter& writer;
  Decoder& decoder;
  const std::function<void(const Progress&)>& progress;
  const std::atomic<bool>* cancel = nullptr;
  Sightings sightings;
  std::vector<ObserverSeen> observers;
  std::vector<std::string> message_files{};      // beside the built-in ones
  std::vector<Contents> contents{};              // of the folders and archives read so far
  const FileTree* tree = nullptr;                // set while its members are read: progress is that of the whole
  std::shared_ptr<const Catalogue> catalogue{};  // the decoder's; nullptr: nothing is skimmed
  ReadingOptions reading{};
  std::vector<std::shared_ptr<const Store>> stores{};  // beside the built-in ones, and asked before them
  std::vector<const Store*> stores_used{};             // those that an input was
  [[nodiscard]] bool cancelled() const { return cancel != nullptr && cancel->load(std::memory_order_relaxed); }
};

enum class Taken : std::uint8_t { added, duplicate, unrelated };

struct TakeOptions {
  bool if_relevant = false;                      // kept only when a record was matched or related; else Taken::unrelated
  const std::optional<Error>* damage = nullptr;  // looked at when the source has been read: becomes an issue
};

// A file, a folder, an archive, "-". Errors: unreadable (cannot be opened, empty, nothing recognised, a case file), interrupted,
// or whatever the case says. After an error nothing of the input is left in the case.
Result<Taken> take_path(IntakeContext& context, const std::string& path);
Result<Taken> take_source(IntakeContext& context, std::unique_ptr<ByteSource> source, const std::string& path);

// One log that was recognised (found.chosen is there).
Result<Taken> take_container(IntakeContext& context, PeekedSource& peeked, const Recognition& found, const std::string& path,
                             const TakeOptions& options);

// True when the bytes are a SQLite database.
bool looks_like_sqlite(std::string_view head);

}  // namespace uptrail
