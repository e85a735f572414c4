// Identifiers of sessions that carry more than a name. GTMSessionFetcher keeps no store: it writes what it must remember into the
// identifier, "com.google.GTMSessionFetcher_<UUID>_<JSON>", and makes a new session for each chunk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/base/ids.h"

namespace uptrail {

inline constexpr std::string_view kGtmPrefix = "com.google.GTMSessionFetcher_";

// "" and nullopt: not said.
struct GtmSession {
  Uuid uuid;
  bool whole = true;  // false: the JSON is cut or damaged; what stood before that is here
  std::optional<bool> chunk;
  std::optional<std::int64_t> offset, chunk_size, file_length;  // bytes; chunk_size: only when the file is sent in chunks
  std::string location;                                         // where the server keeps the upload
  std::string upload_file, body_file, destination_file, mime_type;
  std::optional<bool> client_reconnects, cellular;
};

// nullopt: not of GTMSessionFetcher.
std::optional<GtmSession> gtm_session(std::string_view identifier);

// How people are shown an identifier: short when a library has made it long. "GTMSessionFetcher 3F2504E0"
std::string shown_identifier(std::string_view identifier);

// What an identifier says besides naming the session: ("Upload offset", "5242880 of 20971520 bytes").
std::vector<std::pair<std::string, std::string>> facts_in_identifier(std::string_view identifier);

// The same as a sentence without its point, for stories; "" when it says nothing.
std::string sentence_of_identifier(std::string_view identifier);

}  // namespace uptrail
