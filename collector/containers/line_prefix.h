// What a terminal, an editor or a tool put before every line of a copied log: numbers, quote marks, colours, names.
//
// A container has nothing to do for it: recognise() looks behind prefixes when no container is sure of the text as it stands,
// and read_records() gives the container the text without them. Spans, line numbers and Record::raw are mapped back to the file
// as it is; Record::message and the other fields have no prefix, in continuation lines neither. Two rules for a container:
// sniff() must be strict about how a line begins (one that finds its header anywhere in a line hides the prefix), and offsets it
// reports must be where lines begin and end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace uptrail {

enum class PrefixKind : std::uint8_t {
  colour,           // escape sequences of a terminal, anywhere in the line
  tool_time,        // "[   +1 ms] ", "[        ] [DEVICE LOG] "
  device,           // "[iPhone 6s] "
  device_process,   // "[iPhone 6s] proc: "
  quote,            // "> "
  file_name,        // "file.log:"
  line_number,      // "1323   :", "12:", "13-", "\t Line 65: ", "65\t", "65 | "
  numbered_column,  // "  65  text": nothing but blanks behind the number
};

// One thing that stands before the text.
struct PrefixLayer {
  PrefixKind kind = PrefixKind::quote;
  std::string name;        // device, device_process, file_name: the same in every line
  std::string separator;   // line_number: what stands behind the number
  bool gap = false;        // line_number: and one blank behind it
  std::size_t column = 0;  // numbered_column: where the text of most lines begins
};

struct LinePrefix {
  std::vector<PrefixLayer> layers;  // from the outside in; empty: no prefix
  std::size_t wrap_width = 0;       // lines were broken at this width by the tool; 0: they were not
  [[nodiscard]] bool empty() const { return layers.empty(); }
  [[nodiscard]] std::string text() const;  // "line numbers and quote marks"
};

// `line` without its prefix; a line that has none comes back as it is. Made in `scratch` when there were colours.
// `without_tool_time` is set when a tool_time layer was looked for and not found.
std::string_view strip_prefix(const LinePrefix& prefix, std::string_view line, std::string& scratch, bool& without_tool_time);

// The layers that most lines of `head` have; which of them counts is for recognise() to say.
std::vector<PrefixLayer> possible_layers(std::string_view head, bool complete);
// The width at which the tool of a tool_time layer broke the lines; 0: it did not.
std::size_t wrap_width_of(const PrefixLayer& layer, std::string_view head, bool complete);

}  // namespace uptrail
