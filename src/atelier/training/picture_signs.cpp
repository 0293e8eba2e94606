#include "atelier/training/picture_signs.h"

#include <algorithm>
#include <cmath>

#include "atelier/core/error.h"

namespace atelier::training {
namespace {

constexpr int kLeastSide = 48;
constexpr double kEven = 0.04;    // a slope between cells below which a photo counts as even
constexpr double kDeparts = 0.2;  // colour distance that makes a blob

/// One number per pixel.
struct Plane {
  int height = 0, width = 0;
  std::vector<double> values;

  Plane(int h, int w)
      : height(h), width(w), values(static_cast<std::size_t>(h) * static_cast<std::size_t>(w)) {}
  double& at(int y, int x) {
    return values[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                  static_cast<std::size_t>(x)];
  }
  double at(int y, int x) const { return const_cast<Plane*>(this)->at(y, x); }
};

Plane luma_of(std::span<const float> planes, int height, int width) {
  Plane luma(height, width);
  const std::size_t n = luma.values.size();
  for (std::size_t i = 0; i < n; ++i)
    luma.values[i] = 0.299 * planes[i] + 0.587 * planes[n + i] + 0.114 * planes[2 * n + i];
  return luma;
}

/// Mean over a square of 2 radius + 1, edges mirrored into what is there (fewer pixels at the border).
Plane box_mean(const Plane& plane, int radius) {
  const auto pass = [radius](const Plane& in, bool rows) {
    Plane out(in.height, in.width);
    const int length = rows ? in.width : in.height, lines = rows ? in.height : in.width;
    for (int line = 0; line < lines; ++line) {
      const auto value = [&](int i) { return rows ? in.at(line, i) : in.at(i, line); };
      double sum = 0;
      int count = 0;
      for (int i = 0; i < std::min(radius, length); ++i, ++count) sum += value(i);
      for (int i = 0; i < length; ++i) {
        if (i + radius < length) sum += value(i + radius), ++count;
        if (i - radius - 1 >= 0) sum -= value(i - radius - 1), --count;
        (rows ? out.at(line, i) : out.at(i, line)) = sum / count;
      }
    }
    return out;
  };
  return pass(pass(plane, true), false);
}

Plane high_pass(const Plane& luma) {
  Plane fine = box_mean(luma, 2);
  for (std::size_t i = 0; i < fine.values.size(); ++i) fine.values[i] = luma.values[i] - fine.values[i];
  return fine;
}

double grid_share(const Plane& fine, int period) {
  const auto phases = static_cast<std::size_t>(period * period);
  std::vector<double> sum(phases);
  std::vector<int> count(phases);
  double energy = 0, total = 0;
  const int height = fine.height / period * period, width = fine.width / period * period;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto phase = static_cast<std::size_t>(y % period * period + x % period);
      sum[phase] += fine.at(y, x);
      ++count[phase];
      energy += fine.at(y, x) * fine.at(y, x);
      total += fine.at(y, x);
    }
  }
  const double pixels = static_cast<double>(height) * width, mean = total / pixels;
  double variance = 0;
  for (std::size_t i = 0; i < phases; ++i) {
    const double off = sum[i] / count[i] - mean;
    variance += off * off / static_cast<double>(phases);
  }
  if (energy <= 0) return 0;
  return std::max(0.0, variance / (energy / pixels) - static_cast<double>(phases) / pixels);
}

std::array<double, 3> grid_of(const Plane& fine) {
  Plane strength = fine;
  for (double& v : strength.values) v *= v;
  strength = box_mean(strength, 4);
  Plane even = fine;
  for (std::size_t i = 0; i < even.values.size(); ++i)
    even.values[i] /= std::sqrt(strength.values[i]) + 2.0 / 255;
  return {grid_share(even, 2), grid_share(even, 4), grid_share(even, 8)};
}

int distance_to_border(int y, int x, int height, int width) {
  return std::min({y, x, height - 1 - y, width - 1 - x});
}

std::array<double, 3> frame_step(std::span<const float> planes, int height, int width) {
  std::array<double, 3> outer = {}, inner = {};
  double outers = 0, inners = 0;
  const auto plane = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int depth = distance_to_border(y, x, height, width);
      const bool outside = depth < 4, band = depth >= 8 && depth < 16;
      if (!outside && !band) continue;
      (outside ? outers : inners) += 1;
      const std::size_t i =
          static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
      for (std::size_t c = 0; c < 3; ++c) (outside ? outer : inner)[c] += planes[c * plane + i];
    }
  }
  for (std::size_t c = 0; c < 3; ++c) outer[c] = outer[c] / outers - inner[c] / inners;
  return outer;
}

double border_log_energy(const Plane& fine) {
  double border = 0, inside = 0, borders = 0, insides = 0;
  for (int y = 0; y < fine.height; ++y) {
    for (int x = 0; x < fine.width; ++x) {
      const double energy = fine.at(y, x) * fine.at(y, x);
      const bool outside = distance_to_border(y, x, fine.height, fine.width) < 8;
      (outside ? border : inside) += energy;
      (outside ? borders : insides) += 1;
    }
  }
  return std::log((border / borders + 1e-6) / (inside / insides + 1e-6));
}

/// Means over square cells.
Plane cells_of(const Plane& plane, int side) {
  Plane cells(plane.height / side, plane.width / side);
  for (int y = 0; y < cells.height * side; ++y) {
    for (int x = 0; x < cells.width * side; ++x)
      cells.at(y / side, x / side) += plane.at(y, x) / (side * side);
  }
  return cells;
}

std::array<Plane, 3> colour_cells(std::span<const float> planes, int height, int width, int side) {
  const auto plane = [&](std::size_t c) {
    Plane one(height, width);
    const auto values = planes.subspan(c * one.values.size(), one.values.size());
    std::copy(values.begin(), values.end(), one.values.begin());
    return cells_of(one, side);
  };
  return {plane(0), plane(1), plane(2)};
}

/// Distance of a cell's colour from the mean of the eight around it.
double departure(const std::array<Plane, 3>& cells, int y, int x) {
  double squared = 0;
  for (const Plane& plane : cells) {
    double around = 0;
    for (int dy = -1; dy <= 1; ++dy) {
      for (int dx = -1; dx <= 1; ++dx) {
        if (dy != 0 || dx != 0) around += plane.at(y + dy, x + dx) / 8;
      }
    }
    squared += (plane.at(y, x) - around) * (plane.at(y, x) - around);
  }
  return std::sqrt(squared);
}

bool is_even(const std::array<Plane, 3>& cells, int y, int x) {
  for (const Plane& plane : cells) {
    for (int dy = -1; dy <= 1; ++dy) {
      for (int dx = -1; dx <= 1; ++dx) {
        if (std::abs(plane.at(y + dy, x + dx) - plane.at(y, x)) > kEven) return false;
      }
    }
  }
  return true;
}

double blob_share(const std::array<Plane, 3>& photo, const std::array<Plane, 3>& painting) {
  int even = 0, blobs = 0;
  for (int y = 1; y + 1 < photo[0].height; ++y) {
    for (int x = 1; x + 1 < photo[0].width; ++x) {
      if (!is_even(photo, y, x)) continue;
      ++even;
      if (departure(painting, y, x) > kDeparts) ++blobs;
    }
  }
  return even == 0 ? 0 : static_cast<double>(blobs) / even;
}

double correlation(const Plane& a, const Plane& b) {
  const auto n = static_cast<double>(a.values.size());
  double mean_a = 0, mean_b = 0, ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i) mean_a += a.values[i] / n, mean_b += b.values[i] / n;
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    const double da = a.values[i] - mean_a, db = b.values[i] - mean_b;
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa <= 0 || bb <= 0 ? 0 : ab / std::sqrt(aa * bb);
}

}  // namespace

double PictureSigns::frame_strength() const {
  return std::hypot(frame[0], frame[1], frame[2]);
}

PictureSigns picture_signs(std::span<const float> photo, std::span<const float> painting, int height,
                           int width) {
  const std::size_t size =
      3 * static_cast<std::size_t>(std::max(0, height)) * static_cast<std::size_t>(std::max(0, width));
  if (height < kLeastSide || width < kLeastSide || photo.size() != size || painting.size() != size) {
    throw Error(ErrorCode::Internal, "signs.size",
                "signs are read from two pictures of one size, 48 x 48 at least");
  }
  const Plane photo_luma = luma_of(photo, height, width), luma = luma_of(painting, height, width);
  const Plane fine = high_pass(luma);
  PictureSigns signs;
  signs.grid = grid_of(fine);
  signs.frame = frame_step(painting, height, width);
  const std::array<double, 3> own = frame_step(photo, height, width);
  for (std::size_t c = 0; c < 3; ++c) signs.frame[c] -= own[c];
  signs.border_energy = border_log_energy(fine) - border_log_energy(high_pass(photo_luma));
  signs.blobs = blob_share(colour_cells(photo, height, width, 16), colour_cells(painting, height, width, 16));
  signs.luma_correlation = correlation(cells_of(photo_luma, 8), cells_of(luma, 8));
  return signs;
}

PictureSigns mean_signs(const std::vector<PictureSigns>& signs) {
  PictureSigns mean;
  const double share = signs.empty() ? 0 : 1.0 / static_cast<double>(signs.size());
  for (const PictureSigns& one : signs) {
    for (std::size_t i = 0; i < 3; ++i) {
      mean.grid[i] += one.grid[i] * share;
      mean.frame[i] += one.frame[i] * share;
    }
    mean.border_energy += one.border_energy * share;
    mean.blobs += one.blobs * share;
    mean.luma_correlation += one.luma_correlation * share;
  }
  return mean;
}

}  // namespace atelier::training
