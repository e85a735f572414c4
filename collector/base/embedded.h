// Files compiled into the program by schemas/generate/embed.py. Each set is one function, declared where it is used.
#pragma once

#include <span>
#include <string_view>

namespace uptrail {

struct EmbeddedFile {
  std::string_view name;  // file name without folder
  std::string_view content;
};

}  // namespace uptrail
