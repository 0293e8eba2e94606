#include "atelier/image/detail/file_format.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace atelier::image {
namespace {

using Bytes = std::span<const std::byte>;
using namespace std::string_view_literals;

struct Signature {
  FileFormat format;
  std::string_view start;
  std::string_view rest;  // at offset 8; the four bytes before it are a size
};

constexpr std::array kSignatures = {
    Signature{FileFormat::Jpeg, "\xFF\xD8\xFF"sv, {}}, Signature{FileFormat::Png, "\x89PNG\r\n\x1A\n"sv, {}},
    Signature{FileFormat::Webp, "RIFF"sv, "WEBP"sv},   Signature{FileFormat::Tiff, "II*\0"sv, {}},
    Signature{FileFormat::Tiff, "MM\0*"sv, {}},        Signature{FileFormat::Tiff, "II+\0"sv, {}},
    Signature{FileFormat::Tiff, "MM\0+"sv, {}},        Signature{FileFormat::Gif, "GIF87a"sv, {}},
    Signature{FileFormat::Gif, "GIF89a"sv, {}},
};

std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Compares as far as the text goes: a file of three bytes may still be the start of a PNG.
bool agrees(std::string_view text, std::size_t offset, std::string_view expected) {
  if (offset >= text.size()) return true;
  const std::string_view there = text.substr(offset, expected.size());
  return there == expected.substr(0, there.size());
}

std::uint32_t big_endian_32(Bytes bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
  return value;
}

std::uint32_t little_endian_32(Bytes bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
  return value;
}

constexpr std::size_t kPngSignatureSize = 8;
// Length, type and checksum around a chunk's data.
constexpr std::size_t kPngChunkOverhead = 12;

// Calls visit(type, whole chunk) for each complete chunk; returns where the walk ended.
template <typename Visit>
std::size_t walk_png(Bytes bytes, Visit visit) {
  std::size_t at = kPngSignatureSize;
  while (at + kPngChunkOverhead <= bytes.size()) {
    const std::size_t size = std::size_t{big_endian_32(bytes, at)} + kPngChunkOverhead;
    if (size > bytes.size() - at) break;
    const std::string_view type = as_text(bytes).substr(at + 4, 4);
    visit(type, bytes.subspan(at, size));
    at += size;
    if (type == "IEND") break;
  }
  return at;
}

// Reads a TIFF file's numbers and notes when one of them lies beyond the last byte.
class TiffNumbers {
 public:
  explicit TiffNumbers(Bytes bytes) : bytes_(bytes), little_(bytes[0] == std::byte{'I'}) {}

  std::uint64_t read(std::uint64_t at, std::uint64_t size) {
    require(at, size);
    if (past_end_) return 0;
    std::uint64_t value = 0;
    for (std::uint64_t i = 0; i < size; ++i) {
      value = value << 8 | std::to_integer<std::uint64_t>(bytes_[at + (little_ ? size - 1 - i : i)]);
    }
    return value;
  }

  void require(std::uint64_t at, std::uint64_t size) {
    past_end_ = past_end_ || at > bytes_.size() || size > bytes_.size() - at;
  }

  bool past_end() const { return past_end_; }

 private:
  Bytes bytes_;
  bool little_;
  bool past_end_ = false;
};

// Follows the first directory of a classic TIFF file to all that it points at.
bool tiff_ends_early(Bytes bytes) {
  constexpr std::array<std::uint64_t, 13> kTypeSizes = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
  constexpr std::uint64_t kStripOffsets = 273, kStripSizes = 279, kTileOffsets = 324, kTileSizes = 325;
  struct Values {
    std::uint64_t at = 0, size = 0, count = 0;
  };
  TiffNumbers file(bytes);
  Values offsets, sizes;
  const std::uint64_t directory = file.read(4, 4);
  const std::uint64_t entries = file.read(directory, 2);
  for (std::uint64_t i = 0; i < entries && !file.past_end(); ++i) {
    const std::uint64_t entry = directory + 2 + 12 * i;
    const std::uint64_t tag = file.read(entry, 2), type = file.read(entry + 2, 2);
    Values values{.at = entry + 8,
                  .size = type < kTypeSizes.size() ? kTypeSizes[type] : 0,
                  .count = file.read(entry + 4, 4)};
    if (values.size * values.count > 4) values.at = file.read(entry + 8, 4);
    file.require(values.at, values.size * values.count);
    if (tag == kStripOffsets || tag == kTileOffsets) offsets = values;
    if (tag == kStripSizes || tag == kTileSizes) sizes = values;
  }
  for (std::uint64_t i = 0; i < std::min(offsets.count, sizes.count) && !file.past_end(); ++i) {
    file.require(file.read(offsets.at + i * offsets.size, offsets.size),
                 file.read(sizes.at + i * sizes.size, sizes.size));
  }
  return file.past_end();
}

std::uint32_t png_checksum(std::string_view data) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : data) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? crc >> 1 ^ 0xEDB88320U : crc >> 1;
  }
  return ~crc;
}

void append_big_endian_32(std::string& text, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) text.push_back(static_cast<char>(value >> shift & 0xFFU));
}

}  // namespace

std::string_view format_name(FileFormat format) {
  switch (format) {
    case FileFormat::Jpeg:
      return "JPEG";
    case FileFormat::Png:
      return "PNG";
    case FileFormat::Webp:
      return "WebP";
    case FileFormat::Tiff:
      return "TIFF";
    case FileFormat::Gif:
      return "GIF";
  }
  return "";
}

std::optional<FileFormat> detect_format(Bytes bytes) {
  const std::string_view text = as_text(bytes);
  for (const Signature& signature : kSignatures) {
    if (agrees(text, 0, signature.start) && agrees(text, 8, signature.rest)) return signature.format;
  }
  return std::nullopt;
}

std::string_view refused_format_name(Bytes bytes) {
  struct Known {
    std::size_t offset;
    std::string_view magic;
    std::string_view name;
  };
  static constexpr std::array kKnown = {
      Known{0, "%PDF"sv, "PDF"},
      Known{0, "8BPS"sv, "Photoshop"},
      Known{0, "BM"sv, "BMP"},
      Known{4, "ftypheic"sv, "HEIC"},
      Known{4, "ftypmif1"sv, "HEIF"},
      Known{4, "ftypavif"sv, "AVIF"},
      Known{4, "ftypheix"sv, "HEIC"},
      Known{0, "\xFF\x0A"sv, "JPEG XL"},
      Known{4, "JXL \r\n"sv, "JPEG XL"},
      Known{4, "jP  \r\n"sv, "JPEG 2000"},
      Known{0, "%!PS"sv, "PostScript"},
      Known{0, "PK\x03\x04"sv, "ZIP"},
      Known{0, "<"sv, "SVG, HTML or XML"},
  };
  const std::string_view text = as_text(bytes);
  for (const Known& known : kKnown) {
    if (text.size() > known.offset && text.substr(known.offset).starts_with(known.magic)) return known.name;
  }
  return {};
}

bool ends_early(FileFormat format, Bytes bytes) {
  switch (format) {
    case FileFormat::Jpeg:
      return !walk_jpeg(bytes).reached_end;
    case FileFormat::Png: {
      bool complete = false;
      walk_png(bytes, [&](std::string_view type, Bytes) { complete = complete || type == "IEND"; });
      return !complete;
    }
    case FileFormat::Webp:
      return bytes.size() < 12 || std::size_t{little_endian_32(bytes, 4)} + 8 > bytes.size();
    case FileFormat::Gif: {
      constexpr std::size_t kHeaderSize = 13;
      constexpr std::byte kTrailer{0x3B};
      return bytes.size() <= kHeaderSize || bytes.back() != kTrailer;
    }
    case FileFormat::Tiff:
      return tiff_ends_early(bytes);
  }
  return false;
}

JpegStructure walk_jpeg(Bytes bytes) {
  constexpr unsigned kRestartFirst = 0xD0, kRestartLast = 0xD7, kEnd = 0xD9, kStartOfScan = 0xDA,
                     kApp14 = 0xEE;
  JpegStructure structure;
  std::size_t at = 2;
  while (at + 1 < bytes.size()) {
    const void* found = std::memchr(bytes.data() + at, 0xFF, bytes.size() - at - 1);
    if (found == nullptr) break;
    at = static_cast<std::size_t>(static_cast<const std::byte*>(found) - bytes.data()) + 1;
    const auto marker = std::to_integer<unsigned>(bytes[at]);
    // A stuffed zero and restart markers stand inside the compressed data; 0xFF is padding before a marker.
    if (marker == 0x00 || marker == 0x01 || marker == 0xFF ||
        (marker >= kRestartFirst && marker <= kRestartLast)) {
      continue;
    }
    ++at;
    if (marker == kEnd) {
      structure.reached_end = true;
      break;
    }
    if (at + 2 > bytes.size()) break;
    if (marker == kStartOfScan) ++structure.scans;
    if (marker == kApp14 && as_text(bytes).substr(at + 2).starts_with("Adobe")) structure.adobe = true;
    at += std::to_integer<std::size_t>(bytes[at]) << 8 | std::to_integer<std::size_t>(bytes[at + 1]);
  }
  return structure;
}

std::vector<std::byte> strip_png(Bytes bytes, std::size_t max_exif_bytes) {
  std::vector<std::byte> result(bytes.begin(), bytes.begin() + std::min(bytes.size(), kPngSignatureSize));
  result.reserve(bytes.size());
  // A chunk that is cut off is left out too: without its checksum nobody knows whether its pixels are right.
  walk_png(bytes, [&](std::string_view type, Bytes chunk) {
    const bool critical = type[0] >= 'A' && type[0] <= 'Z';
    const bool exif = type == "eXIf" && chunk.size() <= max_exif_bytes + kPngChunkOverhead;
    if (critical || exif || type == "tRNS" || type == "iCCP")
      result.insert(result.end(), chunk.begin(), chunk.end());
  });
  return result;
}

std::vector<std::byte> insert_png_xmp(Bytes bytes, std::string_view xmp) {
  // Keyword, no compression (flag and method), no language, no translated keyword.
  std::string body = "iTXtXML:com.adobe.xmp" + std::string(5, '\0');
  body += xmp;
  std::string chunk;
  append_big_endian_32(chunk, static_cast<std::uint32_t>(body.size() - 4));
  chunk += body;
  append_big_endian_32(chunk, png_checksum(body));

  constexpr std::size_t kHeaderEnd = kPngSignatureSize + kPngChunkOverhead + 13;
  std::vector<std::byte> result(bytes.begin(), bytes.end());
  const Bytes inserted = std::as_bytes(std::span(chunk.data(), chunk.size()));
  result.insert(result.begin() + kHeaderEnd, inserted.begin(), inserted.end());
  return result;
}

}  // namespace atelier::image
