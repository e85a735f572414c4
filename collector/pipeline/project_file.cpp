#include "collector/pipeline/project_file.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "collector/base/nearest.h"

namespace uptrail {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Names = std::vector<std::string>;

const Names& fail_on_words() {
  static const Names kWords = {"error", "warning", "info", "never"};
  return kWords;
}
const Names& unknown_words() {
  static const Names kWords = {"fail", "report", "pass"};
  return kWords;
}

Error wrong_key(const std::string& key, const std::string& where, const Names& known) {
  Error error = fail(ErrorKind::usage, "unknown key \"" + key + "\"" + where);
  const std::string meant = nearest(key, known);
  std::string all;
  for (const std::string& name : known) {
    all += (all.empty() ? "" : ", ") + name;
  }
  error.hint = meant.empty() ? "known are " + all : "did you mean " + meant + "?";
  return error;
}

Status one_of(const Json& value, const std::string& key, const Names& words, std::string& out) {
  std::string all;
  for (const std::string& word : words) {
    all += (all.empty() ? "" : ", ") + word;
  }
  if (!value.is_string() || std::find(words.begin(), words.end(), value.get_ref<const std::string&>()) == words.end()) {
    Error error = fail(ErrorKind::usage, "\"" + key + "\" is " + value.dump(-1, ' ', false, Json::error_handler_t::replace));
    error.hint = "one of " + all;
    return error;
  }
  out = value.get<std::string>();
  return done();
}

class ProjectReader {
 public:
  ProjectReader(ProjectFile& out, const std::string& today) : out_(out), today_(today) {}

  Status read(const Json& root) {
    if (!root.is_object()) {
      return fail(ErrorKind::usage, "the file is not one JSON object");
    }
    for (const auto& [key, value] : root.items()) {
      if (key == "rules") {
        UPTRAIL_TRY(rules(value));
      } else if (key == "check") {
        UPTRAIL_TRY(check(value));
      } else if (key == "messages") {
        UPTRAIL_TRY(files(value, key, out_.messages));
      } else if (key == "store_maps") {
        UPTRAIL_TRY(files(value, key, out_.store_maps));
      } else if (key != "$schema") {
        return wrong_key(key, "", {"rules", "check", "messages", "store_maps"});
      }
    }
    return done();
  }

 private:
  // Who finds a line in this file next year shall know why it is there.
  Status rules(const Json& value) {
    UPTRAIL_TRY(read_rules(value, today_, out_.rules, &out_.suppressions));
    for (const Suppression& s : out_.suppressions) {
      if (s.reason.empty()) {
        Error error = fail(ErrorKind::usage, "\"" + s.what + "\" is ignored without a reason");
        error.hint = R"(write {"rule": "RULE", "reason": "why", "expires": "2027-01-31"})";
        return error;
      }
    }
    return done();
  }

  Status check(const Json& value) {
    if (!value.is_object()) {
      return fail(ErrorKind::usage, "\"check\" is not an object");
    }
    for (const auto& [key, item] : value.items()) {
      if (key == "fail_on") {
        UPTRAIL_TRY(one_of(item, key, fail_on_words(), out_.fail_on));
      } else if (key == "could_not_tell") {
        UPTRAIL_TRY(one_of(item, key, unknown_words(), out_.could_not_tell));
      } else if (key == "baseline") {
        Names names;
        UPTRAIL_TRY(files(Json::array({item}), key, names));
        out_.baseline = names.front();
      } else if (key == "require") {
        UPTRAIL_TRY(required(item));
      } else {
        return wrong_key(key, " in \"check\"", {"fail_on", "could_not_tell", "baseline", "require"});
      }
    }
    return done();
  }

  Status required(const Json& list) {
    if (!list.is_array()) {
      return fail(ErrorKind::usage, "\"require\" is not a list");
    }
    for (const Json& item : list) {
      UPTRAIL_TRY(one_of(item, "require", evidence_names(), out_.require.emplace_back()));
    }
    return done();
  }

  Status files(const Json& list, const std::string& key, Names& out) const {
    if (!list.is_array()) {
      return fail(ErrorKind::usage, "\"" + key + "\" is not a list of files");
    }
    for (const Json& item : list) {
      if (!item.is_string() || item.get_ref<const std::string&>().empty()) {
        return fail(ErrorKind::usage, "\"" + key + "\" holds something that is no file name");
      }
      out.push_back((fs::path(out_.path).parent_path() / item.get<std::string>()).lexically_normal().string());
    }
    return done();
  }

  ProjectFile& out_;
  const std::string& today_;
};

}  // namespace

std::vector<std::string> evidence_names() { return {"app", "cfnetwork", "daemon", "system", "store"}; }

Result<ProjectFile> parse_project_file(std::string_view text, const std::string& path, const std::string& today) {
  ProjectFile out;
  out.path = path;
  Status status = done();
  try {
    status = ProjectReader(out, today).read(Json::parse(text));
  } catch (const Json::parse_error& e) {
    status = not_json(text, e.byte, R"(uptrail.json is written {"check": {"fail_on": "error"}, "rules": {"severity": {}}})");
  }
  if (!status.ok()) {
    Error error = status.error();
    error.path = path;
    return error;
  }
  return out;
}

std::string find_project_file(const std::string& folder) {
  std::error_code failed;
  for (fs::path at = folder; !at.empty(); at = at.parent_path()) {
    fs::path file = at / "uptrail.json";
    if (fs::is_regular_file(file, failed)) {
      return file.string();
    }
    if (at == at.root_path()) {
      break;
    }
  }
  return {};
}

}  // namespace uptrail
