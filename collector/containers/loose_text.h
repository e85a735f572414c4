// Reads text whose lines mostly have no header: consoles that show messages alone, or with their data in a line below.
#pragma once

#include <string_view>

#include "collector/containers/container.h"

namespace uptrail {

class LooseStyle {
 public:
  virtual ~LooseStyle() = default;
  // This line begins a message, whatever is open above it.
  [[nodiscard]] virtual bool starts(std::string_view line) const = 0;
  // This line ends the message above it and belongs to it.
  [[nodiscard]] virtual bool ends(std::string_view line) const { return static_cast<void>(line), false; }
  // `out.message` is the text of one message; what its front says is taken off and set. `end`: the line that ended it, or empty.
  virtual void parse(std::string_view end, Record& out) = 0;
  // Why a line that ends a message is alone at the beginning of the source.
  [[nodiscard]] virtual std::string_view lonely_end() const { return {}; }
};

Status read_loose_text(ByteSource& source, RecordSink& sink, LooseStyle& style);

}  // namespace uptrail
