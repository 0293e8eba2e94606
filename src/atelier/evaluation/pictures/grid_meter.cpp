#include "atelier/evaluation/pictures/grid_meter.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace atelier::evaluation {
namespace {

constexpr int kNearest = 3, kFarthest = 8;  // neighbours, outside of a Hann window's main lobe

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Heights of the four lines along the rows, whose length is a multiple of 8.
std::array<double, 4> row_lines(const Matrix& rows) {
  const auto length = static_cast<int>(rows.cols());
  std::vector<int> bins;
  for (int m = 1; m <= 4; ++m) {
    const int line = length * m / 8;
    bins.push_back(line);
    for (int d = kNearest; d <= kFarthest; ++d) {
      bins.push_back(line - d);
      // Above half the sampling rate the spectrum mirrors itself.
      bins.push_back(m < 4 ? line + d : line - d);
    }
  }
  Matrix waves(length, 2 * static_cast<Eigen::Index>(bins.size()));
  double window_energy = 0;
  for (int x = 0; x < length; ++x) {
    const double window = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * (x + 0.5) / length);
    window_energy += window * window;
    for (std::size_t i = 0; i < bins.size(); ++i) {
      const double angle = 2 * std::numbers::pi * bins[i] * x / length;
      waves(x, 2 * static_cast<Eigen::Index>(i)) = static_cast<float>(window * std::cos(angle));
      waves(x, 2 * static_cast<Eigen::Index>(i) + 1) = static_cast<float>(window * std::sin(angle));
    }
  }
  const Eigen::RowVectorXf mean_power = (rows * waves).array().square().colwise().mean();
  const double rounding = window_energy / (255.0 * 255.0 * 12);
  const auto power = [&](std::size_t bin) {
    const auto i = 2 * static_cast<Eigen::Index>(bin);
    return mean_power(i) + mean_power(i + 1) + rounding;
  };
  std::array<double, 4> heights{};
  constexpr std::size_t kAround = 2 * (kFarthest - kNearest + 1);
  for (std::size_t m = 0; m < 4; ++m) {
    const std::size_t first = m * (kAround + 1);
    double around = 0;
    for (std::size_t i = 1; i <= kAround; ++i) around += power(first + i);
    heights[m] = 10 * std::log10(power(first) / (around / kAround));
  }
  return heights;
}

}  // namespace

std::optional<GridMeter::Lines> GridMeter::lines(const Plane& luma) const {
  if (luma.width < kSmallestSide || luma.height < kSmallestSide) return std::nullopt;
  const Eigen::Map<const Matrix> picture(luma.values.data(), luma.height, luma.width);
  Matrix rows = picture.leftCols(luma.width / 8 * 8);
  Matrix columns = picture.topRows(luma.height / 8 * 8).transpose();
  for (Matrix* m : {&rows, &columns}) m->colwise() -= m->rowwise().mean().eval();
  return Lines{row_lines(rows), row_lines(columns)};
}

std::optional<double> GridMeter::excess(const std::optional<Lines>& painting,
                                        const std::optional<Lines>& photo) {
  if (!painting || !photo) return std::nullopt;
  double worst = (*painting)[0][0] - (*photo)[0][0];
  for (std::size_t direction = 0; direction < 2; ++direction) {
    for (std::size_t m = 0; m < 4; ++m)
      worst = std::max(worst, (*painting)[direction][m] - (*photo)[direction][m]);
  }
  return worst;
}

}  // namespace atelier::evaluation
