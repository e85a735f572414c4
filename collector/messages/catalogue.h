// The message patterns of CFNetwork, nsurlsessiond and the system, as data: schemas/messages/*.json and users' own files.
#pragma once

#include <array>
#include <bitset>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/result.h"
#include "collector/messages/pattern.h"
#include "collector/messages/subject.h"
#include "collector/model/event.h"
#include "collector/model/record.h"

namespace uptrail {

enum class Provenance : std::uint8_t { seen, format };  // seen in a real log; known as a format string only

struct MessagePattern {
  std::string id;    // unique over all files
  std::string file;  // for messages
  std::string text;  // as written
  // Names; kAppProcess: any process, line sent by CFNetwork (nsurlsessiond excluded); kAnyProcess: any process and sender.
  std::vector<std::string> processes;
  Observer observer = Observer::sys;
  std::optional<EventKind> kind;  // nullopt: a known line that tells no event; it counts as related
  EventConfidence confidence = EventConfidence::parsed;
  Provenance provenance = Provenance::format;
  std::string os;             // versions it was seen on; "": not known
  std::string library;        // the library that logs it, its version and file; "": the app itself, or the system
  std::string note;           // for people
  bool built_in = false;      // of a file that is compiled in
  bool about_logger = false;  // process and pid of the event are the record's
  // Same text from a process of another role: without a process name it cannot be told.
  bool ambiguous = false;
  Fields constants;
  std::vector<Field> unset;  // captured by the subject, but not to be taken
  CompiledPattern compiled;
  std::optional<CompiledPattern> bare;  // for patterns whose subject may be missing
  struct Sample {
    std::string line;
    std::string process;
    std::string gives;  // the event's fields as one JSON object
  };
  std::vector<Sample> samples;
};
inline constexpr std::string_view kAppProcess = "*app*";
inline constexpr std::string_view kAnyProcess = "*any*";

struct MessageMatch {
  const MessagePattern* pattern = nullptr;  // lives as long as the catalogue
  const CompiledPattern* compiled = nullptr;
  SubjectMatch subject;
  std::vector<Captured> captures;
  std::vector<std::uint32_t> candidates;  // scratch of the catalogue, kept for its capacity
};

// Immutable after loading; shared between threads.
class Catalogue {
 public:
  explicit Catalogue(std::vector<MessagePattern> patterns);
  Catalogue(const Catalogue&) = delete;
  Catalogue& operator=(const Catalogue&) = delete;

  [[nodiscard]] const std::vector<MessagePattern>& patterns() const { return patterns_; }
  [[nodiscard]] const MessagePattern* find(std::string_view id) const;
  // First pattern in catalogue order that fits; `text` is the record's trimmed message. False: none; subject is set anyway.
  bool match(const Record& record, std::string_view text, MessageMatch& out) const;
  // Do the patterns for this process begin with literal text, so that may_begin() knows them?
  [[nodiscard]] bool begins_literally(std::string_view process) const { return captures_first_.count(process) == 0; }
  // For the text, trimmed at its front, of such a process: may match() find a pattern or a subject? Looks at what they begin
  // with; a yes promises nothing.
  [[nodiscard]] bool may_begin(std::string_view text) const {
    return text.size() < 2 || (beginnings_[pair_of(text)] && begins_like_one(text));
  }
  // The line that the pattern describes; values as `values_of` gives them, or made up.
  [[nodiscard]] Result<std::string> render(std::string_view id, const PatternValues& values) const;

 private:
  // Patterns by the literal they begin with. An entry is twice the pattern's index, plus 1 for its form without subject.
  class Trie {
   public:
    void add(std::string_view literal, std::uint32_t entry);
    void collect(std::string_view text, std::vector<std::uint32_t>& out) const;

   private:
    struct Node {
      std::vector<std::pair<char, std::uint32_t>> children;
      std::vector<std::uint32_t> entries;
    };
    std::vector<Node> nodes_{1};
    std::array<std::uint32_t, 256> first_{};  // children of the root; 0: none
  };
  using Group = std::array<Trie, kSubjectCount>;

  void index(std::uint32_t i);
  [[nodiscard]] const Group* group_of(std::string_view process) const;
  bool try_entry(std::uint32_t entry, const Record& record, std::string_view text, MessageMatch& out) const;
  void mark_ambiguous();
  // Precondition: two bytes are there.
  static std::size_t pair_of(std::string_view text) {
    return static_cast<std::size_t>(static_cast<unsigned char>(text[0])) * 256 + static_cast<unsigned char>(text[1]);
  }
  void note_beginning(std::string_view literal);
  void note_beginnings(const MessagePattern& pattern);
  [[nodiscard]] bool begins_like_one(std::string_view text) const;

  std::vector<MessagePattern> patterns_;
  std::map<std::string, Group, std::less<>> by_process_;
  std::array<bool, 256> process_may_be_known_{};  // by a hash of its name
  Group anyone_;                                  // *app* and *any*
  Group nameless_;                                // all: for records that name no process
  // First two bytes of what subjects and patterns begin with, but for the daemon's patterns; and by these the whole.
  std::bitset<65536> beginnings_;
  std::map<std::size_t, std::vector<std::string>> literals_;
  std::set<std::string, std::less<>> captures_first_;  // processes with a pattern that begins with a capture; the daemon
};

// A catalogue of these files alone, without the built-in ones; as load_catalogue (decoder.h).
struct CatalogueText;
Result<std::shared_ptr<const Catalogue>> load_messages(const std::vector<CatalogueText>& files);
// Is the field one of those that the kind usually has (event_kinds.json)?
bool has_field(EventKind kind, Field field);
// The event that a match tells, without what only the record knows (time, span, logging process). Precondition: pattern->kind.
Event event_of(const MessageMatch& match, std::string_view text);
// What `render` needs to write the same line again.
PatternValues values_of(const MessageMatch& match, std::string_view text);

}  // namespace uptrail
