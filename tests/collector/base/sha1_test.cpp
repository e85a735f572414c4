#include "collector/base/sha1.h"

#include <gtest/gtest.h>

namespace uptrail {
namespace {

// The examples of FIPS 180-4 and RFC 3174.
TEST(Sha1, the_standards_examples) {
  EXPECT_EQ(sha1_hex(""), "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709");
  EXPECT_EQ(sha1_hex("abc"), "A9993E364706816ABA3E25717850C26C9CD0D89D");
  EXPECT_EQ(sha1_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), "84983E441C3BD26EBAAE4AA1F95129E5E54670F1");
  EXPECT_EQ(sha1_hex(std::string(1'000'000, 'a')), "34AA973CD4C4DAA4F61EEB2BDBAD27316534016F");
}

TEST(Sha1, every_way_the_last_block_can_be_filled) {
  // Of 55, 56, 63, 64 and 65 letters, as sha1sum has them.
  EXPECT_EQ(sha1_hex(std::string(55, 'a')), "C1C8BBDC22796E28C0E15163D20899B65621D65A");
  EXPECT_EQ(sha1_hex(std::string(56, 'a')), "C2DB330F6083854C99D4B5BFB6E8F29F201BE699");
  EXPECT_EQ(sha1_hex(std::string(63, 'a')), "03F09F5B158A7A8CDAD920BDDC29B81C18A551F5");
  EXPECT_EQ(sha1_hex(std::string(64, 'a')), "0098BA824B5C16427BD7A1122A5A442A25EC644D");
  EXPECT_EQ(sha1_hex(std::string(65, 'a')), "11655326C708D70319BE2610E8A57D9A5B959D3B");
}

TEST(Sha1, what_looks_like_one) {
  EXPECT_TRUE(is_sha1_hex("70D3879BCCBED0C0730B02BAF6FCDD03E3D14D00"));
  EXPECT_FALSE(is_sha1_hex("70d3879bccbed0c0730b02baf6fcdd03e3d14d00"));
  EXPECT_FALSE(is_sha1_hex("70D3879BCCBED0C0730B02BAF6FCDD03E3D14D0"));
  EXPECT_FALSE(is_sha1_hex("70D3879BCCBED0C0730B02BAF6FCDD03E3D14D0G"));
  EXPECT_FALSE(is_sha1_hex(""));
}

}  // namespace
}  // namespace uptrail
