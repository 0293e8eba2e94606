#pragma once

#include <string>

#include "atelier/image/image.h"

namespace atelier::report {

/// The picture as the text of an `src` attribute: shrunk so that its longer side is at most `max_side` pixels
/// (never enlarged), as sRGB JPEG of this quality (1..100), or as PNG when some of it is transparent. The
/// same picture gives the same text. Error Usage "image.size" unless max_side is at least 1.
std::string picture_data_uri(const Image& image, int max_side, int quality = 85);

}  // namespace atelier::report
