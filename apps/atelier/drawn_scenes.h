#pragma once

#include <vector>

#include "atelier/image/image.h"

namespace atelier::cli {

/// Eight pictures of the sample scene to train on when nobody gives photos: near and far, mirrored, by day,
/// at dusk, in mist and in other colours. The same on every machine.
std::vector<Image> drawn_scenes();

}  // namespace atelier::cli
