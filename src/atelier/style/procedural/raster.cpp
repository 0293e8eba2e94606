#include "atelier/style/procedural/raster.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace atelier::style::procedural {
namespace {

double shading_at(const Shape& shape, double u, double v) {
  const double dx = shape.to.x - shape.from.x, dy = shape.to.y - shape.from.y,
               length = std::max(1e-9, dx * dx + dy * dy);
  const double x = u - shape.from.x, y = v - shape.from.y;
  return std::clamp(shape.is_round ? std::sqrt((x * x + y * y) / length) : (x * dx + y * dy) / length, 0.0,
                    1.0);
}

// Where the polygon's edges cross a row, and whether they go down (+1) or up (-1).
std::vector<std::pair<double, int>> crossings(const Outline& outline, double y) {
  std::vector<std::pair<double, int>> found;
  for (std::size_t i = 0; i < outline.size(); ++i) {
    const Point& a = outline[i];
    const Point& b = outline[(i + 1) % outline.size()];
    if ((a.y <= y) == (b.y <= y)) continue;
    found.emplace_back(a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x), a.y <= y ? 1 : -1);
  }
  std::sort(found.begin(), found.end());
  return found;
}

// One dimension of the squared distance transform, in place.
void lower_envelope(std::vector<float>& line, std::vector<int>& parabola, std::vector<float>& from,
                    std::vector<float>& result) {
  const int n = static_cast<int>(line.size());
  int k = 0;
  parabola[0] = 0;
  from[0] = -1e20f;
  from[1] = 1e20f;
  const auto at = [&](int i) { return line[static_cast<std::size_t>(i)]; };
  for (int q = 1; q < n; ++q) {
    float s = 0;
    while (true) {
      const int p = parabola[static_cast<std::size_t>(k)];
      s = ((at(q) + static_cast<float>(q) * static_cast<float>(q)) -
           (at(p) + static_cast<float>(p) * static_cast<float>(p))) /
          static_cast<float>(2 * (q - p));
      if (s > from[static_cast<std::size_t>(k)] || k == 0) break;
      --k;
    }
    if (s > from[static_cast<std::size_t>(k)]) ++k;
    parabola[static_cast<std::size_t>(k)] = q;
    from[static_cast<std::size_t>(k)] = k == 0 ? -1e20f : s;
    from[static_cast<std::size_t>(k) + 1] = 1e20f;
  }
  k = 0;
  for (int q = 0; q < n; ++q) {
    while (from[static_cast<std::size_t>(k) + 1] < static_cast<float>(q)) ++k;
    const int p = parabola[static_cast<std::size_t>(k)];
    result[static_cast<std::size_t>(q)] = static_cast<float>((q - p) * (q - p)) + at(p);
  }
  line.swap(result);
}

void transform(std::vector<float>& squares, int width, int height, bool is_row) {
  const int lines = is_row ? height : width, length = is_row ? width : height;
  const auto n = static_cast<std::size_t>(length);
  std::vector<float> line(n), result(n), from(n + 1);
  std::vector<int> parabola(n);
  for (int k = 0; k < lines; ++k) {
    const auto place = [&](std::size_t i) {
      return is_row ? static_cast<std::size_t>(k) * n + i
                    : i * static_cast<std::size_t>(width) + static_cast<std::size_t>(k);
    };
    for (std::size_t i = 0; i < n; ++i) line[i] = squares[place(i)];
    lower_envelope(line, parabola, from, result);
    for (std::size_t i = 0; i < n; ++i) squares[place(i)] = line[i];
  }
}

}  // namespace

Raster::Raster(const Scene& scene, int width, int height)
    : width_(width), height_(height), scale_(std::min(width / scene.width, height / scene.height)) {
  const std::size_t count = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  shape_.assign(count, 0);
  colour_.assign(count, scene.shapes.empty() ? Colour{} : scene.shapes.front().lit);
  shading_.assign(count, 0);
  for (std::size_t s = 0; s < scene.shapes.size(); ++s) {
    const Outline& outline = scene.shapes[s].outline;
    const auto [low, high] = std::minmax_element(outline.begin(), outline.end(),
                                                 [](const Point& a, const Point& b) { return a.y < b.y; });
    const int top = std::max(0, static_cast<int>(std::floor(low->y * scale_))),
              bottom = std::min(height_ - 1, static_cast<int>(std::ceil(high->y * scale_)));
    for (int y = top; y <= bottom; ++y) {
      const auto edges = crossings(outline, (y + 0.5) / scale_);
      int winding = 0;
      for (std::size_t e = 0; e + 1 < edges.size(); ++e) {
        winding += edges[e].second;
        if (winding == 0) continue;
        const int left = std::max(0, static_cast<int>(std::ceil(edges[e].first * scale_ - 0.5)));
        const int right =
            std::min(width_ - 1, static_cast<int>(std::ceil(edges[e + 1].first * scale_ - 0.5)) - 1);
        for (int x = left; x <= right; ++x) shape_[index(x, y)] = static_cast<int>(s);
      }
    }
  }
  for (int y = 0; y < height_; ++y) {
    for (int x = 0; x < width_; ++x) {
      const std::size_t i = index(x, y);
      const Shape& shape = scene.shapes[static_cast<std::size_t>(shape_[i])];
      const double t = shading_at(shape, (x + 0.5) / scale_, (y + 0.5) / scale_);
      shading_[i] = static_cast<float>(t);
      colour_[i] = mix(shape.lit, shape.shaded, t);
    }
  }
}

std::vector<float> border_distance(const std::vector<int>& labels, int width, int height) {
  const auto w = static_cast<std::size_t>(width), h = static_cast<std::size_t>(height);
  std::vector<float> squares(labels.size(), 1e10f);
  for (std::size_t y = 0; y < h; ++y) {
    for (std::size_t x = 0; x < w; ++x) {
      const std::size_t i = y * w + x;
      if (x + 1 < w && labels[i] != labels[i + 1]) squares[i] = squares[i + 1] = 0;
      if (y + 1 < h && labels[i] != labels[i + w]) squares[i] = squares[i + w] = 0;
    }
  }
  transform(squares, width, height, true);
  transform(squares, width, height, false);
  for (float& value : squares) value = std::min(1e4f, std::sqrt(value));
  return squares;
}

std::vector<float> spread_tones(const Raster& raster) {
  constexpr std::size_t kBins = 256;
  std::array<double, kBins> share{};
  const auto bin = [](const Colour& c) {
    return static_cast<std::size_t>(std::clamp(luma(c), 0.0, 1.0) * (kBins - 1));
  };
  for (const Colour& c : raster.colour()) share[bin(c)] += 1;
  double sum = 0;
  const auto count = static_cast<double>(raster.colour().size());
  for (double& value : share) {
    sum += value;
    value = (sum - value / 2) / count;
  }
  std::vector<float> tones;
  tones.reserve(raster.colour().size());
  for (const Colour& c : raster.colour())
    tones.push_back(static_cast<float>(0.45 * luma(c) + 0.55 * share[bin(c)]));
  return tones;
}

Scene without_small_shapes(Scene scene, double area) {
  const auto is_small = [&](const Shape& shape) {
    double twice = 0;
    for (std::size_t i = 0; i < shape.outline.size(); ++i) {
      const Point& a = shape.outline[i];
      const Point& b = shape.outline[(i + 1) % shape.outline.size()];
      twice += a.x * b.y - b.x * a.y;
    }
    return std::abs(twice) / 2 < area;
  };
  std::erase_if(scene.shapes, is_small);
  return scene;
}

}  // namespace atelier::style::procedural
