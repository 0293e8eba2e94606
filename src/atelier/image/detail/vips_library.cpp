#include "atelier/image/detail/vips_library.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>

#include "atelier/core/error.h"
#include "atelier/core/log.h"

namespace atelier::image {
namespace {

void log_quietly(const char* /*domain*/, GLogLevelFlags /*level*/, const char* message, void* /*user*/) {
  spdlog::debug("libvips: {}", printable(message));
}

// libvips loads its optional codecs (ImageMagick, poppler, openslide: 30 ms and a hundred libraries) from a
// folder below VIPSHOME. We read none of those formats, so it gets a home where there is none.
class NoVipsModules {
 public:
  NoVipsModules() {
    if (const char* home = std::getenv("VIPSHOME")) home_ = std::make_unique<std::string>(home);
    g_setenv("VIPSHOME", "/dev/null", TRUE);
  }
  ~NoVipsModules() {
    if (home_) {
      g_setenv("VIPSHOME", home_->c_str(), TRUE);
    } else {
      g_unsetenv("VIPSHOME");
    }
  }
  NoVipsModules(const NoVipsModules&) = delete;
  NoVipsModules& operator=(const NoVipsModules&) = delete;

 private:
  std::unique_ptr<std::string> home_;
};

void start() {
  {
    const NoVipsModules none;
    if (vips_init("atelier") != 0) {
      throw Error(ErrorCode::Internal, "image.library", "the image library libvips does not start");
    }
  }
  g_log_set_handler("VIPS", static_cast<GLogLevelFlags>(G_LOG_LEVEL_MASK & ~G_LOG_LEVEL_ERROR), log_quietly,
                    nullptr);
  vips_cache_set_max(0);
  vips_operation_block_set("VipsForeignLoad", TRUE);
  for (const char* loader : {"VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp",
                             "VipsForeignLoadTiff", "VipsForeignLoadNsgif"}) {
    vips_operation_block_set(loader, FALSE);
  }
}

template <typename Sample>
vips::VImage view(std::span<const Sample> samples, int width, int height, int bands) {
  constexpr bool kWide = sizeof(Sample) == 2;
  const VipsInterpretation meaning = bands == 1
                                         ? (kWide ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W)
                                         : (kWide ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB);
  // libvips only reads from it; its interface lacks the const.
  void* data = const_cast<Sample*>(samples.data());
  return vips::VImage::new_from_memory(data, samples.size_bytes(), width, height, bands,
                                       kWide ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR)
      .copy(vips::VImage::option()->set("interpretation", meaning));
}

template <typename Sample>
void store(const vips::VImage& source, std::span<Sample> samples) {
  std::size_t bytes = 0;
  const std::unique_ptr<void, decltype(&g_free)> memory(source.write_to_memory(&bytes), &g_free);
  if (bytes != samples.size_bytes()) {
    throw Error(ErrorCode::Internal, "image.size", "libvips returned a picture of another size");
  }
  std::memcpy(samples.data(), memory.get(), bytes);
}

}  // namespace

void start_vips() {
  static std::once_flag once;
  std::call_once(once, start);
}

std::string vips_complaint(const vips::VError& error) {
  std::string text = error.what();
  vips_error_clear();
  text = text.substr(0, text.find('\n'));
  return text.empty() ? "no reason given" : printable(text);
}

vips::VImage view_colour(const Image& image) {
  return image.depth() == Depth::U8 ? view(image.rgb8(), image.width(), image.height(), 3)
                                    : view(image.rgb16(), image.width(), image.height(), 3);
}

vips::VImage view_alpha(const Image& image) {
  return image.depth() == Depth::U8 ? view(image.alpha8(), image.width(), image.height(), 1)
                                    : view(image.alpha16(), image.width(), image.height(), 1);
}

void store_colour(const vips::VImage& source, Image& image) {
  if (image.depth() == Depth::U8) {
    store(source, image.rgb8());
  } else {
    store(source, image.rgb16());
  }
}

void store_alpha(const vips::VImage& source, Image& image) {
  image.add_alpha();
  if (image.depth() == Depth::U8) {
    store(source, image.alpha8());
  } else {
    store(source, image.alpha16());
  }
}

}  // namespace atelier::image
