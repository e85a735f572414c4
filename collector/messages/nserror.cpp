#include "collector/messages/nserror.h"

#include <algorithm>
#include <array>

#include "collector/base/text.h"
#include "collector/messages/redaction.h"

namespace uptrail {

namespace {

constexpr std::string_view kDomain = "Domain=";
constexpr std::string_view kCode = " Code=";
constexpr std::string_view kUserInfo = " UserInfo=";
constexpr std::string_view kReason = "NSURLErrorBackgroundTaskCancelledReasonKey=";
constexpr std::size_t kMaxDomain = 128;
constexpr std::size_t kUuidLength = 36;
constexpr std::array<std::string_view, 6> kWrappers = {"Optional(", "URLError(_nsError: ", "{", "(", "Error ", "Err "};
constexpr std::array<std::string_view, 3> kBetween = {", ", " error ", kCode};
constexpr std::array<std::string_view, 2> kUrlKeys = {"NSErrorFailingURLStringKey=", "NSErrorFailingURLKey="};
// The failing task first: the related ones are where it lies on the other side of the connection.
constexpr std::array<std::string_view, 2> kTaskKeys = {"_NSURLErrorFailingURLSessionTaskErrorKey=",
                                                       "_NSURLErrorRelatedURLSessionTaskErrorKey="};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_domain_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
}

// Bytes of the wrappers around an error: "Optional(Error ".
std::size_t wrappers_length(std::string_view text) {
  std::size_t at = 0;
  for (const std::string_view wrapper : kWrappers) {
    at += text.substr(at).starts_with(wrapper) ? wrapper.size() : 0;
  }
  return at;
}

std::optional<std::int64_t> number_at(std::string_view text, std::size_t& at) {
  const std::size_t begin = at + (text.substr(at, 1) == "-" ? 1 : 0);
  const std::size_t end = std::min(text.find_first_not_of("0123456789", begin), text.size());
  const auto number = end > begin ? parse_int(text.substr(at, end - at)) : std::nullopt;
  if (number) {
    at = end;
  }
  return number;
}

std::optional<std::int64_t> number_after(std::string_view text, std::string_view key) {
  const std::size_t found = text.find(key);
  if (found == std::string_view::npos) {
    return std::nullopt;
  }
  std::size_t at = found + key.size();
  return number_at(text, at);
}

// "Domain=D Code=N" at `at`; false: not there.
bool domain_and_code(std::string_view text, std::size_t& at, std::string_view& domain, std::optional<std::int64_t>& code) {
  if (text.compare(at, kDomain.size(), kDomain) != 0) {
    return false;
  }
  std::size_t p = at + kDomain.size();
  const std::size_t hidden = redacted_length(text.substr(p));
  std::size_t length = hidden;
  while (hidden == 0 && p + length < text.size() && length < kMaxDomain && is_domain_char(text[p + length])) {
    ++length;
  }
  if (hidden == 0) {
    domain = text.substr(p, length);
    if (is_redacted(domain)) {
      domain = {};
    }
  }
  p += length;
  if (text.compare(p, kCode.size(), kCode) == 0) {
    std::size_t digits = p + kCode.size();
    code = number_at(text, digits);
    p = code ? digits : p + kCode.size();
  }
  at = p;
  return true;
}

// ` "text"`, up to the UserInfo of the same error, else to a quote that ends something.
void read_text(std::string_view text, std::size_t& at, NsError& out) {
  if (text.compare(at, 2, " \"") != 0) {
    return;
  }
  const std::size_t begin = at + 2;
  const std::size_t next = text.find("Error Domain=", begin);
  std::size_t end = text.substr(0, next).find("\" UserInfo=", begin);
  for (std::size_t q = begin; end == std::string_view::npos;) {
    q = text.find('"', q);
    if (q == std::string_view::npos) {
      end = std::min(text.find_first_of("\r\n", begin), text.size());  // cut
      break;
    }
    ++q;
    if (q == text.size() || std::string_view(" \r\n,;)}]").find(text[q]) != std::string_view::npos) {
      end = q - 1;
    }
  }
  const std::string_view said = text.substr(begin, end - begin);
  out.text = is_redacted(said) ? std::string_view() : said;
  at = std::min(end + 1, text.size());
}

// Bytes of "{…}" with its inner braces; to the end of the text when it is cut.
std::size_t braces_length(std::string_view text) {
  std::size_t depth = 0;
  for (std::size_t i = text.find_first_of("{}"); i != std::string_view::npos; i = text.find_first_of("{}", i + 1)) {
    if (text[i] == '{') {
      ++depth;
    } else if (--depth == 0) {
      return i + 1;
    }
  }
  return text.size();
}

void read_url(std::string_view info, NsError& out) {
  for (const std::string_view key : kUrlKeys) {
    const std::size_t at = info.find(key);
    if (at == std::string_view::npos || !out.failing_url.empty()) {
      continue;
    }
    const std::string_view rest = info.substr(at + key.size());
    std::size_t end = std::min(rest.find_first_of(" \r\n}"), rest.size());
    end -= end > 0 && rest[end - 1] == ',' ? 1 : 0;
    if (const std::string_view url = rest.substr(0, end); !is_redacted(url)) {
      out.failing_url = url;
    }
  }
}

// "BackgroundUploadTask <UUID>.<7>" behind the key, in a list or not.
void read_task(std::string_view info, NsError& out) {
  for (const std::string_view key : kTaskKeys) {
    const std::size_t found = info.find(key);
    if (found == std::string_view::npos || out.task) {
      continue;
    }
    const std::string_view rest = info.substr(found + key.size());
    const std::size_t open = rest.substr(0, 128).find("Task <");
    const std::size_t uuid_at = open + 6;
    const auto uuid = open == std::string_view::npos ? std::nullopt : Uuid::parse(rest.substr(uuid_at, kUuidLength));
    if (!uuid || rest.substr(uuid_at + kUuidLength, 1) != ">") {
      continue;
    }
    out.task = uuid;
    std::size_t begin = open;
    while (begin > 0 && is_domain_char(rest[begin - 1])) {
      --begin;
    }
    out.task_class = rest.substr(begin, open + 4 - begin);
    std::size_t number_begin = uuid_at + kUuidLength + 3;
    if (rest.substr(uuid_at + kUuidLength, 3) == ">.<") {
      out.number = number_at(rest, number_begin);
    }
  }
}

void read_user_info(std::string_view info, NsError& out) {
  out.cancelled_reason = number_after(info, kReason);
  read_url(info, out);
  read_task(info, out);
  for (std::size_t at = info.find(kDomain); at != std::string_view::npos && out.underlying.size() < NsError::kMaxCauses;
       at = info.find(kDomain, at)) {
    NsError::Cause cause;
    domain_and_code(info, at, cause.domain, cause.code);
    if (!cause.domain.empty() || cause.code) {
      out.underlying.push_back(cause);
    }
  }
}

// "D, N", "D error N.", "D Code=N".
std::optional<NsError> parse_short(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && end < kMaxDomain && is_domain_char(text[end])) {
    ++end;
  }
  NsError out;
  out.domain = text.substr(0, end);
  if (!out.domain.ends_with("ErrorDomain") && !out.domain.ends_with("Error")) {
    return std::nullopt;
  }
  for (const std::string_view between : kBetween) {
    std::size_t at = end + between.size();
    if (text.substr(end).starts_with(between)) {
      out.code = number_at(text, at);
    }
    if (out.code) {
      out.length = at + (text.substr(at).starts_with(".)") ? 1 : 0);  // the end of a sentence in brackets
      return out;
    }
  }
  return std::nullopt;
}

// "error code: N [a:b]".
std::optional<NsError> parse_bare_code(std::string_view text) {
  constexpr std::string_view kKey = "error code: ";
  if (!text.starts_with(kKey)) {
    return std::nullopt;
  }
  NsError out;
  std::size_t at = kKey.size();
  out.code = number_at(text, at);
  if (text.substr(at, 2) == " [") {
    const std::size_t end = text.substr(at, 48).find(']');
    at = end == std::string_view::npos ? at : at + end + 1;
  }
  out.length = at;
  return out.code ? std::optional(out) : std::nullopt;
}

// What closes the wrappers, as far as it is there: Optional(URLError(_nsError: …)).
std::size_t with_closers(std::string_view text, std::size_t at, std::size_t wrappers) {
  for (const char c : text.substr(0, wrappers)) {
    const char closer = c == '(' ? ')' : '}';
    if ((c == '(' || c == '{') && at < text.size() && text[at] == closer) {
      ++at;
    }
  }
  return at;
}

}  // namespace

bool begins_nserror(std::string_view text) {
  const std::string_view inner = text.substr(wrappers_length(text));
  return inner.starts_with(kDomain) || inner.starts_with("error code: ") || parse_short(inner).has_value();
}

std::optional<NsError> parse_nserror(std::string_view text) {
  const std::size_t wrappers = wrappers_length(text);
  std::size_t at = wrappers;
  NsError out;
  if (!domain_and_code(text, at, out.domain, out.code)) {
    std::optional<NsError> small = parse_short(text.substr(at));
    small = small ? small : parse_bare_code(text.substr(at));
    if (small) {
      small->length = with_closers(text, small->length + wrappers, wrappers);
    }
    return small;
  }
  if (out.domain.empty() && !out.code && redacted_length(text.substr(wrappers + kDomain.size())) == 0) {
    return std::nullopt;
  }
  read_text(text, at, out);
  if (text.compare(at, kUserInfo.size(), kUserInfo) == 0) {
    const std::size_t value = at + kUserInfo.size();
    const std::size_t open = text.substr(0, std::min(text.size(), value + 24)).find('{', value);  // older: UserInfo=0x17f… {…}
    if (open != std::string_view::npos) {
      const std::size_t length = braces_length(text.substr(open));
      read_user_info(text.substr(open, length), out);
      at = open + length;
    } else {
      at = value + redacted_length(text.substr(value));
    }
  }
  out.length = with_closers(text, at, wrappers);
  return out;
}

}  // namespace uptrail
