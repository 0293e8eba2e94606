#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace atelier::storage {

/// 32 secret bytes, wiped when they go.
class SecretKey {
 public:
  SecretKey() = default;
  ~SecretKey();
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;

  unsigned char* data() { return bytes_.data(); }
  const unsigned char* data() const { return bytes_.data(); }

  static SecretKey random();

 private:
  std::array<unsigned char, 32> bytes_{};
};

/// XChaCha20-Poly1305 with a random nonce in front: 40 bytes longer than `text`. `place` says where the box
/// lies and is authenticated with it, so that a box moved elsewhere does not open.
std::string seal(const SecretKey& key, std::string_view text, std::string_view place);
/// Nothing when the box was changed, moved, or closed with another key.
std::optional<std::string> open_sealed(const SecretKey& key, std::string_view box, std::string_view place);
/// 32 bytes that stand for `text` to those who have the key (BLAKE2b).
std::string keyed_mark(const SecretKey& key, std::string_view text);

/// One key per person, wrapped by a master key, outside the database: a copy of the database alone says
/// nothing, and destroying a person's key makes every copy of it unreadable for good.
///
/// Files, mode 0600, in one folder: `master.key` (a line of text; it may be kept elsewhere and linked) and
/// `user.keys` (a header, then a slot of 72 bytes per person that is written once, zeroed by destroy() and
/// never used again, so the file is also the list of the erased). Many programs may use one ring at once.
/// Errors: NotPermitted "store.key_mode" when others may read the master key, "store.key_missing" when it is
/// gone but user.keys is not, "store.key_ring" when the two do not belong together or are damaged;
/// CannotCreate "store.create"; Io "store.io".
class KeyRing {
 public:
  /// Opens the ring in `folder` (made with mode 0700 when missing), made at first use.
  static std::unique_ptr<KeyRing> open(const std::filesystem::path& folder);
  /// Without a trace on disk.
  static std::unique_ptr<KeyRing> in_memory();

  ~KeyRing();
  KeyRing(const KeyRing&) = delete;
  KeyRing& operator=(const KeyRing&) = delete;

  /// 32 hex digits; a store remembers which ring it belongs to.
  const std::string& id() const { return id_; }

  /// A new key in a new slot, counted from 1. Safe on disk only after sync().
  std::int64_t add();
  void sync();
  /// How many slots were given out; a store with a higher one is newer than this copy of the ring.
  std::int64_t slots() const;
  /// Nothing when it was destroyed or never made.
  std::optional<SecretKey> key(std::int64_t slot) const;
  /// Overwrites the key; on disk when this returns. Safe to repeat.
  void destroy(std::int64_t slot);
  /// How often destroy() was called, at most: it tells a store that it is older than an erasure.
  std::int64_t destroyed() const;

  /// Finds a name without writing it down.
  std::string name_mark(std::string_view name) const;

 private:
  KeyRing(int file, std::string name) : file_(file), name_(std::move(name)) {}
  void start(const SecretKey& master);
  void join(const SecretKey& master);

  int file_;
  std::string name_;  // for messages
  std::string id_;
  SecretKey wrapping_, naming_;
};

}  // namespace atelier::storage
