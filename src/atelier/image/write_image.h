#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "atelier/image/image.h"

namespace atelier {

struct WriteOptions {
  int quality = 92;  ///< 1..100, for JPEG and lossy WebP
  /// WebP without loss, except for colours below full transparency. An error for JPEG; PNG and TIFF never
  /// lose.
  bool lossless = false;
  /// Of PNG and TIFF samples, by default the image's own; JPEG and WebP hold 8 bits.
  std::optional<Depth> depth = std::nullopt;
  /// Says in the file (XMP, IPTC DigitalSourceType compositeWithTrainedAlgorithmicMedia) that the picture is
  /// made with the help of a trained network.
  bool mark_ai = true;
};

/// Writes the picture in the format its extension names (jpg, jpeg, png, webp, tif, tiff), all or nothing.
/// Colours are converted back to the image's ICC profile, which is embedded. The same image and options give
/// the same bytes. Throws Error Usage "image.unsupported_output" (extension), "image.alpha" (JPEG cannot hold
/// transparency), "image.option" (quality out of range, lossless JPEG), "image.side" (too large for the
/// format), CannotCreate or Io when the file cannot be written.
void write_image(const std::filesystem::path& path, const Image& image, const WriteOptions& options = {});

/// The bytes write_image would write; `extension` with or without its dot.
std::vector<std::byte> encode_image(const Image& image, const std::string& extension,
                                    const WriteOptions& options = {});

}  // namespace atelier
