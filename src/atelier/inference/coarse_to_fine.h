#pragma once

#include <vector>

#include "atelier/image/image.h"
#include "atelier/inference/mask.h"

namespace atelier::inference {

// Coarse to fine (Gatys et al. 2017, "Controlling Perceptual Factors in Neural Style Transfer"): the
// generator's strokes have a size in pixels, so a picture of many pixels gets large strokes on a small canvas
// first and is then painted over on larger ones, each time from the painting so far.

struct CanvasSize {
  int width = 0, height = 0;

  friend bool operator==(const CanvasSize&, const CanvasSize&) = default;
};

/// The canvases for a painting of width x height pixels, coarsest first. On the first one the short side has
/// stroke_side / stroke pixels, or the painting's own / stroke where that is less or stroke_side is 0; each
/// next one is at most 2.4 times as large. The last has the painting's size / stroke, so that all strokes
/// grow alike, and no more than the painting's where the first has less. Where it would be less than 1.2
/// times as large as the first it is the only one.
std::vector<CanvasSize> plan_passes(int width, int height, float stroke, int stroke_side);

/// What a further pass paints: the painting so far, at the size of the scene, with the lines put back in luma
/// that the scene has and the coarser scene it was painted from had no pixels for. lines: how much of them,
/// 255 all, for each pixel of the scene. 16 bits.
Image finishing_scene(const Image& painting, const Image& coarser, const Image& scene,
                      const MaskPlane& lines);

/// Makes a further pass half transparent over what it was painted from, both 16 bits and of one size: every
/// pass adds strokes, and at full strength those of several passes make a mesh where the photo is busy.
void lay_over(const Image& under, Image& pass);

}  // namespace atelier::inference
