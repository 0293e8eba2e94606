#include "atelier/inference/stylizer.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "atelier/core/error.h"
#include "atelier/image/resize.h"
#include "atelier/inference/colour_transfer.h"
#include "atelier/inference/tiling.h"
#include "atelier/inference/transparency.h"
#include "atelier/style/blend.h"

namespace atelier::inference {
namespace {

constexpr int kTileSide = 1024;
// Who asks for tiles is short of memory, so their statistics come from less than the whole that would fit
// otherwise.
constexpr std::int64_t kStatisticsPixelsOfChosenTiles = 4'000'000;
constexpr float kBlendBelow = 0.25f;  // strengths below this fade from the photo
constexpr int kLongestStyle = 4;      // a style picture is looked at up to this aspect ratio
constexpr int kOneColourSpread = 2;   // of 255: what JPEG noise adds to a plain colour

void require_range(const char* option, double value, double least, double most) {
  if (value >= least && value <= most) return;
  throw Error(ErrorCode::Usage, "stylize.option",
              fmt::format("{} is {:g}; it must lie between {:g} and {:g}", option, value, least, most));
}

Image resized(const Image& image, int width, int height) {
  if (image.width() == width && image.height() == height) return image;
  return resize(image, width, height);
}

// The size the photo is painted at. Strokes are as large as the model makes them, so a smaller canvas has
// larger ones.
std::pair<int, int> canvas_size(const Image& photo, const StylizeOptions& options) {
  const int longest = std::max(photo.width(), photo.height());
  const double scale =
      (options.size > 0 ? static_cast<double>(options.size) / longest : 1.0) / options.stroke;
  const auto side = [&](int length) { return std::max(1.0, std::round(length * scale)); };
  const double width = side(photo.width()), height = side(photo.height());
  if (width * height > static_cast<double>(Stylizer::kMostPixels)) {
    throw Error(
        ErrorCode::Usage, "stylize.too_large",
        fmt::format("size {} and stroke {:g} would paint {:.0f} megapixels, {} at most: choose a smaller "
                    "--size or a larger --stroke",
                    options.size > 0 ? options.size : longest, options.stroke, width * height / 1e6,
                    Stylizer::kMostPixels / 1'000'000));
  }
  return {static_cast<int>(width), static_cast<int>(height)};
}

// The middle of a very long picture: its ends would cost memory without changing its style.
Image without_long_ends(const Image& picture) {
  const int shorter = std::min(picture.width(), picture.height());
  const int width = std::min(picture.width(), shorter * kLongestStyle);
  const int height = std::min(picture.height(), shorter * kLongestStyle);
  if (width == picture.width() && height == picture.height()) return picture;
  return crop(picture, (picture.width() - width) / 2, (picture.height() - height) / 2, width, height);
}

bool is_one_colour(const Image& picture) {
  const Image eight = picture.to_depth(Depth::U8);
  const std::span<const std::uint8_t> rgb = eight.rgb8();
  for (std::size_t c = 0; c < 3; ++c) {
    int least = 255, most = 0;
    for (std::size_t i = c; i < rgb.size(); i += 3) {
      least = std::min<int>(least, rgb[i]);
      most = std::max<int>(most, rgb[i]);
    }
    if (most - least > kOneColourSpread) return false;
  }
  return true;
}

// 16-bit painting <- photo + weight (painting - photo).
void fade_from(const Image& photo, float weight, Image& painting) {
  const Image sixteen = photo.to_depth(Depth::U16);
  const std::span<const std::uint16_t> from = sixteen.rgb16();
  const std::span<std::uint16_t> to = painting.rgb16();
  for (std::size_t i = 0; i < to.size(); ++i) {
    const float a = from[i], b = to[i];
    to[i] = static_cast<std::uint16_t>(a + weight * (b - a) + 0.5f);
  }
}

float smoothstep(float t) {
  return t * t * (3 - 2 * t);
}

}  // namespace

void StylizeOptions::validate() const {
  require_range("strength", strength, 0, 1);
  if (detail) require_range("detail", *detail, 0, 1);
  require_range("stroke", stroke, 0.25, 4);
  if (size != 0) require_range("size", size, 16, 32'768);
  if (tile != 0) require_range("tile", tile, 64, 16'384);
  if (colour == Colour::Palette && (palette == nullptr || palette->empty())) {
    throw Error(ErrorCode::Usage, "stylize.option", "colour: a palette is asked for and no picture given");
  }
}

Stylizer::Stylizer(const model::Manifest& manifest, std::unique_ptr<const StyleTransferModel> model)
    : space_id_(manifest.space_id), default_detail_(manifest.default_detail), model_(std::move(model)) {}

Image Stylizer::stylize(const Image& content, const StyleCode& style, const StylizeOptions& options) const {
  options.validate();
  if (style.space != space_id_) {
    throw Error(ErrorCode::BadData, "style.space",
                "the style code belongs to '" + printable(style.space) + "', this model paints '" +
                    space_id_ + "': make the code again with this model");
  }
  const Image photo = visible_colours(content);
  const auto [width, height] = canvas_size(photo, options);
  const Depth depth = options.depth.value_or(content.depth());
  const Image unpainted = options.keep_painted_size ? resized(content, width, height) : content;
  if (options.strength == 0 || is_invisible(content)) return unpainted.to_depth(depth);

  const Image scene = resized(photo, width, height);
  Image painting = paint(scene, brush_for(photo, style, options), options);
  const Image& reference = options.keep_painted_size ? scene : photo;
  painting = resized(painting, reference.width(), reference.height());

  if (options.colour == Colour::Keep) keep_colours(painting, reference);
  if (options.colour == Colour::Palette) transfer_palette(painting, visible_colours(*options.palette));
  if (options.strength < kBlendBelow)
    fade_from(reference, smoothstep(options.strength / kBlendBelow), painting);

  painting = painting.to_depth(depth);
  painting.copy_alpha_from(unpainted);
  painting.copy_metadata_from(content);
  return painting;
}

StyleCode Stylizer::encode(const Image& style) const {
  if (std::min(style.width(), style.height()) < kSmallestStyleSide) {
    throw Error(
        ErrorCode::BadData, "style.too_small",
        fmt::format("the style picture is {}x{} pixels, too small to show strokes: use one of at least {} "
                    "pixels on a side, better 256",
                    style.width(), style.height(), kSmallestStyleSide));
  }
  const Image picture = visible_colours(style);
  if (is_one_colour(picture))
    spdlog::warn("the style picture has one colour: it gives colour but no strokes");
  return code_of(picture);
}

StyleCode Stylizer::code_of(const Image& picture) const {
  const Image middle = without_long_ends(picture);
  const double scale = static_cast<double>(kStyleSide) / std::min(middle.width(), middle.height());
  const auto side = [&](int length) { return static_cast<int>(std::lround(length * scale)); };
  const Image shown = resized(middle, side(middle.width()), side(middle.height()));
  return {space_id_, model_->encode_style(shown.to_planar(), shown.height(), shown.width())};
}

Stylizer::Brush Stylizer::brush_for(const Image& photo, const StyleCode& style,
                                    const StylizeOptions& options) const {
  Brush brush{style.values, options.stroke, options.detail.value_or(default_detail_)};
  if (options.strength < 1) {
    brush.code = style::interpolate(code_of(photo), style, options.strength).values;
    brush.detail = 1 - (1 - brush.detail) * options.strength;
  }
  return brush;
}

Image Stylizer::paint(const Image& scene, const Brush& brush, const StylizeOptions& options) const {
  const bool whole = options.tile == 0 && static_cast<std::int64_t>(scene.pixels()) <= kWholePixels;
  const std::vector<Tile> tiles = plan_tiles(scene.width(), scene.height(),
                                             whole               ? 0
                                             : options.tile == 0 ? kTileSide
                                                                 : options.tile);
  const int total = static_cast<int>(tiles.size());
  const auto report = [&](int done) {
    if (options.progress) options.progress(done, total);
  };
  report(0);
  NormStatistics statistics;
  if (total > 1) statistics = collect_statistics(scene, brush, options);

  Image painting(scene.width(), scene.height(), Depth::U16);
  std::vector<float> content, painted;
  for (int done = 0; const Tile& tile : tiles) {
    read_window(scene, tile.window, content);
    painted.resize(content.size());
    PaintRequest request;
    request.content = content;
    request.height = tile.window.height;
    request.width = tile.window.width;
    request.code = brush.code;
    request.stroke = brush.stroke;
    request.detail = brush.detail;
    request.frozen = total > 1 ? &statistics : nullptr;
    model_->paint(request, painted);
    if (!write_inner(painted, tile, painting)) {
      throw Error(ErrorCode::Internal, "stylize.not_finite",
                  "the model painted numbers that are no colours; run 'atelier doctor' to check its files");
    }
    report(++done);
  }
  return painting;
}

NormStatistics Stylizer::collect_statistics(const Image& scene, const Brush& brush,
                                            const StylizeOptions& options) const {
  const Image mosaic =
      statistics_mosaic(scene, options.tile == 0 ? kWholePixels : kStatisticsPixelsOfChosenTiles);
  const Tile all = plan_tiles(mosaic.width(), mosaic.height(), 0).front();
  std::vector<float> content;
  read_window(mosaic, all.window, content);
  std::vector<float> painted(content.size());
  NormStatistics statistics;
  PaintRequest request;
  request.content = content;
  request.height = all.window.height;
  request.width = all.window.width;
  request.code = brush.code;
  request.stroke = brush.stroke;
  request.detail = brush.detail;
  request.collect = &statistics;
  model_->paint(request, painted);
  return statistics;
}

}  // namespace atelier::inference
