#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atelier::image {

/// The formats we read, told by a file's first bytes.
enum class FileFormat { Jpeg, Png, Webp, Tiff, Gif };

std::string_view format_name(FileFormat format);

/// What the first bytes say, also when there are too few of them to be sure; nothing for a format we do not
/// read.
std::optional<FileFormat> detect_format(std::span<const std::byte> bytes);

/// The name of a common format that we refuse ("PDF", "HEIC"), or empty.
std::string_view refused_format_name(std::span<const std::byte> bytes);

/// True when the structure of the file goes on beyond its last byte. Not known for TIFF, whose parts lie
/// anywhere.
bool ends_early(FileFormat format, std::span<const std::byte> bytes);

/// What the markers of a JPEG file say.
struct JpegStructure {
  int scans = 0;             ///< passes over the picture; each costs the decoder a walk over all pixels
  bool adobe = false;        ///< has Adobe's marker, with which CMYK ink is stored inverted
  bool reached_end = false;  ///< has its end mark
};

JpegStructure walk_jpeg(std::span<const std::byte> bytes);

/// The PNG file without the chunks that no pixel needs: text (whose compressed forms are bombs), animation,
/// anything unknown, and EXIF beyond `max_exif_bytes`. A file that is cut short stays cut short.
std::vector<std::byte> strip_png(std::span<const std::byte> bytes, std::size_t max_exif_bytes);

/// The PNG file with an uncompressed text chunk that holds the XMP packet, placed where the format wants it.
std::vector<std::byte> insert_png_xmp(std::span<const std::byte> bytes, std::string_view xmp);

}  // namespace atelier::image
