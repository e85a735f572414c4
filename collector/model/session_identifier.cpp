#include "collector/model/session_identifier.h"

#include "collector/base/text.h"
#include "collector/model/json_scan.h"

namespace uptrail {

namespace {

constexpr std::size_t kUuidLength = 36;
constexpr std::size_t kMaxText = 2000;
constexpr int kMaxDepth = 16;  // of what an app adds itself
// "As much as there is": the file is sent at once.
constexpr std::int64_t kWholeFile = INT64_MAX;

class Metadata : private JsonScan {
 public:
  Metadata(std::string_view json, GtmSession& out) : JsonScan(json), out_(out) {}

  bool read() {
    const bool good = object([&](std::string_view key) { return member(std::string(key)); });
    blanks();
    return good && at_ == text_.size();
  }

 private:
  bool member(const std::string& key) {
    blanks();
    const char first = at_ < text_.size() ? text_[at_] : '\0';
    if (first == '"') {
      std::string value;
      if (!string(value)) {
        return false;
      }
      set_text(key, value);
      return true;
    }
    if (first == 't' || first == 'f') {
      set_flag(key, first == 't');
      return word(first == 't' ? "true" : "false");
    }
    if (first == '{' || first == '[' || first == 'n') {
      return skip(0);
    }
    const std::string_view digits = number_text();
    if (const auto value = parse_int(digits)) {
      set_number(key, *value);
    }
    return parse_double(digits).has_value();
  }

  // A value that the app has added.
  bool skip(int depth) {
    blanks();
    const char first = at_ < text_.size() ? text_[at_] : '\0';
    if (depth > kMaxDepth) {
      return false;
    }
    if (first == '{') {
      return object([&](std::string_view /*key*/) { return skip(depth + 1); });
    }
    if (first == '[') {
      ++at_;
      if (eat(']')) {
        return true;
      }
      do {
        if (!skip(depth + 1)) {
          return false;
        }
      } while (eat(','));
      return eat(']');
    }
    std::string ignored;
    return first == '"' ? string(ignored)
                        : word("true") || word("false") || word("null") || parse_double(number_text()).has_value();
  }

  void set_text(const std::string& key, const std::string& value) {
    std::string* to = key == "_upLocURL"     ? &out_.location
                      : key == "_upFileURL"  ? &out_.upload_file
                      : key == "_bodyURL"    ? &out_.body_file
                      : key == "_destURL"    ? &out_.destination_file
                      : key == "_uploadMIME" ? &out_.mime_type
                                             : nullptr;
    if (to != nullptr) {
      *to = ellipsize(to_valid_utf8(value), kMaxText);
    }
  }
  void set_flag(const std::string& key, bool value) {
    if (key == "_upChunk") {
      out_.chunk = value;
    } else if (key == "_clientWillReconnect") {
      out_.client_reconnects = value;
    } else if (key == "_upAllowsCellularAccess") {
      out_.cellular = value;
    }
  }
  void set_number(const std::string& key, std::int64_t value) {
    if (value < 0) {
      return;  // not known
    }
    if (key == "_upOffset") {
      out_.offset = value;
    } else if (key == "_upFileLen") {
      out_.file_length = value;
    } else if (key == "_upChSize") {
      out_.chunk_size = value < kWholeFile ? std::optional(value) : std::nullopt;
    } else if (value <= 1) {
      set_flag(key, value == 1);
    }
  }

  GtmSession& out_;
};

std::string bytes_text(std::int64_t bytes) { return count_of(static_cast<std::uint64_t>(bytes), "byte"); }

std::string offset_text(const GtmSession& session) {
  return session.file_length ? std::to_string(*session.offset) + " of " + bytes_text(*session.file_length)
                             : bytes_text(*session.offset);
}

}  // namespace

std::optional<GtmSession> gtm_session(std::string_view identifier) {
  if (!identifier.starts_with(kGtmPrefix)) {
    return std::nullopt;
  }
  const std::string_view rest = identifier.substr(kGtmPrefix.size());
  const auto uuid = Uuid::parse(rest.substr(0, kUuidLength));
  if (!uuid) {
    return std::nullopt;
  }
  GtmSession out;
  out.uuid = *uuid;
  const std::string_view tail = rest.substr(kUuidLength);
  if (!tail.empty()) {
    out.whole = tail.front() == '_' && Metadata(tail.substr(1), out).read();
  }
  return out;
}

std::string shown_identifier(std::string_view identifier) {
  constexpr std::size_t kShown = 8;
  const auto gtm = gtm_session(identifier);
  return gtm ? "GTMSessionFetcher " + gtm->uuid.text().substr(0, kShown) : std::string(identifier);
}

std::vector<std::pair<std::string, std::string>> facts_in_identifier(std::string_view identifier) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto gtm = gtm_session(identifier);
  if (!gtm) {
    return out;
  }
  const auto add = [&](const char* name, std::string value) {
    if (!value.empty()) {
      out.emplace_back(name, std::move(value));
    }
  };
  const auto yes = [](std::optional<bool> value) { return !value ? "" : *value ? "yes" : "no"; };
  add("Identifier", std::string(identifier));
  add("Upload offset", gtm->offset ? offset_text(*gtm) : "");
  add("File length", gtm->file_length && !gtm->offset ? bytes_text(*gtm->file_length) : "");
  add("Chunk size", gtm->chunk_size ? bytes_text(*gtm->chunk_size) : "");
  add("Sends a chunk", yes(gtm->chunk));
  add("Upload location", gtm->location);
  add("Upload file", gtm->upload_file);
  add("Body file", gtm->body_file);
  add("Destination", gtm->destination_file);
  add("Type", gtm->mime_type);
  add("App reconnects", yes(gtm->client_reconnects));
  add("Cellular", yes(gtm->cellular));
  add("Metadata", gtm->whole ? "" : "cut off or damaged");
  return out;
}

std::string sentence_of_identifier(std::string_view identifier) {
  const auto gtm = gtm_session(identifier);
  if (!gtm) {
    return {};
  }
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (!gtm->upload_file.empty() || !gtm->body_file.empty()) {
    add("it sends " + (gtm->upload_file.empty() ? gtm->body_file : gtm->upload_file));
  }
  if (gtm->offset) {
    add("from offset " + offset_text(*gtm) + " on");
  }
  if (gtm->chunk_size) {
    add(bytes_text(*gtm->chunk_size) + " a chunk");
  }
  if (!gtm->location.empty()) {
    add("to " + gtm->location);
  }
  if (gtm->client_reconnects) {
    add(std::string("the app is ") + (*gtm->client_reconnects ? "" : "not ") + "to reconnect to it");
  }
  if (!gtm->whole) {
    add("the rest of it is cut off or damaged");
  }
  return text.empty() ? text : "GTMSessionFetcher wrote into its identifier: " + text;
}

}  // namespace uptrail
