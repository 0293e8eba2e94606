#include "atelier/evaluation/pictures/plane.h"

#include <string>

#include "atelier/core/error.h"

namespace atelier::evaluation {

Plane luma_of(const Image& picture) {
  const std::vector<float> rgb = picture.to_planar();
  const std::size_t count = picture.pixels();
  Plane plane{picture.width(), picture.height(), std::vector<float>(count)};
  for (std::size_t i = 0; i < count; ++i)
    plane.values[i] = 0.299f * rgb[i] + 0.587f * rgb[count + i] + 0.114f * rgb[2 * count + i];
  return plane;
}

void require_same_size(const Plane& a, const Plane& b) {
  if (a.width == b.width && a.height == b.height && a.width > 0 && a.height > 0) return;
  throw Error(ErrorCode::Internal, "evaluation.sizes",
              "pictures of " + std::to_string(a.width) + " x " + std::to_string(a.height) + " and " +
                  std::to_string(b.width) + " x " + std::to_string(b.height) + " pixels cannot be compared");
}

}  // namespace atelier::evaluation
