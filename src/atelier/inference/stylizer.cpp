#include "atelier/inference/stylizer.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "atelier/core/error.h"
#include "atelier/image/resize.h"
#include "atelier/inference/canvas.h"
#include "atelier/inference/coarse_to_fine.h"
#include "atelier/inference/colour_transfer.h"
#include "atelier/inference/detail/smoothstep.h"
#include "atelier/inference/fixed_pattern.h"
#include "atelier/inference/halo.h"
#include "atelier/inference/mask.h"
#include "atelier/inference/scene_painting.h"
#include "atelier/inference/transparency.h"
#include "atelier/style/blend.h"

namespace atelier::inference {
namespace {

constexpr float kBlendBelow = 0.5f;  // strengths below this fade from the photo
constexpr int kLongestStyle = 4;     // a style picture is looked at up to this aspect ratio
constexpr int kOneColourSpread = 2;  // of 255: what JPEG noise adds to a plain colour

void require_range(const char* option, double value, double least, double most) {
  if (value >= least && value <= most) return;
  throw Error(ErrorCode::Usage, "stylize.option",
              fmt::format("{} is {:g}; it must lie between {:g} and {:g}", option, value, least, most));
}

Image resized(const Image& image, int width, int height) {
  if (image.width() == width && image.height() == height) return image;
  return resize(image, width, height);
}

// The size the painting is wanted at before it is scaled back to the photo's.
CanvasSize wanted_size(const Image& photo, const StylizeOptions& options) {
  const int longest = std::max(photo.width(), photo.height());
  const double scale = options.size > 0 ? static_cast<double>(options.size) / longest : 1.0;
  const auto side = [&](int length) { return std::max(1, static_cast<int>(std::lround(length * scale))); };
  return {side(photo.width()), side(photo.height())};
}

void require_paintable(const CanvasSize& canvas, const StylizeOptions& options) {
  const double pixels = static_cast<double>(canvas.width) * canvas.height;
  if (pixels <= static_cast<double>(Stylizer::kMostPixels)) return;
  throw Error(
      ErrorCode::Usage, "stylize.too_large",
      fmt::format("this size and stroke {:g} would paint {:.0f} megapixels, {} at most: choose a smaller "
                  "--size or a larger --stroke",
                  options.stroke, pixels / 1e6, Stylizer::kMostPixels / 1'000'000));
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

float strength_of(const StyleRegion& region, const StylizeOptions& options) {
  return region.strength.value_or(options.strength);
}

// Gives the regions' brushes, which follow the first one, their shares of width x height pixels.
void lay_masks(const StylizeOptions& options, int width, int height, std::vector<Brush>& brushes) {
  for (std::size_t i = 0; i < options.regions.size(); ++i)
    brushes[i + 1].share = mask_plane(*options.regions[i].mask, width, height);
  settle_overlaps(brushes);
}

// 16-bit painting <- the photo itself where the strength is below kBlendBelow, at 0 bit for bit.
void fade_to_photo(const Image& photo, const StylizeOptions& options, Image& painting) {
  std::vector<Brush> brushes(1 + options.regions.size());
  brushes.front().strength = options.strength;
  for (std::size_t i = 0; i < options.regions.size(); ++i)
    brushes[i + 1].strength = strength_of(options.regions[i], options);
  const auto is_weak = [](const Brush& brush) { return brush.strength < kBlendBelow; };
  if (std::none_of(brushes.begin(), brushes.end(), is_weak)) return;
  lay_masks(options, photo.width(), photo.height(), brushes);
  const Image sixteen = photo.to_depth(Depth::U16);
  const std::span<const std::uint16_t> from = sixteen.rgb16();
  const std::span<std::uint16_t> to = painting.rgb16();
  for (std::size_t i = 0; i < photo.pixels(); ++i) {
    int left = 255;
    float strength = 0;
    for (std::size_t b = 1; b < brushes.size(); ++b) {
      strength += static_cast<float>(brushes[b].share[i]) * brushes[b].strength / 255;
      left -= brushes[b].share[i];
    }
    strength += static_cast<float>(left) * brushes.front().strength / 255;
    if (strength >= kBlendBelow) continue;
    const float weight = detail::smoothstep(strength / kBlendBelow);
    for (std::size_t c = 3 * i; c < 3 * i + 3; ++c) {
      const float a = from[c], b = to[c];
      to[c] = static_cast<std::uint16_t>(a + weight * (b - a) + 0.5f);
    }
  }
}

// Where the photo's lines are to be kept, whatever the brushes' own detail.
MaskPlane protected_places(const Image& scene, const StylizeOptions& options) {
  MaskPlane places(scene.pixels());
  for (const Image* mask : options.detail_masks) {
    const MaskPlane own = mask_plane(*mask, scene.width(), scene.height());
    for (std::size_t i = 0; i < places.size(); ++i) places[i] = std::max(places[i], own[i]);
  }
  if (options.protect == 0) return places;
  const MaskPlane fine = fine_structure(scene);
  for (std::size_t i = 0; i < places.size(); ++i) {
    places[i] =
        std::max(places[i], static_cast<std::uint8_t>(options.protect * static_cast<float>(fine[i]) + 0.5f));
  }
  return places;
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
  if (colour == Colour::List)
    require_range("number of colours", static_cast<double>(colours.size()), 1, kMostColours);
  for (const Image* mask : detail_masks) {
    if (mask == nullptr || mask->empty())
      throw Error(ErrorCode::Usage, "stylize.option", "a detail mask has no pixels");
  }
  require_range("protect", protect, 0, 1);
  require_range("grain", grain.strength, 0, 1);
  require_range("grain size", grain.size, 0.5, 16);
  for (const StyleRegion& region : regions) {
    if (region.strength) require_range("strength", *region.strength, 0, 1);
    if (region.detail) require_range("detail", *region.detail, 0, 1);
    if (region.mask == nullptr || region.mask->empty())
      throw Error(ErrorCode::Usage, "stylize.option", "a style for a part of the picture needs its mask");
  }
}

Stylizer::Stylizer(const model::Manifest& manifest, std::unique_ptr<const StyleTransferModel> model)
    : space_id_(manifest.space_id),
      default_detail_(manifest.default_detail),
      canvas_(manifest.canvas),
      stroke_side_(manifest.stroke_side),
      strokes_(manifest.strokes),
      palette_dim_(manifest.encoder.palette_dim),
      model_(std::move(model)) {}

Image Stylizer::stylize(const Image& content, const StyleCode& style, const StylizeOptions& options) const {
  options.validate();
  require_own(style);
  for (const StyleRegion& region : options.regions) {
    if (strength_of(region, options) > 0) require_own(region.style);
    require_fitting_mask(*region.mask, region.name, content.width(), content.height());
  }
  for (const Image* mask : options.detail_masks)
    require_fitting_mask(*mask, "detail mask", content.width(), content.height());
  const Image photo = visible_colours(content);
  const auto [width, height] = wanted_size(photo, options);
  const std::vector<CanvasSize> passes = plan_passes(width, height, options.stroke, stroke_side_);
  require_paintable(passes.back(), options);
  const Depth depth = options.depth.value_or(content.depth());
  const Image unpainted = options.keep_painted_size ? resized(content, width, height) : content;
  const bool unchanged = options.strength == 0 &&
                         std::all_of(options.regions.begin(), options.regions.end(),
                                     [&](const auto& region) { return strength_of(region, options) == 0; });
  if (unchanged || is_invisible(content)) return unpainted.to_depth(depth);

  const Image small = options.keep_painted_size ? resized(photo, width, height) : Image();
  const Image& reference = options.keep_painted_size ? small : photo;
  Image painting = paint(photo, passes, brushes_for(photo, style, options), options);
  painting = resized(painting, reference.width(), reference.height());

  if (options.colour == Colour::Keep) keep_colours(painting, reference);
  if (options.colour == Colour::Palette) transfer_palette(painting, visible_colours(*options.palette));
  if (options.colour == Colour::List) transfer_colours(painting, options.colours);
  add_grain(painting, options.grain);
  fade_to_photo(reference, options, painting);

  painting = painting.to_depth(depth);
  painting.copy_alpha_from(unpainted);
  painting.copy_metadata_from(content);
  return painting;
}

Image Stylizer::paint(const Image& photo, const std::vector<CanvasSize>& passes,
                      const std::vector<Brush>& brushes, const StylizeOptions& options) const {
  int done_before = 0, total = 0;
  for (const CanvasSize& canvas : passes) total += tile_count(canvas.width, canvas.height, options.tile);

  Image painting, coarser;
  for (const CanvasSize& canvas : passes) {
    const bool coarsest = painting.empty();
    ScenePlan plan{.stroke = static_cast<float>(
                       std::clamp(options.stroke * strokes_.told, strokes_.smallest, strokes_.largest)),
                   .tile = options.tile};
    if (options.progress) {
      plan.progress = [&](int done, int) {
        if (done > 0 || coarsest) options.progress(done_before + done, total);
      };
    }
    Image scene = resized(photo, canvas.width, canvas.height);
    std::vector<Brush> laid = brushes;
    lay_masks(options, canvas.width, canvas.height, laid);
    MaskPlane places;
    if (options.protect > 0 || !options.detail_masks.empty()) places = protected_places(scene, options);
    const auto paint_once = [&](const Image& on) {
      Image painted = paint_scene(*model_, on_canvas(on, canvas_), laid, plan);
      remove_fixed_pattern(painted);
      suppress_halos(scene, painted);
      return painted;
    };
    if (coarsest) {
      if (!places.empty()) raise_detail(laid, places);
      painting = paint_once(scene);
    } else {
      const MaskPlane lines = kept_lines(laid, scene.pixels(), places);
      for (Brush& brush : laid) brush.detail = 1;
      const Image under = finishing_scene(painting, coarser, scene, lines);
      painting = paint_once(under);
      lay_over(under, painting);
    }
    coarser = std::move(scene);
    done_before += tile_count(canvas.width, canvas.height, options.tile);
  }
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

StyleCode Stylizer::combine(const StyleCode& palette, const StyleCode& texture) const {
  require_own(palette);
  require_own(texture);
  StyleCode both = texture;
  std::copy_n(palette.values.begin(), std::min(static_cast<std::size_t>(palette_dim_), both.values.size()),
              both.values.begin());
  return both;
}

void Stylizer::require_own(const StyleCode& style) const {
  if (style.space == space_id_) return;
  throw Error(ErrorCode::BadData, "style.space",
              "the style code belongs to '" + printable(style.space) + "', this model paints '" + space_id_ +
                  "': make the code again with this model");
}

std::vector<Brush> Stylizer::brushes_for(const Image& photo, const StyleCode& style,
                                         const StylizeOptions& options) const {
  std::optional<StyleCode> own;  // the photo's
  const auto brush_for = [&](const StyleCode& code, std::span<const float> modulation, float detail,
                             float strength) {
    Brush brush{code.values, {modulation.begin(), modulation.end()}, detail, strength, {}};
    if (strength < 1) {
      if (!own) own = code_of(photo);
      brush.code = style::interpolate(*own, code, strength).values;
      for (float& value : brush.modulation) value *= strength;
      brush.detail = 1 - (1 - detail) * strength;
    }
    return brush;
  };
  const float detail = options.detail.value_or(default_detail_);
  std::vector<Brush> brushes = {brush_for(style, options.modulation, detail, options.strength)};
  for (const StyleRegion& region : options.regions) {
    const float strength = strength_of(region, options);
    brushes.push_back(brush_for(strength > 0 ? region.style : style, region.modulation,
                                region.detail.value_or(detail), strength));
  }
  return brushes;
}

}  // namespace atelier::inference
