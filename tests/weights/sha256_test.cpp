#include "atelier/weights/sha256.h"

#include <gtest/gtest.h>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "support/temp_dir.h"

namespace atelier::weights {
namespace {

// FIPS 180-2, appendix B.
constexpr const char* kDigestOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Sha256, AgreesWithTheStandard) {
  EXPECT_EQ(sha256_hex("abc"), kDigestOfAbc);
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, OfAFileIsThatOfItsBytes) {
  test::TempDir folder;
  const std::string long_text(200'000, 'x');  // several pieces
  write_file_atomically(folder / "abc", "abc");
  write_file_atomically(folder / "long", long_text);
  EXPECT_EQ(sha256_file(folder / "abc"), kDigestOfAbc);
  EXPECT_EQ(sha256_file(folder / "long"), sha256_hex(long_text));
}

TEST(Sha256, OfNoFileIsAnError) {
  test::TempDir folder;
  EXPECT_THROW(sha256_file(folder / "none"), Error);
  EXPECT_THROW(sha256_file(folder.path()), Error);
}

}  // namespace
}  // namespace atelier::weights
