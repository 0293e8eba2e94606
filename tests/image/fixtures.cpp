#include "fixtures.h"

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace atelier::test {
namespace {

void append_big_endian(std::string& text, std::uint32_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    text.push_back(static_cast<char>(value >> shift & 0xFFU));
}

std::string little_endian(std::uint32_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text.push_back(static_cast<char>(value >> (8 * i) & 0xFFU));
  return text;
}

// Tag, type (2: text, 3: 16 bits, 4: 32 bits, 5: rational), count, value or offset.
std::string exif_entry(std::uint32_t tag, std::uint32_t type, std::uint32_t count, std::uint32_t value) {
  return little_endian(tag, 2) + little_endian(type, 2) + little_endian(count, 4) + little_endian(value, 4);
}

}  // namespace

vips::VImage flat(int width, int height, const std::vector<double>& colour, VipsInterpretation meaning,
                  VipsBandFormat format) {
  set_image_threads(2);
  return vips::VImage::black(width, height)
      .cast(format)
      .new_from_image(colour)
      .copy(vips::VImage::option()->set("interpretation", meaning));
}

Bytes saved(const vips::VImage& image, const std::string& suffix) {
  set_image_threads(2);
  void* data = nullptr;
  std::size_t size = 0;
  image.write_to_buffer(suffix.c_str(), &data, &size);
  const auto* first = static_cast<const std::byte*>(data);
  Bytes bytes(first, first + size);
  g_free(data);
  return bytes;
}

vips::VImage as_vips(const Image& image) {
  set_image_threads(2);
  const bool wide = image.depth() == Depth::U16;
  const void* data = wide ? static_cast<const void*>(image.rgb16().data()) : image.rgb8().data();
  const std::size_t size = 3 * image.pixels() * (wide ? 2 : 1);
  return vips::VImage(vips_image_new_from_memory_copy(data, size, image.width(), image.height(), 3,
                                                      wide ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR))
      .copy(vips::VImage::option()->set("interpretation",
                                        wide ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB));
}

Bytes to_bytes(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  return {bytes.begin(), bytes.end()};
}

void write_bytes(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

bool contains(std::span<const std::byte> bytes, std::string_view text) {
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()).find(text) !=
         std::string_view::npos;
}

std::string png_chunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  std::string chunk;
  append_big_endian(chunk, static_cast<std::uint32_t>(data.size()), 4);
  chunk += body;
  append_big_endian(chunk,
                    static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(body.data()),
                                                     static_cast<uInt>(body.size()))),
                    4);
  return chunk;
}

std::string deflated(const std::string& data) {
  uLongf size = compressBound(data.size());
  std::string result(size, '\0');
  compress2(reinterpret_cast<Bytef*>(result.data()), &size, reinterpret_cast<const Bytef*>(data.data()),
            data.size(), 9);
  result.resize(size);
  return result;
}

Bytes png_file(int width, int height, int bit_depth, int colour_type, const std::string& rows,
               const std::string& extra) {
  std::string header;
  append_big_endian(header, static_cast<std::uint32_t>(width), 4);
  append_big_endian(header, static_cast<std::uint32_t>(height), 4);
  header += {static_cast<char>(bit_depth), static_cast<char>(colour_type), 0, 0, 0};
  return to_bytes("\x89PNG\r\n\x1A\n" + png_chunk("IHDR", header) + extra +
                  png_chunk("IDAT", deflated(rows)) + png_chunk("IEND", ""));
}

std::string exif_block(int orientation, bool gps) {
  using namespace std::string_literals;
  const std::uint32_t entries = gps ? 2 : 1;
  const std::uint32_t gps_at = 8 + 2 + 12 * entries + 4;
  std::string block = "Exif\0\0"s + "II*\0"s + little_endian(8, 4) + little_endian(entries, 2) +
                      exif_entry(0x0112, 3, 1, static_cast<std::uint32_t>(orientation));
  if (gps) block += exif_entry(0x8825, 4, 1, gps_at);
  block += little_endian(0, 4);
  if (gps) {
    const std::uint32_t rationals_at = gps_at + 2 + 12 * 2 + 4;
    block += little_endian(2, 2) + exif_entry(1, 2, 2, 'N') + exif_entry(2, 5, 3, rationals_at) +
             little_endian(0, 4);
    for (const std::uint32_t value : {48U, 1U, 51U, 1U, 2'415'919U, 1'000'000U})
      block += little_endian(value, 4);
  }
  return block;
}

Bytes with_jpeg_segment(const Bytes& jpeg, int marker, const std::string& data) {
  std::string segment = {'\xFF', static_cast<char>(marker)};
  append_big_endian(segment, static_cast<std::uint32_t>(data.size() + 2), 2);
  const Bytes inserted = to_bytes(segment + data);
  Bytes result = jpeg;
  result.insert(result.begin() + 2, inserted.begin(), inserted.end());
  return result;
}

std::array<int, 3> pixel(const Image& image, int x, int y) {
  const std::size_t at = 3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width()) +
                              static_cast<std::size_t>(x));
  if (image.depth() == Depth::U8) return {image.rgb8()[at], image.rgb8()[at + 1], image.rgb8()[at + 2]};
  return {image.rgb16()[at], image.rgb16()[at + 1], image.rgb16()[at + 2]};
}

int largest_difference(const Image& a, const Image& b) {
  int largest = 0;
  for (std::size_t i = 0; i < a.rgb8().size(); ++i)
    largest = std::max(largest, std::abs(a.rgb8()[i] - b.rgb8()[i]));
  return largest;
}

std::string error_id(std::span<const std::byte> bytes, const ReadOptions& options) {
  try {
    read_image_bytes(bytes, "test", options);
    return "";
  } catch (const Error& error) {
    return error.id();
  }
}

struct CapturedLog::Private {
  std::ostringstream stream;
  std::shared_ptr<spdlog::logger> before = spdlog::default_logger();
};

CapturedLog::CapturedLog() : private_(std::make_unique<Private>()) {
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "captured", std::make_shared<spdlog::sinks::ostream_sink_mt>(private_->stream)));
}

CapturedLog::~CapturedLog() {
  spdlog::set_default_logger(private_->before);
}

std::string CapturedLog::text() const {
  return private_->stream.str();
}

int CapturedLog::lines() const {
  const std::string all = text();
  return static_cast<int>(std::count(all.begin(), all.end(), '\n'));
}

long peak_memory() {
  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss * 1024;
}

}  // namespace atelier::test
