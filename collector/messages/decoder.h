// Record -> Events. Event JSON first (whatever the container), then the message catalogue.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/result.h"
#include "collector/model/event.h"
#include "collector/model/record.h"
#include "collector/model/record_filter.h"

namespace uptrail {

enum class Relevance : std::uint8_t { matched, related, irrelevant };

// What one record gave. Events have their fact part set (kind … fields, span, t_src from the record); nothing assigned.
struct Decoded {
  Relevance relevance = Relevance::irrelevant;
  std::vector<Event> events;          // usually 0 or 1
  std::vector<Issue> issues;          // event JSON with a wrong type, and the like; the record still counts as matched or related
  Observer observer = Observer::sys;  // who wrote the line, for stream and coverage, also when nothing matched
  bool known = false;                 // of a related line: a pattern knows it, it tells no event
  LineSubject about;                  // what a related line names
};

class Catalogue;  // catalogue.h: the message patterns, immutable after loading, shared between threads

// Not thread-safe; one per reading thread.
class Decoder {
 public:
  explicit Decoder(std::shared_ptr<const Catalogue> catalogue);
  ~Decoder();
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  // `out` is cleared first; reuse it.
  void decode(const Record& record, Decoded& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Says which records decode() may find something in: all but those that it calls irrelevant, without an issue. One per thread.
class RelevanceFilter final : public RecordFilter {
 public:
  explicit RelevanceFilter(std::shared_ptr<const Catalogue> catalogue);
  ~RelevanceFilter() override;
  bool may_matter(const Record& record) override;
  bool judges_by_text(std::string_view process) override;
  bool text_may_matter(std::string_view message) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The catalogue that is compiled into the program (schemas/messages/*.json). Checks every sample; an error is our own fault.
Result<std::shared_ptr<const Catalogue>> builtin_catalogue();
// The same plus user files (their text; `name` for messages). A pattern that does not match its own samples is an error. User
// files come before the built-in ones of libraries (library_*.json): an app knows better what a line of its means.
struct CatalogueText {
  std::string name;
  std::string json;
  bool built_in = false;
};
Result<std::shared_ptr<const Catalogue>> load_catalogue(const std::vector<CatalogueText>& files);

// Event <-> one line of event JSON (docs/events.md). decode never throws; issues say what was not understood; nullopt: not an
// event at all (no "uptrail" and no known "kind").
std::string encode_event_json(const Event& event);
std::optional<Event> decode_event_json(std::string_view line, std::vector<Issue>& issues);

}  // namespace uptrail
