// How far opening is, for people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/base/result.h"

namespace uptrail::viewer {

enum class LoadPhase : std::uint8_t { idle, loading, ready, failed, cancelled };

struct LoadStatus {
  LoadPhase phase = LoadPhase::idle;
  std::vector<std::string> paths;
  std::string what;             // "reading system.log"
  std::optional<double> share;  // 0 to 1; nullopt: unknown
  Error error;                  // of `failed`
};

}  // namespace uptrail::viewer
