#include "collector/input/gzip_source.h"

#include <zlib.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace uptrail::input {

namespace {
constexpr std::size_t kBufferBytes = 64U << 10U;
constexpr int kGzipOnly = 16 + MAX_WBITS;
}  // namespace

struct GzipSource::State {
  z_stream stream{};
  std::vector<char> buffer = std::vector<char>(kBufferBytes);
  std::uint64_t taken = 0;  // packed bytes read
  bool ready = false;
  bool packed_end = false;
  bool in_stream = true;  // false: between two gzip streams
  bool ended = false;
  std::optional<Error> error;  // told when everything before it has been given
};

GzipSource::GzipSource(std::unique_ptr<ByteSource> packed) : packed_(std::move(packed)), state_(std::make_unique<State>()) {
  state_->ready = inflateInit2(&state_->stream, kGzipOnly) == Z_OK;
}

GzipSource::~GzipSource() {
  if (state_->ready) {
    inflateEnd(&state_->stream);
  }
}

Status GzipSource::damaged(std::string message) const {
  return fail(ErrorKind::malformed, std::move(message), std::string(name()), state_->taken - state_->stream.avail_in);
}

Status GzipSource::fill() {
  State& s = *state_;
  const auto got = packed_->read(s.buffer);
  if (!got.ok()) {
    return got.error();
  }
  s.packed_end = *got == 0;
  s.taken += *got;
  s.stream.next_in = reinterpret_cast<Bytef*>(s.buffer.data());
  s.stream.avail_in = static_cast<uInt>(*got);
  return done();
}

// Several gzip streams may stand behind each other, and zeros behind the last.
Status GzipSource::next_stream() {
  State& s = *state_;
  if (*s.stream.next_in == 0) {
    const auto* begin = s.stream.next_in;
    const auto* end = begin + s.stream.avail_in;
    const auto zeros = std::find_if(begin, end, [](Bytef b) { return b != 0; }) - begin;
    s.stream.next_in += zeros;
    s.stream.avail_in -= static_cast<uInt>(zeros);
    return done();
  }
  constexpr Bytef kFirst = 0x1F;
  if (*s.stream.next_in != kFirst) {
    return damaged("what stands behind the end of the gzip data was not read");
  }
  inflateReset(&s.stream);
  s.in_stream = true;
  return done();
}

Result<std::size_t> GzipSource::read(std::span<char> into) {
  State& s = *state_;
  if (s.error) {
    return *s.error;
  }
  if (!s.ready) {
    return fail(ErrorKind::internal, "no memory to unpack gzip data", std::string(name()));
  }
  s.stream.next_out = reinterpret_cast<Bytef*>(into.data());
  s.stream.avail_out = static_cast<uInt>(std::min<std::size_t>(into.size(), 1U << 30U));
  const uInt room = s.stream.avail_out;
  while (s.stream.avail_out > 0 && !s.ended && !s.error) {
    Status status = done();
    if (s.stream.avail_in == 0 && !s.packed_end) {
      status = fill();
    } else if (s.stream.avail_in == 0 && s.in_stream) {
      status = damaged("the gzip data stops in the middle");
    } else if (s.stream.avail_in == 0) {
      s.ended = true;
    } else if (!s.in_stream) {
      status = next_stream();
    } else {
      const int code = inflate(&s.stream, Z_NO_FLUSH);
      if (code == Z_STREAM_END) {
        s.in_stream = false;
      } else if (code != Z_OK && code != Z_BUF_ERROR) {
        status =
            damaged(std::string("the gzip data is damaged") + (s.stream.msg != nullptr ? std::string(": ") + s.stream.msg : ""));
      }
    }
    if (!status.ok()) {
      s.error = status.error();
    }
  }
  const std::size_t given = room - s.stream.avail_out;
  if (given == 0 && s.error) {
    return *s.error;
  }
  return given;
}

}  // namespace uptrail::input
