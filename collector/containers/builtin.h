// The containers of this build: each is made in its own file; registry.cpp lists them.
#pragma once

#include "collector/containers/container.h"

namespace uptrail {

const Container& event_ndjson_container();
const Container& event_script_container();
const Container& log_show_syslog_container();
const Container& log_show_default_container();
const Container& log_show_compact_container();
const Container& log_show_ndjson_container();
const Container& log_show_json_container();
const Container& console_copy_container();
const Container& xcode_container();
const Container& xcode15_container();
const Container& rct_log_container();
const Container& flutter_console_container();
const Container& app_log_container();
const Container& bare_container();
const Container& idevicesyslog_container();
const Container& syslog_relay_container();
const Container& asl_container();

}  // namespace uptrail
