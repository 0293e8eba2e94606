#pragma once

#include <span>

#include "atelier/image/image.h"
#include "atelier/inference/colour_transfer.h"

namespace atelier::inference {

inline constexpr std::size_t kMostColours = 32;

/// Repaints `painting` in a given list of 1 .. kMostColours colours: darker ones where it was darker, all of
/// them used, gradients kept. Every pixel becomes the mean of the listed colours weighted by their share of
/// it in an entropic optimal transport (Cuturi 2013) of its colours to the list, in Lab with lightness
/// counting most; each colour is to cover half of an equal part and half of what lies nearest to it. That
/// mean is the gradient of a convex function, so of two pixels of one hue the lighter one stays the lighter,
/// and it is smooth, so no bands appear. A part of the lightness the mean levels out is put back, or strokes
/// in one colour would vanish. Error Internal "image.colours" for a list of another length.
void transfer_colours(Image& painting, std::span<const Lab> colours);

}  // namespace atelier::inference
