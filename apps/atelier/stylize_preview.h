#pragma once

#include <functional>
#include <string>

#include "atelier/image/image.h"

namespace atelier::cli {

/// Paints the photo at a strength and a stroke size, `size` pixels on its longest side.
using PreviewPainter = std::function<Image(float strength, float stroke, int size)>;

/// A sheet of small paintings: strengths 0.25, 0.5, 0.75 and 1 from left to right, strokes 0.5, 1, 2 and 4
/// from top to bottom. They are painted at no more than 1024 pixels and shrunk; a line below says how much
/// finer the strokes are at `full_size`, the longest side of the painting itself, when that is larger.
Image preview_sheet(const std::string& title, const Image& photo, int full_size, const PreviewPainter& paint);

}  // namespace atelier::cli
