#pragma once

#include "atelier/image/image.h"

namespace atelier::cli {

/// A landscape drawn by this program, for showing styles when nobody gives a photo: evening sky with sun and
/// clouds, mountains, a lake with their reflection, a meadow, a house and a tree. The same size gives the
/// same pixels.
Image sample_scene(int width, int height);

}  // namespace atelier::cli
