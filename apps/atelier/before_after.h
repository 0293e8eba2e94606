#pragma once

#include <filesystem>
#include <span>

#include "atelier/image/image.h"
#include "atelier/model/model_bundle.h"
#include "atelier/model/style_delta.h"
#include "program.h"

namespace atelier::cli {

/// A style before and after its training.
struct BeforeAfter {
  StyleCode before, after;
  model::StyleDelta delta;
  float detail;
};

/// A picture of up to three photos: the photo, the style, painted before, painted after. The engine paints,
/// as `stylize` will.
void write_before_after(const Program& program, const model::ModelBundle& bundle,
                        const std::filesystem::path& file, const Image& style, std::span<const Image> photos,
                        const BeforeAfter& trained);

}  // namespace atelier::cli
