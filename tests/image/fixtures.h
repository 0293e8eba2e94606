#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>
#include <vips/vips8>

#include "atelier/core/error.h"
#include "atelier/image/image.h"
#include "atelier/image/read_image.h"

namespace atelier::test {

using Bytes = std::vector<std::byte>;

/// A picture of one 8-bit colour for libvips, with the interpretation that fits the number of samples.
vips::VImage flat(int width, int height, const std::vector<double>& colour,
                  VipsInterpretation meaning = VIPS_INTERPRETATION_sRGB,
                  VipsBandFormat format = VIPS_FORMAT_UCHAR);

/// What libvips writes for a suffix with options, such as ".jpg[Q=95]".
Bytes saved(const vips::VImage& image, const std::string& suffix);

/// An image as libvips sees it, without our reader or writer in between.
vips::VImage as_vips(const Image& image);

Bytes to_bytes(std::string_view text);
void write_bytes(const std::filesystem::path& path, std::span<const std::byte> bytes);
bool contains(std::span<const std::byte> bytes, std::string_view text);

/// One PNG chunk with its length and checksum.
std::string png_chunk(const std::string& type, const std::string& data);
std::string deflated(const std::string& data);
/// A PNG file with `extra` chunks before the pixels; `rows` are the filtered scan lines.
Bytes png_file(int width, int height, int bit_depth, int colour_type, const std::string& rows,
               const std::string& extra = {});

/// An EXIF block with the orientation and, if asked, a GPS position in it.
std::string exif_block(int orientation, bool gps = false);
/// A JPEG file with one more segment right after its start.
Bytes with_jpeg_segment(const Bytes& jpeg, int marker, const std::string& data);

/// The samples of one pixel: R, G, B.
std::array<int, 3> pixel(const Image& image, int x, int y);
/// The largest difference between samples of two 8-bit images of one size.
int largest_difference(const Image& a, const Image& b);

/// The id of the Error that reading throws, or "" when it succeeds.
std::string error_id(std::span<const std::byte> bytes, const ReadOptions& options = {});

/// What spdlog's default logger says while it lives.
class CapturedLog {
 public:
  CapturedLog();
  ~CapturedLog();
  CapturedLog(const CapturedLog&) = delete;
  CapturedLog& operator=(const CapturedLog&) = delete;
  std::string text() const;
  int lines() const;

 private:
  struct Private;
  std::unique_ptr<Private> private_;
};

/// The most memory the process has held so far, bytes.
long peak_memory();

}  // namespace atelier::test
