#include "collector/stores/har.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "collector/base/text.h"
#include "collector/stores/app_store.h"
#include "collector/stores/clipped_json.h"

namespace uptrail {

namespace {

using Json = nlohmann::json;

// As recorded; nullopt or "": it is not said.
struct Exchange {
  std::string started, url, method, error;
  std::optional<double> status, sent, received, size, milliseconds;
  std::string odd;  // the first member of another type than it should have
};

// Where in the file a value stands. What stands elsewhere is passed over.
enum class Place : std::uint8_t { root, log, entries, entry, request, response, content };

// Hears of values one by one; nothing but the exchange that is being read is kept.
class HarHandler final : public nlohmann::json_sax<Json> {
 public:
  // nullptr: only look whether it is a HAR.
  explicit HarHandler(AppStoreBook* book) : book_(book) {}

  bool null() override { return scalar(); }
  bool boolean(bool /*value*/) override { return scalar("a boolean"); }
  bool number_integer(Json::number_integer_t value) override { return number(static_cast<double>(value)); }
  bool number_unsigned(Json::number_unsigned_t value) override { return number(static_cast<double>(value)); }
  bool number_float(Json::number_float_t value, const std::string& /*text*/) override { return number(value); }
  bool binary(Json::binary_t& /*value*/) override { return true; }
  bool string(std::string& value) override;
  bool key(std::string& name) override {
    if (skipped_ == 0) {
      key_ = name.size() <= kLongestKey ? name : std::string();
      told_ = told_ || (top() == Place::log && (key_ == "version" || key_ == "creator"));
      return !is_known();
    }
    return true;
  }
  bool start_object(std::size_t /*elements*/) override;
  bool end_object() override;
  bool start_array(std::size_t /*elements*/) override;
  bool end_array() override { return close(); }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/, const nlohmann::detail::exception& e) override {
    // Its line and column count what is left of the text; the reader of the file knows better.
    const std::string_view said = e.what();
    error_ = ellipsize(to_valid_utf8(said.substr(std::min(said.find(": ") + 2, said.size()))), kLongestError);
    return false;
  }

  [[nodiscard]] bool is_known() const { return book_ == nullptr && is_har(); }
  [[nodiscard]] bool is_har() const { return told_ && has_entries_; }
  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] bool inside_entry() const { return in_entry_; }
  [[nodiscard]] std::string row() const { return "log.entries[" + std::to_string(next_ - 1) + "]"; }

 private:
  static constexpr std::size_t kLongestKey = 64;
  static constexpr std::size_t kLongestError = 200;

  [[nodiscard]] Place top() const { return places_.empty() ? Place::root : places_.back(); }
  bool open(Place place) {
    places_.push_back(place);
    return true;
  }
  bool skip() {
    ++skipped_;
    return true;
  }
  bool close() {
    if (skipped_ > 0) {
      --skipped_;
    } else if (!places_.empty()) {
      places_.pop_back();
    }
    return true;
  }
  // The next entry begins. False: no more are wanted.
  bool begin_entry();
  bool no_object();
  bool scalar(const char* type = nullptr);
  bool number(double value);
  void odd() { exchange_.odd = exchange_.odd.empty() ? key_ : exchange_.odd; }
  std::string* text_of_key();
  std::optional<double>* number_of_key();
  bool give();

  AppStoreBook* book_;
  std::vector<Place> places_;
  std::uint64_t skipped_ = 0;  // containers that are open and of no interest
  std::uint64_t next_ = 0;     // entries begun
  std::string key_;
  Exchange exchange_;
  bool told_ = false, has_entries_ = false, in_entry_ = false;
  std::string error_;
};

bool HarHandler::start_object(std::size_t /*elements*/) {
  if (skipped_ > 0) {
    return skip();
  }
  if (places_.empty()) {
    return open(Place::root);
  }
  switch (top()) {
    case Place::root:
      return key_ == "log" ? open(Place::log) : skip();
    case Place::entries:
      in_entry_ = begin_entry();
      return in_entry_ && open(Place::entry);
    case Place::entry:
      return key_ == "request" ? open(Place::request) : key_ == "response" ? open(Place::response) : skip();
    case Place::response:
      return key_ == "content" ? open(Place::content) : skip();
    default:
      return skip();
  }
}

bool HarHandler::end_object() {
  const bool ends_entry = skipped_ == 0 && top() == Place::entry;
  close();
  return !ends_entry || give();
}

bool HarHandler::start_array(std::size_t /*elements*/) {
  if (skipped_ == 0 && top() == Place::log && key_ == "entries") {
    has_entries_ = true;
    return open(Place::entries) && !is_known();
  }
  return (skipped_ > 0 || top() != Place::entries || no_object()) && skip();
}

bool HarHandler::begin_entry() {
  ++next_;
  exchange_ = {};
  return book_ == nullptr || !book_->full();
}

bool HarHandler::no_object() {
  if (!begin_entry()) {
    return false;
  }
  if (book_ != nullptr) {
    book_->unusable(row(), "is no object");
  }
  return true;
}

std::string* HarHandler::text_of_key() {
  switch (top()) {
    case Place::entry:
      return key_ == "startedDateTime" ? &exchange_.started : key_ == "_error" ? &exchange_.error : nullptr;
    case Place::request:
      return key_ == "url" ? &exchange_.url : key_ == "method" ? &exchange_.method : nullptr;
    case Place::response:
      return key_ == "_error" ? &exchange_.error : nullptr;
    default:
      return nullptr;
  }
}

std::optional<double>* HarHandler::number_of_key() {
  switch (top()) {
    case Place::entry:
      return key_ == "time" ? &exchange_.milliseconds : nullptr;
    case Place::request:
      return key_ == "bodySize" ? &exchange_.sent : nullptr;
    case Place::response:
      return key_ == "status" ? &exchange_.status : key_ == "bodySize" ? &exchange_.received : nullptr;
    case Place::content:
      return key_ == "size" ? &exchange_.size : nullptr;
    default:
      return nullptr;
  }
}

// A value that is neither text nor number; nullptr: null, which says nothing.
bool HarHandler::scalar(const char* type) {
  if (skipped_ > 0) {
    return true;
  }
  if (top() == Place::entries && !places_.empty()) {
    return no_object();
  }
  if (type != nullptr && (text_of_key() != nullptr || number_of_key() != nullptr)) {
    odd();
  }
  return true;
}

bool HarHandler::number(double value) {
  if (skipped_ > 0 || top() == Place::entries) {
    return scalar("a number");
  }
  if (auto* into = number_of_key()) {
    *into = value;
  } else if (text_of_key() != nullptr) {
    odd();
  }
  return true;
}

bool HarHandler::string(std::string& value) {
  if (skipped_ > 0 || top() == Place::entries) {
    return scalar("a text");
  }
  if (auto* into = text_of_key()) {
    *into = ellipsize(value, kMaxStoreText);
  } else if (number_of_key() != nullptr) {
    odd();
  }
  return true;
}

// nullopt: not said (-1), or no count.
std::optional<std::int64_t> count_in(const std::optional<double>& value) {
  constexpr double kMost = 1e15;
  return value && *value >= 0 && *value < kMost && *value == std::floor(*value) ? std::optional(static_cast<std::int64_t>(*value))
                                                                                : std::nullopt;
}

std::optional<TimeNs> time_in(const std::string& text) {
  constexpr std::int64_t kYear2001 = 978'307'200LL * 1'000'000'000LL;
  constexpr std::int64_t kYear2100 = 4'102'444'800LL * 1'000'000'000LL;
  const auto parsed = parse_iso(text);
  const bool fits = parsed && parsed->offset_minutes && parsed->time.ns >= kYear2001 && parsed->time.ns < kYear2100;
  return fits ? std::optional(parsed->time) : std::nullopt;
}

bool HarHandler::give() {
  in_entry_ = false;
  if (book_ == nullptr) {
    return true;
  }
  const auto started = time_in(exchange_.started);
  if (exchange_.url.empty() || !started) {
    book_->unusable(row(), exchange_.url.empty()       ? "request.url is missing"
                           : exchange_.started.empty() ? "startedDateTime is missing"
                                                       : "startedDateTime is no time with a zone between 2001 and 2100");
    return true;
  }
  if (!exchange_.odd.empty()) {
    book_->note(row(), IssueKind::bad_value, exchange_.odd + " is of another type than it should be");
  }
  Event event = book_->entry(row());
  event.t_src = *started;
  const auto set_text = [&event](Field field, const std::string& text) {
    if (!text.empty()) {
      event.fields.set(field, text);
    }
  };
  const auto set_count = [&event](Field field, const std::optional<std::int64_t>& count) {
    if (count) {
      event.fields.set(field, *count);
    }
  };
  set_text(Field::url, exchange_.url);
  set_text(Field::method, exchange_.method);
  set_text(Field::error, exchange_.error);
  const auto status = count_in(exchange_.status);
  set_count(Field::status, status && *status > 0 ? status : std::nullopt);
  set_count(Field::sent, count_in(exchange_.sent));
  const auto received = count_in(exchange_.received);
  set_count(Field::bytes, received ? received : count_in(exchange_.size));
  constexpr double kMostMilliseconds = 1e12;
  if (exchange_.milliseconds && *exchange_.milliseconds >= 0 && *exchange_.milliseconds < kMostMilliseconds) {
    event.fields.set(Field::seconds, *exchange_.milliseconds * kMillisecond);
  }
  book_->keep(std::move(event));
  return !book_->stopped();
}

// Until the text ends, is damaged, or the handler says stop.
void parse(ClippedJson& json, HarHandler& handler) { Json::sax_parse(json.begin(), ClippedJson::end(), &handler); }

}  // namespace

const StoreInfo& Har::info() const {
  static constexpr StoreInfo kInfo = {"har", "HAR: HTTP exchanges as a proxy, a browser or a logger saw them",
                                      "docs/formats/har.md", "a JSON object log with entries, and version or creator"};
  return kInfo;
}

bool Har::may_be(std::string_view head) const {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  head.remove_prefix(head.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
  const auto skip = [&head](std::string_view wanted) {
    head.remove_prefix(std::min(head.find_first_not_of(" \t\r\n"), head.size()));
    const bool there = head.starts_with(wanted);
    head.remove_prefix(there ? wanted.size() : 0);
    return there;
  };
  return skip("{") && skip("\"log\"") && skip(":") && skip("{") &&
         (contains(head, "\"creator\"") || contains(head, "\"version\"") || contains(head, "\"entries\""));
}

Result<bool> Har::probe(const StoreFiles& files, std::string& why) const {
  ClippedJson json(files.private_path, kMaxStoreText);
  HarHandler handler(nullptr);
  parse(json, handler);
  why = handler.is_har()
            ? "is " + std::string(info().requires_structure)
            : "not " + std::string(info().requires_structure) + (handler.error().empty() ? "" : ": " + handler.error());
  return handler.is_har();
}

Result<StoreStats> Har::read(const StoreFiles& files, EventSink& sink) const {
  AppStoreBook book(info(), files, sink, "proxy");
  ClippedJson json(files.private_path, kMaxStoreText);
  if (!json.readable()) {
    return fail(ErrorKind::unreadable, "cannot be read", files.shown_path);
  }
  HarHandler handler(&book);
  parse(json, handler);
  if (!handler.is_har()) {
    return fail(ErrorKind::unreadable, "no HAR: it lacks " + std::string(info().requires_structure), files.shown_path);
  }
  if (!handler.error().empty()) {
    if (handler.inside_entry()) {
      book.unusable(handler.row(), "is cut off or damaged");
    }
    book.broken(IssueKind::damaged,
                "about byte " + std::to_string(json.offset()) + ": " + handler.error() + "; what stands behind is missing");
  }
  if (json.repaired() > 0) {
    book.issue(IssueKind::invalid_utf8, "there are bytes that are no text; they were replaced");
  }
  return book.stats();
}

}  // namespace uptrail
