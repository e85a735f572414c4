#include "collector/stores/resume_data.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <vector>

#include "collector/base/text.h"
#include "collector/plist/foundation.h"
#include "collector/plist/keyed_archive.h"
#include "collector/stores/app_store.h"

namespace uptrail {

namespace {

using plist::Document;
using plist::KeyedArchive;
using plist::Ref;

constexpr std::string_view kMagic = "bplist00";
constexpr std::uint64_t kMaxFile = 64U << 20U;  // an upload's may hold its body
constexpr std::string_view kReceived = "NSURLSessionResumeBytesReceived";
constexpr std::string_view kDownloadUrl = "NSURLSessionDownloadURL";
constexpr std::string_view kResumeUrl = "resumeURL";
constexpr std::string_view kDraft = "draftVersion";
constexpr std::string_view kBodyType = "bodyType";

// A dictionary with text keys, plain or archived.
class Dictionary {
 public:
  static Result<Dictionary> open(std::vector<std::byte> bytes) {
    auto document = Document::parse(std::move(bytes));
    UPTRAIL_TRY(document);
    Dictionary out;
    if (!KeyedArchive::is_archive(*document)) {
      out.plain_ = document.take();
      return out;
    }
    auto archive = KeyedArchive::open(document.take());
    UPTRAIL_TRY(archive);
    out.archive_ = archive.take();
    return out;
  }

  [[nodiscard]] bool has(std::string_view key) const { return find(key) != plist::kNoRef; }
  // A URL is one, too.
  [[nodiscard]] std::string text(std::string_view key) const {
    const Ref ref = find(key);
    auto found = archive_ ? archive_->text(ref, kMaxStoreText) : plain_->string(ref, kMaxStoreText);
    if (!found && archive_) {
      found = archive_->url(ref);
    }
    return found.value_or("");
  }
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key) const {
    return archive_ ? archive_->integer(find(key)) : plain_->integer(find(key));
  }
  [[nodiscard]] std::optional<std::span<const std::byte>> data(std::string_view key) const {
    return archive_ ? archive_->data(find(key)) : plain_->data(find(key));
  }
  // An archived request, or one that lies in an archive of its own. nullopt: there is none, or it cannot be read.
  [[nodiscard]] std::optional<plist::RequestFacts> request(std::string_view key) const {
    if (archive_) {
      if (auto facts = plist::request_facts(*archive_, find(key), plist::WantHeaders::no)) {
        return facts;
      }
    }
    const auto bytes = data(key);
    const auto inner = bytes ? KeyedArchive::parse(*bytes) : Result<KeyedArchive>(fail(ErrorKind::unreadable, "no data"));
    return inner.ok() ? plist::request_facts(*inner, inner->root(), plist::WantHeaders::no) : std::nullopt;
  }
  [[nodiscard]] const plist::Damage& damage() const { return archive_ ? archive_->document().damage() : plain_->damage(); }

 private:
  [[nodiscard]] Ref find(std::string_view key) const {
    return archive_ ? archive_->value(archive_->root(), key) : plain_->find(plain_->root(), key);
  }

  std::optional<KeyedArchive> archive_;
  std::optional<Document> plain_;
};

void add_words(std::string& text, std::string_view name, std::string value) {
  if (!value.empty()) {
    text += (text.empty() ? "" : "; ") + std::string(name) + " " + std::move(value);
  }
}

// What is there, but not of the type it should be.
void note_odd(ResumeData& out, bool odd, std::string_view key) {
  if (odd) {
    out.damage += (out.damage.empty() ? "" : "; ") + std::string(key) + " cannot be read";
  }
}

void take_request(const Dictionary& from, std::string_view key, ResumeData& out) {
  const auto request = from.request(key);
  note_odd(out, !request && from.has(key), key);
  if (request) {
    out.url = out.url.empty() ? request->url : out.url;
    out.method = out.method.empty() ? request->method : out.method;
  }
}

ResumeData download(const Dictionary& from) {
  ResumeData out;
  take_request(from, "NSURLSessionResumeOriginalRequest", out);
  take_request(from, "NSURLSessionResumeCurrentRequest", out);
  if (auto url = from.text(kDownloadUrl); !url.empty()) {
    out.url = std::move(url);
  }
  out.bytes = from.integer(kReceived);
  note_odd(out, from.has(kReceived) && (!out.bytes || *out.bytes < 0), kReceived);
  out.file = from.text("NSURLSessionResumeInfoTempFileName");
  if (out.file.empty()) {
    out.file = from.text("NSURLSessionResumeInfoLocalPath");
  }
  const auto version = from.integer("NSURLSessionResumeInfoVersion");
  add_words(out.text, "version", version ? std::to_string(*version) : std::string());
  add_words(out.text, "ETag", from.text("NSURLSessionResumeEntityTag"));
  add_words(out.text, "last modified", from.text("NSURLSessionResumeServerDownloadDate"));
  add_words(out.text, "range", from.text("NSURLSessionResumeByteRange"));
  return out;
}

ResumeData upload(const Dictionary& from) {
  constexpr std::array<std::string_view, 3> kBodies = {"data", "file", "stream"};
  ResumeData out;
  out.upload = true;
  take_request(from, "originalRequest", out);
  out.location = from.text(kResumeUrl);
  out.file = from.text("uploadFile");
  add_words(out.text, "draft version", from.text(kDraft));
  const auto kind = from.integer(kBodyType);
  const bool known = kind && *kind >= 0 && *kind < static_cast<std::int64_t>(kBodies.size());
  add_words(out.text, "body from", known ? std::string(kBodies[static_cast<std::size_t>(*kind)]) : std::string());
  if (const auto body = from.data("uploadData")) {
    out.body = static_cast<std::int64_t>(body->size());
  } else if (const auto length = from.integer("streamLength"); length && *length > 0) {
    out.body = length;
  }
  return out;
}

Result<std::vector<std::byte>> bytes_of(const StoreFiles& files) {
  std::error_code error;
  const auto size = std::filesystem::file_size(files.private_path, error);
  if (error || size > kMaxFile) {
    return fail(error ? ErrorKind::unreadable : ErrorKind::limit, error ? "cannot be read" : "larger than resume data can be",
                files.shown_path);
  }
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  std::ifstream in(files.private_path, std::ios::binary);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

}  // namespace

std::optional<ResumeData> read_resume_data(std::span<const std::byte> bytes, std::string& why) {
  std::vector<std::byte> copy(bytes.begin(), bytes.end());
  const std::string_view head(reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), kStoreHeadBytes));
  const bool scrambled = plist::form_of(head) == plist::Form::none;
  if (scrambled && copy.size() > kMagic.size()) {
    const auto magic = std::as_bytes(std::span(kMagic));
    std::copy(magic.begin(), magic.end(), copy.begin());
  }
  const auto from = Dictionary::open(std::move(copy));
  if (!from.ok()) {
    why = from.error().message;
    return std::nullopt;
  }
  const bool is_download = !scrambled && (from->has(kReceived) || from->has(kDownloadUrl));
  const bool is_upload = from->has(kResumeUrl) && (from->has(kDraft) || from->has(kBodyType));
  if (!is_download && !is_upload) {
    why = "a property list without " + std::string(kReceived) + " and " + std::string(kDownloadUrl) + ", or " +
          std::string(kResumeUrl) + " with " + std::string(kDraft) + " or " + std::string(kBodyType);
    return std::nullopt;
  }
  ResumeData out = is_download ? download(*from) : upload(*from);
  if (const auto& damage = from->damage(); damage.objects > 0) {
    out.damage +=
        (out.damage.empty() ? "" : "; ") + count_of(damage.objects, "object") + " cannot be read; the first: " + damage.first;
  }
  return out;
}

void describe_resume_data(const ResumeData& data, Fields& fields) {
  const auto set = [&fields](Field field, const std::string& text) {
    if (!text.empty() && !fields.has(field)) {
      fields.set(field, ellipsize(to_valid_utf8(text), kMaxStoreText));
    }
  };
  set(Field::url, data.url);
  set(Field::method, data.method);
  set(Field::file, data.file);
  set(Field::location, data.location);
  set(Field::text, data.text.empty() ? data.text : "resume data: " + data.text);
  if (data.bytes && *data.bytes >= 0) {
    fields.set(Field::bytes, *data.bytes);
  }
  if (data.body && !fields.has(Field::expected)) {
    fields.set(Field::expected, *data.body);
  }
}

const StoreInfo& ResumeDataFile::info() const {
  static constexpr StoreInfo kInfo = {
      "resume_data", "resume data of URLSession: an interrupted download or upload", "docs/formats/resume_data.md",
      "a property list or keyed archive with NSURLSessionResumeBytesReceived or NSURLSessionDownloadURL, or with resumeURL and "
      "draftVersion or bodyType"};
  return kInfo;
}

bool ResumeDataFile::may_be(std::string_view head) const {
  if (plist::form_of(head) != plist::Form::none) {
    return contains(head, kReceived) || contains(head, kDownloadUrl) ||
           (contains(head, kResumeUrl) && (contains(head, kDraft) || contains(head, kBodyType)));
  }
  // Scrambled at the beginning only. No text has a zero byte.
  return contains(head, "NSKeyedArchiver") && contains(head, kResumeUrl) && head.find('\0') != std::string_view::npos;
}

Result<bool> ResumeDataFile::probe(const StoreFiles& files, std::string& why) const {
  const auto bytes = bytes_of(files);
  if (!bytes.ok()) {
    why = bytes.error().message;
    return false;
  }
  const auto data = read_resume_data(*bytes, why);
  if (data) {
    why = data->upload ? "is the resume data of an upload" : "is the resume data of a download";
  }
  return data.has_value();
}

Result<StoreStats> ResumeDataFile::read(const StoreFiles& files, EventSink& sink) const {
  const auto bytes = bytes_of(files);
  UPTRAIL_TRY(bytes);
  std::string why;
  const auto data = read_resume_data(*bytes, why);
  if (!data) {
    return fail(ErrorKind::unreadable, "no resume data: " + why, files.shown_path);
  }
  AppStoreBook book(info(), files, sink);
  Event event = book.entry("resume data");
  event.fields.set(Field::task_kind, std::string(data->upload ? "upload" : "download"));
  describe_resume_data(*data, event.fields);
  if (!data->damage.empty()) {
    book.note("resume data", IssueKind::damaged, data->damage);
  }
  book.keep(std::move(event));
  book.tell_snapshot("resume data", false);  // of one transfer
  return book.stats();
}

}  // namespace uptrail
