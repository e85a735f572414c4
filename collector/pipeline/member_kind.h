// What a member of a folder or an archive is, when it is neither a log nor a store: by its first bytes. And the commands that
// make something readable out of Apple's own bundles.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "collector/model/contents.h"

namespace uptrail {

// The lines of the system that tell about background transfers. The commands of `uptrail howto` use the same; com.example.app
// stands for the app.
inline constexpr std::string_view kLogPredicate =
    "subsystem == \"com.example.app\" OR subsystem == \"com.apple.CFNetwork\" OR process == \"nsurlsessiond\" OR "
    "process == \"runningboardd\" OR process == \"SpringBoard\" OR process == \"dasd\" OR "
    "eventMessage CONTAINS \"handleEventsForBackgroundURLSession\"";

// log_archive, result_bundle, instruments_trace, crash_report or picture; nullopt: none of these.
std::optional<MemberFate> recognise_other(std::string_view head);

// The bundle folder around a recognised member: "x.tar.gz!/system_logs.logarchive" of a tracev3 file inside it. "": a file on its
// own.
std::string bundle_of(MemberFate fate, std::string_view member);
// The bundle that a path lies in by its name alone; "": none. To be believed only when a member of it was recognised.
std::string_view bundle_prefix(std::string_view path);

struct Advice {
  std::string detail;   // "Apple's binary log"
  std::string command;  // may be ""
};
// `path`: of the bundle or file, as shown; what lies inside an archive must be unpacked first, and the command does that.
Advice advice_for(MemberFate fate, std::string_view path);

}  // namespace uptrail
