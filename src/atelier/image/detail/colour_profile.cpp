#include "atelier/image/detail/colour_profile.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "atelier/core/error.h"
#include "atelier/image/detail/vips_library.h"

namespace atelier::image {
namespace {

using vips::VImage;

// libvips copies the bytes, so that the image may outlive `profile`.
VImage with_profile(const VImage& image, const ProfileBytes& profile) {
  VImage result = image.copy();
  vips_image_set_blob_copy(result.get_image(), VIPS_META_ICC_NAME, profile.data(), profile.size());
  return result;
}

vips::VOption* transform_options(Depth depth) {
  return VImage::option()
      ->set("intent", VIPS_INTENT_RELATIVE)
      ->set("black_point_compensation", true)
      ->set("depth", depth == Depth::U8 ? 8 : 16);
}

// libvips takes the profile to convert to from a file only: this one is anonymous and never on disk.
class MemoryFile {
 public:
  explicit MemoryFile(const ProfileBytes& content) : fd_(::memfd_create("profile", MFD_CLOEXEC)) {
    std::size_t done = 0;
    while (fd_ >= 0 && done < content.size()) {
      const ssize_t n = ::write(fd_, content.data() + done, content.size() - done);
      if (n < 0) break;
      done += static_cast<std::size_t>(n);
    }
    if (fd_ < 0 || done < content.size()) {
      if (fd_ >= 0) ::close(fd_);
      throw Error(ErrorCode::Io, "image.profile", "no memory for a colour profile; free some and try again");
    }
  }
  ~MemoryFile() { ::close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

// The colour space that the header names, or empty when these bytes are no ICC profile.
std::string_view space_of(const ProfileBytes& profile) {
  constexpr std::size_t kHeaderSize = 128, kSpaceOffset = 16, kMagicOffset = 36;
  const std::string_view text(reinterpret_cast<const char*>(profile.data()), profile.size());
  if (text.size() < kHeaderSize || text.substr(kMagicOffset, 4) != "acsp") return {};
  return text.substr(kSpaceOffset, 4);
}

// For a profile that it cannot read libvips quietly takes a built-in one, which it leaves in what it imports.
bool libvips_takes(const VImage& source, const ProfileBytes& profile) {
  const VImage imported =
      with_profile(source, profile)
          .icc_import(VImage::option()->set("embedded", true)->set("intent", VIPS_INTENT_RELATIVE));
  std::size_t size = 0;
  const auto* used = static_cast<const std::uint8_t*>(imported.get_blob(VIPS_META_ICC_NAME, &size));
  return std::equal(used, used + size, profile.begin(), profile.end());
}

// Every combination of a few levels per channel: corners, greys and tints of the cube.
Image colour_cube() {
  constexpr int kLevels = 6;
  Image cube(kLevels * kLevels, kLevels, Depth::U16);
  const std::span<std::uint16_t> rgb = cube.rgb16();
  for (int i = 0; i < kLevels * kLevels * kLevels; ++i) {
    const int levels[3] = {i % kLevels, i / kLevels % kLevels, i / (kLevels * kLevels)};
    for (int c = 0; c < 3; ++c) {
      rgb[static_cast<std::size_t>(3 * i + c)] =
          static_cast<std::uint16_t>(levels[c] * 65535 / (kLevels - 1));
    }
  }
  return cube;
}

bool moves_no_colour(const ProfileBytes& profile) {
  // One and a half steps of an 8-bit sample.
  constexpr int kVisible = 385;
  const Image cube = colour_cube();
  Image moved(cube.width(), cube.height(), Depth::U16);
  store_colour(import_profile(view_colour(cube), profile, Depth::U16), moved);
  const std::span<const std::uint16_t> from = cube.rgb16();
  const std::span<const std::uint16_t> to = std::as_const(moved).rgb16();
  return std::equal(from.begin(), from.end(), to.begin(),
                    [](int a, int b) { return std::abs(a - b) <= kVisible; });
}

ProfileKind try_profile(const ProfileBytes& profile) {
  const std::string_view space = space_of(profile);
  const bool grey = space == "GRAY", rgb = space == "RGB ", cmyk = space == "CMYK";
  if (!grey && !rgb && !cmyk) return ProfileKind::Broken;
  try {
    const VImage pixel = VImage::black(1, 1,
                                       VImage::option()->set("bands", grey  ? 1
                                                                      : rgb ? 3
                                                                            : 4))
                             .copy(VImage::option()->set("interpretation", grey  ? VIPS_INTERPRETATION_B_W
                                                                           : rgb ? VIPS_INTERPRETATION_sRGB
                                                                                 : VIPS_INTERPRETATION_CMYK));
    if (!libvips_takes(pixel, profile)) return ProfileKind::Broken;
    if (rgb) {
      export_profile(pixel, profile, Depth::U8).avg();
      return moves_no_colour(profile) ? ProfileKind::Srgb : ProfileKind::OtherRgb;
    }
    import_profile(pixel, profile, Depth::U8).avg();
    return grey ? ProfileKind::Grey : ProfileKind::Cmyk;
  } catch (const vips::VError& error) {
    vips_complaint(error);
    return ProfileKind::Broken;
  }
}

}  // namespace

ProfileKind classify_profile(const ProfileBytes& profile) {
  // Cameras repeat one small profile over thousands of files, and trying it costs as much as decoding a small
  // photo.
  static std::mutex mutex;
  static std::vector<std::pair<ProfileBytes, ProfileKind>> known;
  constexpr std::size_t kMaxKnown = 16, kMaxKnownBytes = 64 << 10;
  if (profile.size() > kMaxKnownBytes) return try_profile(profile);
  {
    const std::lock_guard lock(mutex);
    const auto found =
        std::find_if(known.begin(), known.end(), [&](const auto& entry) { return entry.first == profile; });
    if (found != known.end()) return found->second;
  }
  const ProfileKind kind = try_profile(profile);
  const std::lock_guard lock(mutex);
  if (known.size() >= kMaxKnown) known.clear();
  known.emplace_back(profile, kind);
  return kind;
}

// Not by icc_import and icc_export, whose way over 16-bit Lab turns white into 253.
VImage import_profile(const VImage& source, const ProfileBytes& profile, Depth depth) {
  return with_profile(source, profile).icc_transform("srgb", transform_options(depth)->set("embedded", true));
}

VImage import_plain_cmyk(const VImage& source, Depth depth) {
  return source.icc_transform("srgb", transform_options(depth)->set("input_profile", "cmyk"));
}

VImage export_profile(const VImage& source, const ProfileBytes& profile, Depth depth) {
  const MemoryFile file(profile);
  return source.icc_transform(file.path().c_str(), transform_options(depth)->set("input_profile", "srgb"));
}

}  // namespace atelier::image
