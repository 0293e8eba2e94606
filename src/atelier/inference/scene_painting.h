#pragma once

#include <functional>
#include <span>

#include "atelier/image/image.h"
#include "atelier/inference/brush.h"
#include "atelier/inference/style_transfer_model.h"

namespace atelier::inference {

struct ScenePlan {
  float stroke = 1;
  int tile = 0;  ///< side of a tile, pixels; 0: whole up to Stylizer::kWholePixels, tiles above
  /// Called before the first tile and after every tile; it may throw to stop the work.
  std::function<void(int done, int total)> progress;
};

/// How many tiles paint_scene() cuts a scene into.
int tile_count(int width, int height, int tile);

/// Paints the scene (8 or 16 bits, any size) with one brush or several that share its pixels, in tiles where
/// it is large, into 16 bits. Tiles and shared pictures are painted with each brush's statistics of the whole
/// scene, which cost another pass a brush. Error Internal "stylize.not_finite" when the model fails.
Image paint_scene(const StyleTransferModel& model, const Image& scene, std::span<const Brush> brushes,
                  const ScenePlan& plan);

}  // namespace atelier::inference
