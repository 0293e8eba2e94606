#include "atelier/detection/face_finder.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <string>

#include "atelier/core/error.h"
#include "atelier/image/resize.h"

namespace atelier::detection {
namespace {

constexpr const char* kCascade = "/usr/share/opencv4/haarcascades/haarcascade_frontalface_alt2.xml";
constexpr int kLookedAt = 720;    // longest side, pixels
constexpr double kSmallest = 24;  // face, of those pixels
constexpr double kPyramid = 1.1;
constexpr std::size_t kAgreeing = 5;  // windows on one face; fewer are chance
constexpr double kAlike = 0.2;        // of the side, by which windows on one face differ

struct Grey {
  int width, height;
  std::vector<std::uint8_t> pixels;
};

Grey grey_of(const Image& photo) {
  const double factor =
      std::min(1.0, kLookedAt / static_cast<double>(std::max(photo.width(), photo.height())));
  const int width = std::max(1, static_cast<int>(std::lround(photo.width() * factor))),
            height = std::max(1, static_cast<int>(std::lround(photo.height() * factor)));
  const Image small = (factor < 1 ? resize(photo, width, height) : photo).to_depth(Depth::U8);
  Grey grey{width, height, std::vector<std::uint8_t>(small.pixels())};
  for (std::size_t i = 0; i < grey.pixels.size(); ++i) {
    const auto rgb = small.rgb8().subspan(3 * i, 3);
    grey.pixels[i] = static_cast<std::uint8_t>((299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] + 500) / 1000);
  }
  return grey;
}

// By bilinear interpolation, as the cascade's windows were made.
Grey shrunk(const Grey& from, double factor) {
  Grey to{static_cast<int>(from.width / factor), static_cast<int>(from.height / factor), {}};
  to.pixels.reserve(static_cast<std::size_t>(to.width) * static_cast<std::size_t>(to.height));
  const auto at = [&](int x, int y) {
    return static_cast<double>(
        from.pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(from.width) +
                    static_cast<std::size_t>(x)]);
  };
  const double step_x = static_cast<double>(from.width) / to.width,
               step_y = static_cast<double>(from.height) / to.height;
  for (int y = 0; y < to.height; ++y) {
    const double v = std::max(0.0, (y + 0.5) * step_y - 0.5);
    const int top = static_cast<int>(v), bottom = std::min(top + 1, from.height - 1);
    for (int x = 0; x < to.width; ++x) {
      const double u = std::max(0.0, (x + 0.5) * step_x - 0.5);
      const int left = static_cast<int>(u), right = std::min(left + 1, from.width - 1);
      const double upper = std::lerp(at(left, top), at(right, top), u - left),
                   lower = std::lerp(at(left, bottom), at(right, bottom), u - left);
      to.pixels.push_back(static_cast<std::uint8_t>(std::lerp(upper, lower, v - top) + 0.5));
    }
  }
  return to;
}

struct Window {
  double x, y, side;
};

bool alike(const Window& a, const Window& b) {
  const double reach = kAlike * std::min(a.side, b.side);
  return std::abs(a.x - b.x) <= reach && std::abs(a.y - b.y) <= reach &&
         std::abs(a.x + a.side - b.x - b.side) <= reach && std::abs(a.y + a.side - b.y - b.side) <= reach;
}

// Windows that are alike, directly or through others, are one face: their mean, when they are enough.
std::vector<Window> merged(const std::vector<Window>& windows) {
  std::vector<std::size_t> group(windows.size());
  std::iota(group.begin(), group.end(), 0u);
  const auto root = [&](std::size_t i) {
    while (group[i] != i) i = group[i] = group[group[i]];
    return i;
  };
  for (std::size_t i = 0; i < windows.size(); ++i) {
    for (std::size_t j = i + 1; j < windows.size(); ++j)
      if (alike(windows[i], windows[j])) group[root(i)] = root(j);
  }
  std::vector<Window> sums(windows.size());
  std::vector<std::size_t> counts(windows.size());
  for (std::size_t i = 0; i < windows.size(); ++i) {
    Window& sum = sums[root(i)];
    sum.x += windows[i].x, sum.y += windows[i].y, sum.side += windows[i].side;
    ++counts[root(i)];
  }
  std::vector<Window> means;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const auto n = static_cast<double>(counts[i]);
    if (counts[i] >= kAgreeing) means.push_back({sums[i].x / n, sums[i].y / n, sums[i].side / n});
  }
  return means;
}

// A chance hit on an eye or a mouth lies within a larger face.
bool inside_another(const Window& one, const std::vector<Window>& all) {
  return std::any_of(all.begin(), all.end(), [&](const Window& other) {
    const double middle_x = one.x + one.side / 2, middle_y = one.y + one.side / 2;
    return other.side > one.side && middle_x > other.x && middle_x < other.x + other.side &&
           middle_y > other.y && middle_y < other.y + other.side;
  });
}

}  // namespace

FaceFinder FaceFinder::open() {
  const char* named = std::getenv("ATELIER_FACE_CASCADE");
  const std::filesystem::path file = named != nullptr && *named != '\0' ? named : kCascade;
  if (std::error_code error; !std::filesystem::exists(file, error)) {
    throw Error(ErrorCode::Unavailable, "faces.missing",
                printable(file.string()) +
                    ": faces are found by this file, which is not there: apt-get install opencv-data, or "
                    "name a cascade with $ATELIER_FACE_CASCADE");
  }
  return FaceFinder(Cascade::read(file));
}

std::vector<Face> FaceFinder::find(const Image& photo) const {
  const Grey grey = grey_of(photo);
  std::vector<Window> windows;
  const int side = cascade_.width();
  for (double factor = kSmallest / side;; factor *= kPyramid) {
    const Grey level = shrunk(grey, factor);
    if (level.width < side || level.height < cascade_.height()) break;
    const IntegralImage picture(level.pixels, level.width, level.height);
    const int step = factor > 2 ? 1 : 2;
    for (int y = 0; y + cascade_.height() <= level.height; y += step) {
      for (int x = 0; x + side <= level.width; x += step) {
        if (cascade_.accepts(picture, x, y)) windows.push_back({x * factor, y * factor, side * factor});
      }
    }
  }
  const std::vector<Window> found = merged(windows);
  const double scale = static_cast<double>(photo.width()) / grey.width;
  std::vector<Face> faces;
  for (const Window& window : found) {
    if (inside_another(window, found)) continue;
    faces.push_back({static_cast<int>(std::lround(window.x * scale)),
                     static_cast<int>(std::lround(window.y * scale)),
                     static_cast<int>(std::lround(window.side * scale))});
  }
  std::sort(faces.begin(), faces.end(), [](const Face& a, const Face& b) { return a.x < b.x; });
  return faces;
}

}  // namespace atelier::detection
