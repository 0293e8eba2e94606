#include "atelier/style/procedural/drawing.h"

#include <algorithm>

#include "atelier/core/error.h"
#include "atelier/style/procedural/media.h"

namespace atelier::style {
namespace {

using procedural::Easel;
using procedural::Sheet;

struct Workshop {
  Medium medium;
  Sheet (*paint)(const Easel&);
  int samples;  // along the side of a pixel
};

const std::vector<Workshop>& workshops() {
  using namespace procedural;
  static const std::vector<Workshop> all = {
      {{"stained-glass", "stained glass"}, paint_stained_glass, 2},
      {{"mosaic", "mosaic"}, paint_mosaic, 2},
      {{"pixel-art", "pixel art"}, paint_pixel_art, 1},
      {{"halftone", "halftone print"}, paint_halftone, 2},
      {{"woodcut", "woodcut"}, paint_woodcut, 2},
      {{"linocut", "linocut"}, paint_linocut, 2},
      {{"watercolour", "watercolour"}, paint_watercolour, 2},
      {{"crayon", "crayon"}, paint_crayon, 2},
      {{"chalk", "chalk on a board"}, paint_chalk, 2},
      {{"cross-hatching", "pen and cross-hatching"}, paint_cross_hatching, 2},
      {{"oil-impasto", "oil, thickly laid"}, paint_oil_impasto, 2},
      {{"risograph", "risograph print"}, paint_risograph, 2},
      {{"blueprint", "blueprint"}, paint_blueprint, 2},
      {{"poster", "poster"}, paint_poster, 2},
      {{"paper-cut", "cut paper"}, paint_paper_cut, 2},
      {{"cross-stitch", "cross-stitch"}, paint_cross_stitch, 2},
  };
  return all;
}

}  // namespace

const std::vector<Medium>& media() {
  static const std::vector<Medium> all = [] {
    std::vector<Medium> names;
    for (const Workshop& workshop : workshops()) names.push_back(workshop.medium);
    return names;
  }();
  return all;
}

const Medium* find_medium(std::string_view name) {
  const auto found =
      std::find_if(media().begin(), media().end(), [&](const Medium& m) { return m.name == name; });
  return found == media().end() ? nullptr : &*found;
}

Drawing draw_medium(std::string_view medium, std::uint64_t seed, int width, int height) {
  using namespace procedural;
  const auto found = std::find_if(workshops().begin(), workshops().end(),
                                  [&](const Workshop& w) { return w.medium.name == medium; });
  if (found == workshops().end()) {
    std::string known;
    for (const Medium& m : media()) known += (known.empty() ? "" : ", ") + m.name;
    throw Error(ErrorCode::Usage, "style.medium",
                "no medium is called '" + printable(std::string(medium)) + "'; choose one of " + known);
  }
  constexpr int kLeast = 64, kMost = 4096;
  if (std::min(width, height) < kLeast || std::max(width, height) > kMost ||
      std::max(width, height) > 4 * std::min(width, height)) {
    throw Error(
        ErrorCode::Usage, "style.size",
        "a drawing of " + std::to_string(width) + " x " + std::to_string(height) +
            " pixels is not possible; both sides must be 64 to 4096, and one at most four times the other");
  }
  const auto number = static_cast<std::uint64_t>(found - workshops().begin());
  Dice dice(seed * 1000003u + number * 7919u + 17u);
  // Media begin with different scenes, and seeds go through all of them.
  const auto scenes = static_cast<std::uint64_t>(scene_count()),
             colours = static_cast<std::uint64_t>(palettes().size());
  const int scene = static_cast<int>((seed + 3 * number) % scenes);
  const Palette& palette =
      palettes()[static_cast<std::size_t>((seed * 5 + 11 * number + seed / scenes) % colours)];

  const int samples = found->samples;
  Easel easel{.scene = compose_scene(scene, palette, static_cast<double>(width) / height, dice.fork(1)),
              .width = width * samples,
              .height = height * samples,
              .scale = static_cast<double>(std::min(width, height) * samples),
              .dice = dice.fork(2),
              .seed = static_cast<std::uint32_t>(dice.fork(3).next() >> 40)};
  const Sheet sheet = shrunk(found->paint(easel), samples);

  Drawing drawing{.width = width,
                  .height = height,
                  .planes = {},
                  .title = easel.scene.subject + ", " + found->medium.phrase};
  const std::size_t count = sheet.at.size();
  drawing.planes.resize(3 * count);
  for (std::size_t i = 0; i < count; ++i) {
    drawing.planes[i] = sheet.at[i].r;
    drawing.planes[count + i] = sheet.at[i].g;
    drawing.planes[2 * count + i] = sheet.at[i].b;
  }
  return drawing;
}

}  // namespace atelier::style
