#include "atelier/storage/key_ring.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstring>
#include <fstream>

#include "storage/answers.h"
#include "support/temp_dir.h"

namespace atelier::storage::test {
namespace {

using atelier::test::TempDir;
namespace fs = std::filesystem;

bool same(const SecretKey& a, const SecretKey& b) {
  return std::memcmp(a.data(), b.data(), 32) == 0;
}

TEST(Seal, OpensOnlyUnchangedAtItsPlaceWithItsKey) {
  const SecretKey key = SecretKey::random();
  const std::string box = seal(key, "what ana said", "answers/1/1");
  EXPECT_EQ(open_sealed(key, box, "answers/1/1"), "what ana said");
  EXPECT_EQ(open_sealed(key, box, "answers/1/2"), std::nullopt);
  EXPECT_EQ(open_sealed(SecretKey::random(), box, "answers/1/1"), std::nullopt);
  for (std::size_t i = 0; i < box.size(); ++i) {
    std::string changed = box;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_EQ(open_sealed(key, changed, "answers/1/1"), std::nullopt) << i;
    EXPECT_EQ(open_sealed(key, box.substr(0, i), "answers/1/1"), std::nullopt);
  }
  EXPECT_NE(seal(key, "what ana said", "answers/1/1"), box) << "the same answer twice must not look the same";
}

TEST(KeyRing, KeepsKeysAndDestroysThem) {
  const TempDir folder;
  std::string id;
  SecretKey ana, ben;
  {
    const auto ring = KeyRing::open(folder / "keys");
    id = ring->id();
    EXPECT_EQ(ring->add(), 1);
    EXPECT_EQ(ring->add(), 2);
    ring->sync();
    ana = ring->key(1).value();
    ben = ring->key(2).value();
    EXPECT_FALSE(same(ana, ben));
  }
  const auto ring = KeyRing::open(folder / "keys"), other = KeyRing::open(folder / "keys");
  EXPECT_EQ(ring->id(), id);
  EXPECT_EQ(ring->destroyed(), 0);
  other->destroy(1);
  EXPECT_FALSE(ring->key(1).has_value());
  EXPECT_TRUE(same(ring->key(2).value(), ben));
  EXPECT_EQ(ring->destroyed(), 1);
  EXPECT_EQ(ring->add(), 3) << "a slot is never used again";
  EXPECT_FALSE(ring->key(0).has_value() || ring->key(-1).has_value() || ring->key(99).has_value());
  EXPECT_EQ(ring->name_mark("ana"), other->name_mark("ana"));
  EXPECT_NE(ring->name_mark("ana"), KeyRing::in_memory()->name_mark("ana"));
}

TEST(KeyRing, IsForItsOwnerOnly) {
  const TempDir folder;
  KeyRing::open(folder / "keys");
  const auto mode = [&](const char* name) {
    struct stat info {};
    EXPECT_EQ(::stat((folder / name).c_str(), &info), 0);
    return info.st_mode & 0777;
  };
  EXPECT_EQ(mode("keys"), 0700u);
  EXPECT_EQ(mode("keys/master.key"), 0600u);
  EXPECT_EQ(mode("keys/user.keys"), 0600u);
  fs::permissions(folder / "keys/master.key", fs::perms::owner_read | fs::perms::group_read);
  EXPECT_EQ(error_of([&] { KeyRing::open(folder / "keys"); }), "store.key_mode");
}

TEST(KeyRing, NeverReplacesALostMasterKey) {
  const TempDir folder;
  KeyRing::open(folder / "keys")->add();
  fs::rename(folder / "keys/master.key", folder / "aside");
  EXPECT_EQ(error_of([&] { KeyRing::open(folder / "keys"); }), "store.key_missing");
  EXPECT_FALSE(fs::exists(folder / "keys/master.key"));
  fs::rename(folder / "aside", folder / "keys/master.key");
  EXPECT_NO_THROW(KeyRing::open(folder / "keys"));
}

TEST(KeyRing, RefusesFilesThatDoNotBelongTogether) {
  const TempDir folder;
  KeyRing::open(folder / "a")->add();
  KeyRing::open(folder / "b")->add();
  fs::copy_file(folder / "b/master.key", folder / "a/master.key", fs::copy_options::overwrite_existing);
  EXPECT_EQ(error_of([&] { KeyRing::open(folder / "a"); }), "store.key_ring");
  std::ofstream(folder / "b/master.key") << "not a key";
  EXPECT_EQ(error_of([&] { KeyRing::open(folder / "b"); }), "store.key_ring");
}

TEST(KeyRing, SaysWhenASlotIsDamaged) {
  const TempDir folder;
  const auto ring = KeyRing::open(folder / "keys");
  ring->add();
  std::fstream file(folder / "keys/user.keys", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(128 + 30);
  file.put('\x55').put('\xaa');
  file.close();
  EXPECT_EQ(error_of([&] { ring->key(1); }), "store.key_ring");
}

}  // namespace
}  // namespace atelier::storage::test
