// LZFSE, Apple's compression, of bytes that nobody vouches for. Blocks, as their reference implementation documents them:
// "bvx-" raw, "bvxn" LZVN, "bvx1" and "bvx2" LZFSE with plain and packed tables, "bvx$" end. Private to this folder.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "collector/base/result.h"

namespace uptrail {

[[nodiscard]] bool is_lzfse(std::string_view head);
// Errors: malformed (with the offset of the block in `in`), limit when more than `max_bytes` would come out.
Result<std::vector<std::byte>> decode_lzfse(std::span<const std::byte> in, std::size_t max_bytes);

// One LZVN block of exactly `raw_bytes`, appended to `out`, into which matches may reach back. "": done;
// else what is wrong.
std::string_view decode_lzvn(std::span<const std::byte> in, std::size_t raw_bytes, std::vector<std::byte>& out);

}  // namespace uptrail
