#include "atelier/image/write_image.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <string_view>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/core/log.h"
#include "atelier/image/detail/colour_profile.h"
#include "atelier/image/detail/file_format.h"
#include "atelier/image/detail/vips_library.h"

namespace atelier {
namespace {

using vips::VImage;

enum class Target { Jpeg, Png, Webp, Tiff };

// IPTC: a picture of the world that a trained network has worked on.
constexpr std::string_view kAiMark =
    "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>"
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
    "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
    "<rdf:Description rdf:about=\"\" xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\" "
    "Iptc4xmpExt:DigitalSourceType=\"http://cv.iptc.org/newscodes/digitalsourcetype/"
    "compositeWithTrainedAlgorithmicMedia\"/></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>";

[[noreturn]] void refuse(const char* id, const std::string& message) {
  throw Error(ErrorCode::Usage, id, message);
}

Target target_of(std::string extension) {
  if (!extension.empty() && extension.front() == '.') extension.erase(0, 1);
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (extension == "jpg" || extension == "jpeg") return Target::Jpeg;
  if (extension == "png") return Target::Png;
  if (extension == "webp") return Target::Webp;
  if (extension == "tif" || extension == "tiff") return Target::Tiff;
  refuse("image.unsupported_output",
         "cannot write pictures that end in '." + printable(extension) + "'; use .jpg, .png, .webp or .tif");
}

void check(const Image& image, Target target, const WriteOptions& options) {
  if (image.empty()) refuse("image.size", "there are no pixels to write");
  if (options.quality < 1 || options.quality > 100) {
    refuse("image.option", "quality " + std::to_string(options.quality) + " is outside 1 to 100");
  }
  if (target == Target::Jpeg && options.lossless) {
    refuse("image.option", "JPEG always loses a little; choose .png, .webp or .tif for lossless");
  }
  if (target == Target::Jpeg && !image.is_opaque()) {
    refuse("image.alpha", "JPEG cannot hold the transparency of this picture; choose .png, .webp or .tif");
  }
  const int longest = std::max(image.width(), image.height());
  const int limit = target == Target::Webp ? 16'383 : target == Target::Jpeg ? 65'500 : longest;
  if (longest > limit) {
    refuse("image.side", "a side of " + std::to_string(longest) +
                             " pixels is too long for this format, whose limit is " + std::to_string(limit) +
                             "; choose .png or .tif");
  }
}

// The colour as the file will hold it: in the space of the image's profile, which is attached.
VImage to_file_colours(const Image& image) {
  const VImage colour = image::view_colour(image);
  const image::ProfileBytes& profile = image.icc_profile();
  if (profile.empty()) return colour;
  const image::ProfileKind kind = image::classify_profile(profile);
  if (kind != image::ProfileKind::Srgb && kind != image::ProfileKind::OtherRgb) {
    spdlog::warn("colour profile not written, it is broken or not for RGB; the picture is sRGB");
    return colour;
  }
  VImage result =
      (kind == image::ProfileKind::Srgb ? colour : image::export_profile(colour, profile, image.depth()))
          .copy();
  vips_image_set_blob_copy(result.get_image(), VIPS_META_ICC_NAME, profile.data(), profile.size());
  return result;
}

VipsBlob* save(const VImage& pixels, Target target, const WriteOptions& options) {
  switch (target) {
    case Target::Jpeg:
      return pixels.jpegsave_buffer(
          VImage::option()->set("Q", options.quality)->set("optimize_coding", true));
    case Target::Png:
      // On photos, level 3 with all filters is smaller than the default level and takes half its time.
      return pixels.pngsave_buffer(
          VImage::option()->set("filter", VIPS_FOREIGN_PNG_FILTER_ALL)->set("compression", 3));
    case Target::Webp:
      return pixels.webpsave_buffer(
          VImage::option()->set("Q", options.quality)->set("lossless", options.lossless));
    case Target::Tiff:
      return pixels.tiffsave_buffer(VImage::option()
                                        ->set("compression", VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE)
                                        ->set("predictor", VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL));
  }
  return nullptr;
}

std::vector<std::byte> encode(const Image& image, Target target, const WriteOptions& options) {
  VImage pixels = to_file_colours(image);
  if (image.has_alpha() && target != Target::Jpeg) pixels = pixels.bandjoin(image::view_alpha(image));
  // libvips would compress the packet inside a PNG, where few programs look.
  if (options.mark_ai && target != Target::Png) {
    pixels = pixels.copy();
    vips_image_set_blob_copy(pixels.get_image(), VIPS_META_XMP_NAME, kAiMark.data(), kAiMark.size());
  }
  const std::unique_ptr<VipsBlob, void (*)(VipsBlob*)> blob(
      save(pixels, target, options), [](VipsBlob* b) { vips_area_unref(VIPS_AREA(b)); });
  std::size_t size = 0;
  const auto* data = static_cast<const std::byte*>(vips_blob_get(blob.get(), &size));
  if (options.mark_ai && target == Target::Png) return image::insert_png_xmp({data, size}, kAiMark);
  return {data, data + size};
}

}  // namespace

std::vector<std::byte> encode_image(const Image& image, const std::string& extension,
                                    const WriteOptions& options) {
  image::start_vips();
  const Target target = target_of(extension);
  check(image, target, options);
  const bool holds_16_bits = target == Target::Png || target == Target::Tiff;
  const Depth depth = holds_16_bits ? options.depth.value_or(image.depth()) : Depth::U8;
  try {
    return depth == image.depth() ? encode(image, target, options)
                                  : encode(image.to_depth(depth), target, options);
  } catch (const vips::VError& error) {
    throw Error(ErrorCode::Internal, "image.encode",
                "the picture cannot be written as " + extension + ": " + image::vips_complaint(error));
  }
}

void write_image(const std::filesystem::path& path, const Image& image, const WriteOptions& options) {
  std::vector<std::byte> bytes;
  try {
    bytes = encode_image(image, path.extension().string(), options);
  } catch (const Error& error) {
    throw Error(error.code(), error.id(), printable(path.string()) + ": " + error.what());
  }
  write_file_atomically(path, bytes);
}

}  // namespace atelier
