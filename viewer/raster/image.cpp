#include "viewer/raster/image.h"

#include <png.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace uptrail::viewer {

namespace {

// PNG wants its bytes in the order R, G, B, A, whatever the machine's byte order is.
std::vector<std::uint8_t> to_bytes(const Image& image) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(image.pixels.size() * 4);
  for (const std::uint32_t p : image.pixels) {
    for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::uint8_t>(p >> shift & 255U));
  }
  return bytes;
}

}  // namespace

Image cropped(const Image& image, int x, int y, int width, int height) {
  const int left = std::clamp(x, 0, image.width);
  const int top = std::clamp(y, 0, image.height);
  const int right = std::clamp(x + width, left, image.width);
  const int bottom = std::clamp(y + height, top, image.height);
  Image part(right - left, bottom - top, 0);
  auto to = part.pixels.begin();
  for (int row = top; row < bottom; ++row) {
    const auto from = image.pixels.begin() + static_cast<std::ptrdiff_t>(row) * image.width + left;
    to = std::copy_n(from, part.width, to);
  }
  return part;
}

Status write_png(const Image& image, const std::string& path) {
  if (image.width <= 0 || image.height <= 0) return fail(ErrorKind::usage, "the picture has no pixels", path);
  png_image png;
  std::memset(&png, 0, sizeof png);
  png.version = PNG_IMAGE_VERSION;
  png.width = static_cast<png_uint_32>(image.width);
  png.height = static_cast<png_uint_32>(image.height);
  png.format = PNG_FORMAT_RGBA;
  const std::vector<std::uint8_t> bytes = to_bytes(image);
  png_alloc_size_t size = 0;
  if (png_image_write_to_memory(&png, nullptr, &size, 0, bytes.data(), 0, nullptr) == 0) {
    return fail(ErrorKind::internal, std::string("PNG: ") + png.message, path);
  }
  std::vector<char> encoded(size);
  if (png_image_write_to_memory(&png, encoded.data(), &size, 0, bytes.data(), 0, nullptr) == 0) {
    return fail(ErrorKind::internal, std::string("PNG: ") + png.message, path);
  }
  const std::string beside = path + ".part";
  std::ofstream out(beside, std::ios::binary | std::ios::trunc);
  out.write(encoded.data(), static_cast<std::streamsize>(size));
  out.close();
  if (!out || std::rename(beside.c_str(), path.c_str()) != 0) {
    const std::string why = std::strerror(errno);
    std::remove(beside.c_str());
    return fail(ErrorKind::unreadable, "cannot write the picture: " + why, path);
  }
  return done();
}

}  // namespace uptrail::viewer
