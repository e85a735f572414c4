// A made-up case that uses every part of the model, and comparison of cases by a text form.
#pragma once

#include <string>

#include "collector/trace/case_file.h"

namespace uptrail::test {

Event sample_event(SourceId source, std::uint64_t seq, EventKind kind, std::int64_t t);
Source sample_source(const std::string& path, const std::string& hash);
std::vector<Stream> sample_streams();
Derived sample_derived();
// Everything a person or a rule could tell apart, one line a thing.
std::string dump(const Event& event);
std::string dump(const Source& source);
std::string dump(const Stream& stream);
std::string dump(const Derived& derived);
std::string dump(const CaseInfo& info);
// All of the above of one case, with its raw lines.
std::string dump(CaseReader& reader);
// Two sources, events in jumbled order, raw lines, everything derived; not committed.
void write_sample(CaseWriter& writer, const std::string& mark = "a");

}  // namespace uptrail::test
