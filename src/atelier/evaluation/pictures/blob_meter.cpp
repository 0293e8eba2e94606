#include "atelier/evaluation/pictures/blob_meter.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "atelier/core/error.h"

namespace atelier::evaluation {
namespace {

constexpr double kFlat = 2;

double percentile_95(std::vector<double>& values) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(values.size() * 95 / 100);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace

std::optional<double> BlobMeter::operator()(const LabGrid& painting, const LabGrid& photo) const {
  if (painting.width != photo.width || painting.height != photo.height)
    throw Error(ErrorCode::Internal, "evaluation.sizes", "grids of different sizes cannot be compared");
  std::vector<double> painted, own;
  std::size_t pairs = 0;
  const auto look = [&](int x, int y, int x2, int y2) {
    ++pairs;
    const Lab &a = photo.at(x, y), &b = photo.at(x2, y2);
    const double chroma = std::hypot(a[1] - b[1], a[2] - b[2]);
    if (std::hypot(a[0] - b[0], chroma) >= kFlat) return;
    own.push_back(chroma);
    const Lab &pa = painting.at(x, y), &pb = painting.at(x2, y2);
    painted.push_back(std::hypot(pa[1] - pb[1], pa[2] - pb[2]));
  };
  for (int y = 0; y < photo.height; ++y) {
    for (int x = 0; x < photo.width; ++x) {
      if (x + 1 < photo.width) look(x, y, x + 1, y);
      if (y + 1 < photo.height) look(x, y, x, y + 1);
    }
  }
  if (painted.empty() || painted.size() * 20 < pairs) return std::nullopt;
  return percentile_95(painted) - percentile_95(own);
}

}  // namespace atelier::evaluation
