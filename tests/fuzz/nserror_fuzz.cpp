// A printed NSError: whatever it is made of, the views stay inside the text.
#include <cstdlib>

#include "collector/messages/nserror.h"

namespace {

void check(std::string_view text, std::string_view view) {
  if (!view.empty() && (view.data() < text.data() || view.data() + view.size() > text.data() + text.size())) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto error = uptrail::parse_nserror(text);
  if (!error) {
    return 0;
  }
  if (error->length == 0 || error->length > size || error->underlying.size() > uptrail::NsError::kMaxCauses) {
    std::abort();
  }
  for (const std::string_view view : {error->domain, error->text, error->failing_url, error->task_class}) {
    check(text, view);
  }
  for (const auto& cause : error->underlying) {
    check(text, cause.domain);
  }
  return 0;
}
