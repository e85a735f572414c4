// The patterns of a catalogue as plain data, and which of them fit how often: for `uptrail messages`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "collector/messages/decoder.h"

namespace uptrail {

struct MessageInfo {
  std::string id, file, pattern;
  std::vector<std::string> processes;
  std::string observer;
  std::string kind;        // "": tells no event
  std::string provenance;  // "seen" or "format"
  std::string library;     // "": the app itself, or the system
  bool built_in = false;
  std::size_t samples = 0;
};
std::vector<MessageInfo> messages_of(const Catalogue& catalogue);  // in the order in which they count

// Not thread-safe.
class MessageCounter {
 public:
  explicit MessageCounter(std::shared_ptr<const Catalogue> catalogue);
  ~MessageCounter();
  MessageCounter(const MessageCounter&) = delete;
  MessageCounter& operator=(const MessageCounter&) = delete;
  void add(const Record& record);
  // How often each pattern was the one that counted, in the order of messages_of().
  [[nodiscard]] const std::vector<std::uint64_t>& hits() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace uptrail
