// Message files: JSON -> patterns, and the check of every pattern against its own samples.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "collector/base/embedded.h"
#include "collector/base/text.h"
#include "collector/messages/catalogue.h"
#include "collector/messages/decoder.h"

namespace uptrail::embedded {
std::span<const EmbeddedFile> message_files();
}

namespace uptrail {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxPatterns = 20'000;
constexpr std::size_t kMaxFileBytes = 16U << 20U;
constexpr int kMaxNesting = 32;
constexpr std::string_view kLibraryPrefix = "library_";  // built-in files about libraries inside apps

// How deep objects and lists stand in each other.
int nesting(std::string_view json) {
  int depth = 0;
  int deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      i += c == '\\' ? 1 : 0;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return deepest;
}

// One file. Errors name the file, the pattern and the reason.
class FileLoader {
 public:
  FileLoader(const CatalogueText& file, std::vector<MessagePattern>& out) : file_(file), out_(out) {}

  Status run() {
    if (file_.json.size() > kMaxFileBytes || nesting(file_.json) > kMaxNesting) {
      return fail(ErrorKind::limit, "the message file is too large or too deeply nested", file_.name);
    }
    Json root;
    try {
      root = Json::parse(file_.json);
    } catch (const Json::parse_error& e) {
      const std::size_t at = std::min(e.byte == 0 ? 0 : e.byte - 1, file_.json.size());
      const auto line = 1 + std::count(file_.json.begin(), file_.json.begin() + static_cast<std::ptrdiff_t>(at), '\n');
      return fail(ErrorKind::malformed, "the message file is not JSON (line " + std::to_string(line) + ")", file_.name, at);
    } catch (const Json::exception&) {
      return fail(ErrorKind::malformed, "the message file holds a number that cannot be read", file_.name);
    }
    if (!root.is_object() || !root.contains("uptrail_messages") || root["uptrail_messages"] != 1) {
      return error("this is no message file: \"uptrail_messages\": 1 is missing");
    }
    const auto messages = root.find("messages");
    if (messages == root.end() || !messages->is_array()) {
      return error("\"messages\" must be a list");
    }
    for (std::size_t i = 0; i < messages->size(); ++i) {
      const Json& m = (*messages)[i];
      where_ = "message " + std::to_string(i + 1);
      if (!m.is_object()) {
        return error("an object is expected");
      }
      UPTRAIL_TRY(message(root, m));
    }
    return done();
  }

 private:
  Error error(const std::string& reason) const {
    return fail(ErrorKind::malformed, where_.empty() ? reason : where_ + ": " + reason, file_.name);
  }

  // Own value, else the file's default.
  static const Json* setting(const Json& root, const Json& m, const char* key) {
    if (const auto it = m.find(key); it != m.end()) {
      return &*it;
    }
    const auto it = root.find(key);
    return it == root.end() ? nullptr : &*it;
  }

  Status text_of(const Json& m, const char* key, std::string& out) const {
    const auto it = m.find(key);
    if (it == m.end() || !it->is_string() || it->get_ref<const std::string&>().empty()) {
      return error("\"" + std::string(key) + "\" is missing or no text");
    }
    out = it->get<std::string>();
    return done();
  }

  Status message(const Json& root, const Json& m) {
    constexpr std::array<std::string_view, 12> kKeys = {"id",         "processes",  "observer", "pattern", "kind",    "fields",
                                                        "confidence", "provenance", "os",       "note",    "library", "samples"};
    for (const auto& [key, value] : m.items()) {
      if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
        return error("unknown key \"" + key + "\"");
      }
    }
    MessagePattern p;
    p.file = file_.name;
    p.built_in = file_.built_in;
    UPTRAIL_TRY(text_of(m, "id", p.id));
    where_ = "pattern '" + p.id + "'";
    UPTRAIL_TRY(text_of(m, "pattern", p.text));
    auto compiled = CompiledPattern::parse(p.text);
    if (!compiled) {
      return error(compiled.error().message);
    }
    p.compiled = compiled.take();
    if (p.compiled.subject_optional()) {
      p.bare = p.compiled.without_subject();
    }
    UPTRAIL_TRY(roles(root, m, p));
    UPTRAIL_TRY(kind(m, p));
    UPTRAIL_TRY(fields(m, p));
    UPTRAIL_TRY(captures(p));
    UPTRAIL_TRY(samples(m, p));
    if (out_.size() >= kMaxPatterns) {
      return error("too many patterns");
    }
    out_.push_back(std::move(p));
    return done();
  }

  Status roles(const Json& root, const Json& m, MessagePattern& p) const {
    const Json* processes = setting(root, m, "processes");
    if (processes == nullptr || !processes->is_array() || processes->empty()) {
      return error("\"processes\" must be a list of process names, \"*app*\" or \"*any*\"");
    }
    for (const Json& name : *processes) {
      if (!name.is_string() || name.get_ref<const std::string&>().empty()) {
        return error("\"processes\" must hold names");
      }
      p.processes.push_back(name.get<std::string>());
    }
    const Json* observer = setting(root, m, "observer");
    const auto known =
        observer != nullptr && observer->is_string() ? observer_from_name(observer->get_ref<const std::string&>()) : std::nullopt;
    if (!known) {
      return error("\"observer\" must be app, cfn, daemon, sys, store, server or tool");
    }
    p.observer = *known;
    const std::string& first = p.processes.front();
    p.about_logger = first == kAppProcess || first == kAnyProcess || p.observer == Observer::app || p.observer == Observer::cfn;
    const Json* provenance = setting(root, m, "provenance");
    const bool seen = provenance != nullptr && *provenance == "seen";
    if (!seen && (provenance == nullptr || *provenance != "format")) {
      return error("\"provenance\" must be \"seen\" or \"format\"");
    }
    p.provenance = seen ? Provenance::seen : Provenance::format;
    UPTRAIL_TRY(remark(setting(root, m, "os"), "os", p.os));
    UPTRAIL_TRY(remark(setting(root, m, "library"), "library", p.library));
    const auto note = m.find("note");
    return remark(note == m.end() ? nullptr : &*note, "note", p.note);
  }

  // What is for people only; may be missing.
  Status remark(const Json* value, const char* key, std::string& out) const {
    if (value == nullptr) {
      return done();
    }
    if (!value->is_string()) {
      return error("\"" + std::string(key) + "\" must be a text");
    }
    out = value->get<std::string>();
    return done();
  }

  Status kind(const Json& m, MessagePattern& p) const {
    const auto it = m.find("kind");
    if (it == m.end() || (!it->is_null() && !it->is_string())) {
      return error("\"kind\" must be the name of an event kind, or null for a line that tells no event");
    }
    if (it->is_string()) {
      p.kind = kind_from_name(it->get_ref<const std::string&>());
      if (!p.kind) {
        return error("there is no event kind '" + it->get<std::string>() + "'");
      }
    }
    const auto confidence = m.find("confidence");
    if (confidence != m.end()) {
      if (*confidence != "inferred" && *confidence != "parsed") {
        return error("\"confidence\" must be \"parsed\" or \"inferred\"");
      }
      p.confidence = *confidence == "inferred" ? EventConfidence::inferred : EventConfidence::parsed;
    }
    return done();
  }

  Status fields(const Json& m, MessagePattern& p) const {
    const auto it = m.find("fields");
    if (it == m.end()) {
      return done();
    }
    if (!it->is_object() || !p.kind) {
      return error(p.kind ? "\"fields\" must be an object" : "a line that tells no event has no \"fields\"");
    }
    for (const auto& [key, value] : it->items()) {
      const auto field = field_from_name(key);
      if (!field) {
        return error("there is no field '" + key + "'");
      }
      if (!has_field(*p.kind, *field)) {
        return error(std::string(kind_name(*p.kind)) + " has no field '" + key + "'");
      }
      if (value.is_null()) {
        p.unset.push_back(*field);
        continue;
      }
      const Value constant = constant_of(field_info(*field).type, value);
      if (std::holds_alternative<std::monostate>(constant)) {
        return error("the constant of '" + key + "' is of the wrong type");
      }
      p.constants.set(*field, constant);
    }
    return done();
  }

  static Value constant_of(FieldType type, const Json& value) {
    if (type == FieldType::text && value.is_string()) {
      return value.get<std::string>();
    }
    if (type == FieldType::integer && value.is_number_integer()) {
      const auto i = value.get<std::int64_t>();
      return value == i ? Value(i) : Value();
    }
    if (type == FieldType::real && value.is_number()) {
      return value.get<double>();
    }
    if (type == FieldType::boolean && value.is_boolean()) {
      return value.get<bool>();
    }
    return std::monostate{};
  }

  // Each capture that is named like a field must be able to give that field's type.
  Status captures(const MessagePattern& p) const {
    for (const CompiledPattern::Node& n : p.compiled.nodes()) {
      if (n.kind != CompiledPattern::NodeKind::capture || !p.kind) {
        continue;
      }
      if (n.text == "pid" && n.type != CaptureType::integer) {
        return error("'pid' must be captured as {int:pid}");
      }
      const auto field = field_from_name(n.text);
      if (field && !has_field(*p.kind, *field)) {
        return error("the capture '" + n.text + "' is named like a field, but " + std::string(kind_name(*p.kind)) +
                     " has no such field");
      }
      if (field && !fits(field_info(*field).type, n.type)) {
        return error("the capture '" + n.text + "' cannot give a value of the field's type");
      }
    }
    return done();
  }

  static bool fits(FieldType field, CaptureType capture) {
    switch (field) {
      case FieldType::text:
        return true;
      case FieldType::integer:
        return capture == CaptureType::integer || capture == CaptureType::status;
      case FieldType::real:
        return capture == CaptureType::real || capture == CaptureType::integer;
      case FieldType::boolean:
        return capture == CaptureType::yes_no || capture == CaptureType::bit;
      case FieldType::uuid:
        return capture == CaptureType::uuid;
      case FieldType::time:
      case FieldType::tasks:
      case FieldType::texts:
        break;
    }
    return false;
  }

  Status samples(const Json& m, MessagePattern& p) const {
    const auto it = m.find("samples");
    if (it == m.end() || !it->is_array() || it->empty()) {
      return error("at least one sample is needed");
    }
    for (const Json& s : *it) {
      MessagePattern::Sample sample;
      if (!s.is_object()) {
        return error("a sample must be an object with \"line\" and \"gives\"");
      }
      UPTRAIL_TRY(text_of(s, "line", sample.line));
      const std::string& first = p.processes.front();
      sample.process = first == kAppProcess || first == kAnyProcess ? "App" : first;
      if (const auto process = s.find("process"); process != s.end() && process->is_string()) {
        sample.process = process->get<std::string>();
      }
      const auto gives = s.find("gives");
      if (gives == s.end() ? p.kind.has_value() : !gives->is_object() || !p.kind) {
        return error(p.kind ? "a sample must say in \"gives\" which fields it yields"
                            : "a line that tells no event gives nothing");
      }
      sample.gives = gives == s.end() ? "{}" : gives->dump();
      p.samples.push_back(std::move(sample));
    }
    return done();
  }

  const CatalogueText& file_;
  std::vector<MessagePattern>& out_;
  std::string where_;
};

// The facts of an event as JSON, for comparing with a sample's "gives".
Json facts_of(Event e) {
  e.observer = Observer::app;
  e.t_src.reset();
  Json out = Json::parse(encode_event_json(e), nullptr, false);
  for (const char* header : {"uptrail", "kind", "observer"}) {
    out.erase(header);
  }
  return out;
}

Status check_sample(const Catalogue& catalogue, const MessagePattern& p, std::size_t number) {
  const MessagePattern::Sample& sample = p.samples[number];
  const std::string where = "pattern '" + p.id + "': sample " + std::to_string(number + 1);
  const std::string_view line = trim(sample.line);
  Record record;
  record.process = sample.process;
  record.message = line;
  MessageMatch match;
  if (!catalogue.match(record, line, match)) {
    std::vector<Captured> captures;
    std::size_t furthest = 0;
    const SubjectMatch subject = read_subject(line);
    p.compiled.match(line, p.compiled.subject() == subject.kind ? subject.end : 0, captures, &furthest);
    return fail(ErrorKind::malformed, where + " does not match; it fits up to '" + std::string(line.substr(0, furthest)) + "'",
                p.file);
  }
  if (match.pattern != &p && !p.library.empty() && p.built_in && !match.pattern->built_in) {
    return done();  // the user's own file says what the line means in this app
  }
  if (match.pattern != &p) {
    return fail(ErrorKind::malformed, where + " is matched first by '" + match.pattern->id + "'", p.file);
  }
  if (!p.kind) {
    return done();
  }
  const Json facts = facts_of(event_of(match, line));
  if (facts != Json::parse(sample.gives, nullptr, false)) {
    return fail(ErrorKind::malformed, where + " gives " + facts.dump() + ", expected " + sample.gives, p.file);
  }
  return done();
}

Status check_all(const Catalogue& catalogue) {
  std::set<std::string_view> ids;
  for (const MessagePattern& p : catalogue.patterns()) {
    if (!ids.insert(p.id).second) {
      return fail(ErrorKind::malformed, "pattern '" + p.id + "': the id is taken", p.file);
    }
    for (std::size_t i = 0; i < p.samples.size(); ++i) {
      UPTRAIL_TRY(check_sample(catalogue, p, i));
    }
  }
  return done();
}

}  // namespace

Result<std::shared_ptr<const Catalogue>> load_messages(const std::vector<CatalogueText>& files) {
  std::vector<MessagePattern> patterns;
  for (const CatalogueText& file : files) {
    UPTRAIL_TRY(FileLoader(file, patterns).run());
  }
  auto catalogue = std::make_shared<Catalogue>(std::move(patterns));
  UPTRAIL_TRY(check_all(*catalogue));
  return std::shared_ptr<const Catalogue>(std::move(catalogue));
}

Result<std::shared_ptr<const Catalogue>> load_catalogue(const std::vector<CatalogueText>& files) {
  std::vector<CatalogueText> all;
  std::vector<CatalogueText> libraries;
  for (const EmbeddedFile& file : embedded::message_files()) {
    const bool library = file.name.substr(0, kLibraryPrefix.size()) == kLibraryPrefix;
    (library ? libraries : all).push_back({std::string(file.name), std::string(file.content), true});
  }
  all.insert(all.end(), files.begin(), files.end());
  all.insert(all.end(), std::make_move_iterator(libraries.begin()), std::make_move_iterator(libraries.end()));
  return load_messages(all);
}

// Compiled in and immutable: loading and checking it once is enough.
Result<std::shared_ptr<const Catalogue>> builtin_catalogue() {
  static const Result<std::shared_ptr<const Catalogue>> kLoaded = load_catalogue({});
  return kLoaded;
}

}  // namespace uptrail
