// The line of Apple's that tells an event, from the message catalogue.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collector/messages/catalogue.h"
#include "collector/model/event.h"

namespace uptrail::simulate {

struct LogMessage {
  const MessagePattern* pattern = nullptr;  // lives as long as the catalogue
  std::string text;
  std::vector<std::string_view> not_shown;  // names of the event's fields that are not read from the line as they are
};

class MessageWriter {
 public:
  // The catalogue must outlive it. `redacted`: bundle and session identifier are <private> in nsurlsessiond's lines.
  MessageWriter(const Catalogue& catalogue, bool redacted);
  // Of the lines that tell such events, the one that shows most of this one; between equals the usual one. nullopt: none does.
  [[nodiscard]] std::optional<LogMessage> message(const Event& event) const;

 private:
  [[nodiscard]] std::optional<LogMessage> try_pattern(const MessagePattern& pattern, const Event& event) const;

  const Catalogue& catalogue_;
  bool redacted_;
  std::map<std::pair<Observer, EventKind>, std::vector<const MessagePattern*>> patterns_;  // the usual one first
};

}  // namespace uptrail::simulate
