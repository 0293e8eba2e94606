#include "atelier/storage/key_ring.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "atelier/core/error.h"

namespace atelier::storage {
namespace {

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kBoxBytes = kNonceBytes + kTagBytes;
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kSlotBytes = kBoxBytes + kKeyBytes;

// user.keys begins with: magic, the ring's id, a mark that only the right master key makes, the count of
// destroyed keys.
constexpr std::string_view kMagic = "atelier user keys 1\n";
constexpr std::size_t kIdAt = 32, kIdBytes = 16, kCheckAt = 48, kCheckBytes = 32, kDestroyedAt = 80;
constexpr std::size_t kHeaderBytes = 128;
constexpr std::string_view kMasterPrefix = "atelier-master-key-1 ";

void start_sodium() {
  if (sodium_init() < 0) {
    throw Error(ErrorCode::Internal, "store.crypto",
                "libsodium does not start; reinstall the package libsodium23");
  }
}

[[noreturn]] void fail(ErrorCode code, const char* id, const std::string& name, const std::string& cause) {
  throw Error(code, id, name + ": " + cause);
}

std::string system_cause() {
  return std::strerror(errno);
}

class OpenFile {
 public:
  explicit OpenFile(int fd) : fd_(fd) {}
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

// One program at a time; reading slots needs none of this, they are written once.
class FileLock {
 public:
  explicit FileLock(int fd) : fd_(fd) {
    while (::flock(fd_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~FileLock() { ::flock(fd_, LOCK_UN); }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int fd_;
};

void write_at(int fd, std::string_view bytes, std::size_t at, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
      fail(ErrorCode::Io, full ? "store.full" : "store.io", name,
           "writing failed: " + system_cause() + "; nothing was kept");
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
    at += static_cast<std::size_t>(n);
  }
}

/// Up to `size` bytes; fewer at the end of the file.
std::string read_at(int fd, std::size_t size, std::size_t at, const std::string& name) {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::pread(fd, bytes.data() + done, size - done, static_cast<off_t>(at + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(ErrorCode::Io, "store.io", name, "reading failed: " + system_cause());
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  bytes.resize(done);
  return bytes;
}

void sync_file(int fd, const std::string& name) {
  if (::fsync(fd) != 0)
    fail(ErrorCode::Io, "store.io", name, "the disk did not keep the keys: " + system_cause());
}

std::string hex(std::string_view bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                 bytes.size());
  text.pop_back();
  return text;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string encode(std::uint64_t number) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(number >> (8 * i) & 0xFF);
  return bytes;
}

std::uint64_t decode(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return number;
}

SecretKey derived(const SecretKey& master, std::uint64_t number) {
  SecretKey key;
  crypto_kdf_derive_from_key(key.data(), kKeyBytes, number, "atelier1", master.data());
  return key;
}

std::size_t slot_offset(std::int64_t slot) {
  return kHeaderBytes + static_cast<std::size_t>(slot - 1) * kSlotBytes;
}

std::string slot_place(std::int64_t slot) {
  return "slot/" + std::to_string(slot);
}

bool is_zero(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == std::string_view::npos;
}

std::string master_text(const SecretKey& key) {
  const std::string_view raw(reinterpret_cast<const char*>(key.data()), kKeyBytes);
  return std::string(kMasterPrefix) + hex(raw) + "\n";
}

SecretKey read_master(const std::filesystem::path& path) {
  const std::string name = printable(path.string());
  const OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (file.get() < 0 || ::fstat(file.get(), &info) != 0) {
    fail(ErrorCode::NotPermitted, "store.key_missing", name, "cannot read the master key: " + system_cause());
  }
  if ((info.st_mode & 077) != 0) {
    fail(ErrorCode::NotPermitted, "store.key_mode", name,
         "others may read the master key; change that with 'chmod 600' on it");
  }
  std::string text = read_at(file.get(), kMasterPrefix.size() + 2 * kKeyBytes + 2, 0, name);
  SecretKey key;
  std::size_t length = 0;
  const bool right_size =
      text.size() == kMasterPrefix.size() + 2 * kKeyBytes + 1 && text.starts_with(kMasterPrefix);
  const bool good = right_size &&
                    sodium_hex2bin(key.data(), kKeyBytes, text.data() + kMasterPrefix.size(), 2 * kKeyBytes,
                                   nullptr, &length, nullptr) == 0 &&
                    length == kKeyBytes;
  sodium_memzero(text.data(), text.size());
  if (!good) {
    fail(ErrorCode::NotPermitted, "store.key_ring", name, "is not a master key; put the right one back");
  }
  return key;
}

// Written whole under another name first: a key that was used and lost would lose everything with it.
SecretKey make_master(const std::filesystem::path& path) {
  const std::string name = printable(path.string());
  const std::filesystem::path temporary = path.string() + ".new";
  const SecretKey key = SecretKey::random();
  const OpenFile file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.get() < 0)
    fail(ErrorCode::CannotCreate, "store.create", name, "cannot make the key: " + system_cause());
  std::string text = master_text(key);
  write_at(file.get(), text, 0, name);
  sodium_memzero(text.data(), text.size());
  sync_file(file.get(), name);
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    fail(ErrorCode::CannotCreate, "store.create", name, "cannot put the key in place: " + system_cause());
  }
  const OpenFile folder(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() >= 0) ::fsync(folder.get());
  return key;
}

void make_private_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::create_directories(folder, error)) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  }
  if (error) {
    fail(ErrorCode::CannotCreate, "store.create", printable(folder.string()),
         "cannot make the folder for the keys: " + error.message() +
             "; set ATELIER_DATA_DIR to a writable folder");
  }
}

}  // namespace

SecretKey::~SecretKey() {
  sodium_memzero(bytes_.data(), bytes_.size());
}

SecretKey SecretKey::random() {
  start_sodium();
  SecretKey key;
  randombytes_buf(key.data(), kKeyBytes);
  return key;
}

std::string seal(const SecretKey& key, std::string_view text, std::string_view place) {
  std::string box(kBoxBytes + text.size(), '\0');
  auto* nonce = reinterpret_cast<unsigned char*>(box.data());
  randombytes_buf(nonce, kNonceBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + kNonceBytes, nullptr, bytes_of(text), text.size(),
                                             bytes_of(place), place.size(), nullptr, nonce, key.data());
  return box;
}

std::optional<std::string> open_sealed(const SecretKey& key, std::string_view box, std::string_view place) {
  if (box.size() < kBoxBytes) return std::nullopt;
  std::string text(box.size() - kBoxBytes, '\0');
  const int result = crypto_aead_xchacha20poly1305_ietf_decrypt(
      reinterpret_cast<unsigned char*>(text.data()), nullptr, nullptr, bytes_of(box) + kNonceBytes,
      box.size() - kNonceBytes, bytes_of(place), place.size(), bytes_of(box), key.data());
  if (result != 0) return std::nullopt;
  return text;
}

std::string keyed_mark(const SecretKey& key, std::string_view text) {
  std::string mark(32, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(mark.data()), mark.size(), bytes_of(text), text.size(),
                     key.data(), kKeyBytes);
  return mark;
}

std::unique_ptr<KeyRing> KeyRing::open(const std::filesystem::path& folder) {
  start_sodium();
  make_private_folder(folder);
  const std::filesystem::path keys = folder / "user.keys", master = folder / "master.key";
  const std::string name = printable(keys.string());
  OpenFile file(::open(keys.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.get() < 0) fail(ErrorCode::CannotCreate, "store.create", name, "cannot open: " + system_cause());
  std::unique_ptr<KeyRing> ring(new KeyRing(file.release(), name));
  const FileLock lock(ring->file_);
  const bool is_new = read_at(ring->file_, 1, 0, name).empty();
  std::error_code ignored;
  const bool has_master = std::filesystem::exists(master, ignored);
  if (!is_new && !has_master) {
    fail(ErrorCode::NotPermitted, "store.key_missing", printable(master.string()),
         "the master key is gone, and nothing can be read without it; put it back from your copy");
  }
  const SecretKey key = has_master ? read_master(master) : make_master(master);
  is_new ? ring->start(key) : ring->join(key);
  return ring;
}

std::unique_ptr<KeyRing> KeyRing::in_memory() {
  start_sodium();
  const int file = ::memfd_create("atelier-keys", MFD_CLOEXEC);
  if (file < 0) fail(ErrorCode::Io, "store.io", "keys in memory", system_cause());
  std::unique_ptr<KeyRing> ring(new KeyRing(file, "keys in memory"));
  ring->start(SecretKey::random());
  return ring;
}

KeyRing::~KeyRing() {
  ::close(file_);
}

void KeyRing::start(const SecretKey& master) {
  std::string id(kIdBytes, '\0');
  randombytes_buf(id.data(), id.size());
  std::string header(kMagic);
  header.resize(kIdAt);
  header += id + keyed_mark(derived(master, 3), id);
  header.resize(kHeaderBytes);
  write_at(file_, header, 0, name_);
  sync_file(file_, name_);
  join(master);
}

void KeyRing::join(const SecretKey& master) {
  const std::string header = read_at(file_, kHeaderBytes, 0, name_);
  const bool complete = header.size() == kHeaderBytes && header.starts_with(kMagic);
  const std::string id = complete ? header.substr(kIdAt, kIdBytes) : "";
  if (!complete || keyed_mark(derived(master, 3), id) != header.substr(kCheckAt, kCheckBytes)) {
    fail(ErrorCode::NotPermitted, "store.key_ring", name_,
         complete ? "was made with another master key; put the two files back together"
                  : "is damaged; put it back from your copy");
  }
  id_ = hex(id);
  wrapping_ = derived(master, 1);
  naming_ = derived(master, 2);
}

std::int64_t KeyRing::slots() const {
  const off_t end = ::lseek(file_, 0, SEEK_END);
  if (end < 0) fail(ErrorCode::Io, "store.io", name_, system_cause());
  const std::size_t used = std::max(static_cast<std::size_t>(end), kHeaderBytes) - kHeaderBytes;
  // Half a slot at the end is what a crash left of a key that nobody uses.
  return static_cast<std::int64_t>((used + kSlotBytes - 1) / kSlotBytes);
}

std::int64_t KeyRing::add() {
  const FileLock lock(file_);
  const std::int64_t slot = slots() + 1;
  const SecretKey key = SecretKey::random();
  const std::string_view raw(reinterpret_cast<const char*>(key.data()), kKeyBytes);
  write_at(file_, seal(wrapping_, raw, slot_place(slot)), slot_offset(slot), name_);
  return slot;
}

void KeyRing::sync() {
  sync_file(file_, name_);
}

std::optional<SecretKey> KeyRing::key(std::int64_t slot) const {
  if (slot < 1) return std::nullopt;
  const std::string box = read_at(file_, kSlotBytes, slot_offset(slot), name_);
  if (box.size() < kSlotBytes || is_zero(box)) return std::nullopt;
  std::optional<std::string> raw = open_sealed(wrapping_, box, slot_place(slot));
  if (!raw) {
    fail(ErrorCode::BadData, "store.key_ring", name_,
         "the key of a user is damaged; put the file back from your copy");
  }
  SecretKey key;
  std::memcpy(key.data(), raw->data(), kKeyBytes);
  sodium_memzero(raw->data(), raw->size());
  return key;
}

void KeyRing::destroy(std::int64_t slot) {
  const FileLock lock(file_);
  // The count goes first: with it, a half-done erasure is one to look for; without it, one that nobody sees.
  const std::uint64_t count = decode(read_at(file_, 8, kDestroyedAt, name_)) + 1;
  write_at(file_, encode(count), kDestroyedAt, name_);
  sync_file(file_, name_);
  if (slot >= 1 && slot <= slots()) {
    write_at(file_, std::string(kSlotBytes, '\0'), slot_offset(slot), name_);
  }
  sync_file(file_, name_);
}

std::int64_t KeyRing::destroyed() const {
  return static_cast<std::int64_t>(decode(read_at(file_, 8, kDestroyedAt, name_)));
}

std::string KeyRing::name_mark(std::string_view name) const {
  return keyed_mark(naming_, name);
}

}  // namespace atelier::storage
