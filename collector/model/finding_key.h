// What a finding is about, as text that names no id of this case.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "collector/model/derived.h"

namespace uptrail {

// How much of the names is kept.
enum class KeyForm : std::uint8_t {
  one_capture,  // all but UUIDs: upload 17 and upload 18 are two
  over_runs,  // numbers, dates, UUIDs and hexadecimal ids are placeholders, too: the same fault in the next run has the same key
};

// "rule|bundle|session identifier|upload or taskDescription". The finding's ids lie within `derived`.
std::string finding_key(const Finding& finding, const Derived& derived, KeyForm form);

// 16 hex digits (FNV-1a) of a key.
std::string key_digest(std::string_view key);

// "upload-2026-11-18-17 of 3fa9c1d2e" is "upload-<date>-<n> of <hex>".
std::string with_placeholders(std::string_view name);

}  // namespace uptrail
