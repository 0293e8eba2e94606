#include "atelier/evaluation/pictures/warping_error.h"

#include <algorithm>
#include <cmath>

#include "atelier/core/error.h"

namespace atelier::evaluation {
namespace {

void require_fit(const Plane& plane, const Flow& flow) {
  if (flow.width == plane.width && flow.height == plane.height && flow.dx.size() == plane.values.size() &&
      flow.dy.size() == plane.values.size())
    return;
  throw Error(ErrorCode::Internal, "evaluation.sizes", "flow and frame have different sizes");
}

// values at (x, y), which lies inside.
float sample(const std::vector<float>& values, int width, int height, float x, float y) {
  const int x0 = std::min(static_cast<int>(x), width - 1), y0 = std::min(static_cast<int>(y), height - 1);
  const int x1 = std::min(x0 + 1, width - 1), y1 = std::min(y0 + 1, height - 1);
  const float fx = x - static_cast<float>(x0), fy = y - static_cast<float>(y0);
  const auto at = [&](int column, int row) {
    return values[static_cast<std::size_t>(row) * static_cast<std::size_t>(width) +
                  static_cast<std::size_t>(column)];
  };
  return (at(x0, y0) * (1 - fx) + at(x1, y0) * fx) * (1 - fy) +
         (at(x0, y1) * (1 - fx) + at(x1, y1) * fx) * fy;
}

}  // namespace

std::optional<double> WarpingError::operator()(const Plane& before, const Plane& after, const Flow& to_before,
                                               const Flow& to_after) const {
  require_same_size(before, after);
  require_fit(after, to_before);
  require_fit(before, to_after);
  const int width = after.width, height = after.height;
  double sum = 0;
  std::size_t followed = 0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const std::size_t i =
          static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
      const float fx = to_before.dx[i], fy = to_before.dy[i];
      const float px = static_cast<float>(x) + fx, py = static_cast<float>(y) + fy;
      if (!(px >= 0 && py >= 0 && px <= static_cast<float>(width - 1) &&
            py <= static_cast<float>(height - 1)))
        continue;
      const float bx = sample(to_after.dx, width, height, px, py),
                  by = sample(to_after.dy, width, height, px, py);
      const float miss = (fx + bx) * (fx + bx) + (fy + by) * (fy + by);
      if (!(miss < 0.01f * (fx * fx + fy * fy + bx * bx + by * by) + 0.5f)) continue;
      const double difference = after.values[i] - sample(before.values, width, height, px, py);
      sum += difference * difference;
      ++followed;
    }
  }
  if (followed == 0) return std::nullopt;
  return sum / static_cast<double>(followed);
}

std::optional<double> StaticFlicker::operator()(const Plane& painted_before, const Plane& painted_after,
                                                const Plane& photo_before, const Plane& photo_after) const {
  require_same_size(photo_before, photo_after);
  require_same_size(painted_before, painted_after);
  require_same_size(painted_before, photo_before);
  constexpr float kStill = 1.0f / 255 + 1e-6f;
  double sum = 0;
  std::size_t still = 0;
  for (std::size_t i = 0; i < photo_before.values.size(); ++i) {
    if (std::abs(photo_before.values[i] - photo_after.values[i]) > kStill) continue;
    const double difference = painted_after.values[i] - painted_before.values[i];
    sum += difference * difference;
    ++still;
  }
  if (still == 0) return std::nullopt;
  return std::sqrt(sum / static_cast<double>(still));
}

}  // namespace atelier::evaluation
