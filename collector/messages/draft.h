// From the lines of an unknown log to a message file that a person finishes: `uptrail messages draft`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "collector/base/result.h"
#include "collector/messages/decoder.h"

namespace uptrail {

struct DraftedMessages {
  std::string json;             // a message file that loads, beside the catalogue it was made with
  std::size_t messages = 0;     // in the file
  std::size_t left_out = 0;     // templates that are not in it
  std::uint64_t lines = 0;      // all that were added
  std::uint64_t known = 0;      // understood already
  std::uint64_t of_system = 0;  // written by the system's own processes and libraries
  std::uint64_t covered = 0;    // that the file's patterns came from
  bool nameless = false;        // a log whose lines name no process
};

// Cuts lines into templates and counts them. The same lines in the same order give the same draft. Memory is bounded: templates
// that differ in one word are folded when they become too many, and then new ones are only counted.
class MessageDraft {
 public:
  // `known`: what is understood already and needs no draft.
  explicit MessageDraft(std::shared_ptr<const Catalogue> known);
  ~MessageDraft();
  MessageDraft(const MessageDraft&) = delete;
  MessageDraft& operator=(const MessageDraft&) = delete;

  void add(const Record& record);
  // The templates that have most to do with uploads first, then the frequent ones. Without `all`, those that have nothing to do
  // with uploads are left out. An error is our own fault.
  [[nodiscard]] Result<DraftedMessages> finish(std::size_t max_messages, bool all);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace uptrail
