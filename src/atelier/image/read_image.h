#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "atelier/image/image.h"

namespace atelier {

/// What a source may cost. Sizes are checked from the file's header, before any pixel is decoded.
struct ReadLimits {
  std::uintmax_t max_bytes = std::uintmax_t{512} << 20;  ///< size of the file
  std::uintmax_t max_pixels = 50'000'000;                ///< width * height
  int max_side = 16'384;                                 ///< longest side, pixels
  std::size_t max_icc_bytes = std::size_t{4} << 20;      ///< a larger profile is ignored with a warning
  std::size_t max_exif_bytes = std::size_t{256} << 10;   ///< a larger EXIF block is ignored: no rotation
};

struct ReadOptions {
  ReadLimits limits = {};
  /// Above 0: shrink the picture so that its short side is exactly this many pixels, decoding small where the
  /// format can (JPEG); a source that is already smaller is left as it is.
  int shrink_to_short_side = 0;
};

/// Reads JPEG, PNG, WebP, TIFF, or the first frame of a GIF. The content decides, never the file's name. EXIF
/// orientation is applied, colours become sRGB (by the embedded profile, a built-in one for CMYK without
/// profile), 16 bits stay 16 bits, alpha is carried beside the colour; GPS and all other metadata are
/// dropped. Throws the errors of read_file (NoInput "file.open", "file.kind", BadData "file.too_big") and
/// BadData "image.empty", "image.unsupported_format", "image.too_many_pixels", "image.truncated",
/// "image.broken" and "image.too_slow" (a JPEG made of hundreds of scans). Safe to call from several threads.
Image read_image(const std::filesystem::path& path, const ReadOptions& options = {});

/// The same for a picture in memory; `name` is what error messages call it.
Image read_image_bytes(std::span<const std::byte> bytes, const std::string& name,
                       const ReadOptions& options = {});

/// What a picture's header says, as read_image would return it (after orientation).
struct ImageInfo {
  int width = 0;
  int height = 0;
  Depth depth = Depth::U8;
  bool has_alpha = false;
  bool has_profile = false;
  std::string format;  ///< "JPEG", "PNG", "WebP", "TIFF" or "GIF"
};

/// Decodes no pixel; the errors are those of read_image, as far as the header shows them.
ImageInfo probe_image(const std::filesystem::path& path, const ReadLimits& limits = {});

/// True when the name ends like a picture we read (any case); for walking through folders.
bool is_image_path(const std::filesystem::path& path);

/// How many threads decoding and resizing may use; the default is one for each processor.
void set_image_threads(int threads);

}  // namespace atelier
