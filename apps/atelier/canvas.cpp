#include "canvas.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <sstream>
#include <vector>

namespace atelier::cli {
namespace {

struct Point {
  double x = 0, y = 0;
};
using Stroke = std::vector<Point>;

/// A letter: its width, then strokes. "l x y x y ...": a line; "a cx cy rx ry from to": an arc in degrees,
/// clockwise from the right when `to` is larger. Units: 0 the top of tall letters, 3 of small ones, 8 the
/// line they stand on.
struct Glyph {
  char letter;
  double width;
  const char* strokes;
};

constexpr std::array<Glyph, 45> kGlyphs = {{
    {'a', 4.8, "a 2.5 5.5 2.3 2.5 0 360 l 4.8 3 4.8 8"},
    {'b', 4.8, "l .2 0 .2 8 a 2.5 5.5 2.3 2.5 0 360"},
    {'c', 4.4, "a 2.5 5.5 2.3 2.5 45 315"},
    {'d', 4.8, "a 2.5 5.5 2.3 2.5 0 360 l 4.8 0 4.8 8"},
    {'e', 4.8, "l .2 5.5 4.8 5.5 a 2.5 5.5 2.3 2.5 360 45"},
    {'f', 3.2, "l 1.2 8 1.2 1.8 a 2.8 1.8 1.6 1.8 180 290 l 0 3 2.9 3"},
    {'g', 4.8, "a 2.5 5.5 2.3 2.5 0 360 l 4.8 3 4.8 8.4 a 2.5 8.4 2.3 2.1 0 140"},
    {'h', 4.6, "l .2 0 .2 8 a 2.4 5.2 2.2 2.2 180 360 l 4.6 5.2 4.6 8"},
    {'i', 1.0, "l .5 3 .5 8 l .5 .8 .5 1"},
    {'j', 1.8, "l 1.3 3 1.3 9 a -.1 9 1.4 1.5 0 100 l 1.3 .8 1.3 1"},
    {'k', 4.2, "l .2 0 .2 8 l 3.9 3 .2 6.2 l 1.6 5 4.2 8"},
    {'l', 1.0, "l .5 0 .5 8"},
    {'m', 7.0, "l .2 3 .2 8 a 1.9 4.9 1.7 1.9 180 360 l 3.6 4.9 3.6 8 a 5.3 4.9 1.7 1.9 180 360 l 7 4.9 7 8"},
    {'n', 4.6, "l .2 3 .2 8 a 2.4 5.2 2.2 2.2 180 360 l 4.6 5.2 4.6 8"},
    {'o', 5.0, "a 2.5 5.5 2.3 2.5 0 360"},
    {'p', 4.8, "l .2 3 .2 10.5 a 2.5 5.5 2.3 2.5 0 360"},
    {'q', 4.8, "l 4.8 3 4.8 10.5 a 2.5 5.5 2.3 2.5 0 360"},
    {'r', 3.2, "l .2 3 .2 8 a 2.4 5.2 2.2 2.2 180 300"},
    {'s', 4.0, "a 2.1 4.25 1.8 1.25 330 90 a 2.1 6.75 1.9 1.25 270 510"},
    {'t', 3.2, "l 1.3 .9 1.3 6.6 a 2.7 6.6 1.4 1.4 180 70 l 0 3 2.9 3"},
    {'u', 4.6, "l .2 3 .2 5.8 a 2.4 5.8 2.2 2.2 180 0 l 4.6 3 4.6 8"},
    {'v', 4.4, "l 0 3 2.2 8 4.4 3"},
    {'w', 6.4, "l 0 3 1.6 8 3.2 3.4 4.8 8 6.4 3"},
    {'x', 4.0, "l 0 3 4 8 l 4 3 0 8"},
    {'y', 4.4, "l 0 3 2.2 8 l 4.4 3 1.6 9.6 .4 10.5"},
    {'z', 4.1, "l .1 3 4 3 0 8 4.1 8"},
    {'0', 4.8, "a 2.4 4 2.3 4 0 360"},
    {'1', 2.6, "l .4 1.6 2 0 2 8"},
    {'2', 4.6, "a 2.3 2.2 2.1 2.2 190 395 l 4.02 3.46 .2 8 4.6 8"},
    {'3', 4.4, "a 2.1 2 1.9 2 200 450 a 2.1 6 2.2 2 270 510"},
    {'4', 4.8, "l 3.4 8 3.4 0 0 5.6 4.8 5.6"},
    {'5', 4.5, "l 4.2 0 .8 0 .57 3.56 a 2.2 5.4 2.3 2.6 225 500"},
    {'6', 4.6, "a 2.4 5.6 2.2 2.4 0 360 l 3.6 0 .5 4.7"},
    {'7', 4.4, "l 0 0 4.4 0 1.4 8"},
    {'8', 4.6, "a 2.3 1.95 1.8 1.95 0 360 a 2.3 5.95 2.2 2.05 0 360"},
    {'9', 4.6, "a 2.4 2.4 2.2 2.4 0 360 l 4.45 3.2 1.1 8"},
    {'-', 3.0, "l .3 5.4 2.7 5.4"},
    {'+', 4.0, "l .2 5.2 3.8 5.2 l 2 3.4 2 7"},
    {',', 1.0, "l .8 7.8 .3 9.4"},
    {'.', 1.0, "l .5 7.8 .5 8"},
    {':', 1.0, "l .5 3.8 .5 4 l .5 7.8 .5 8"},
    {'(', 1.8, "a 3 4.5 2.4 5.5 130 230"},
    {')', 1.8, "a -1.2 4.5 2.4 5.5 310 410"},
    {'/', 3.4, "l 3.4 -.5 0 9"},
    {' ', 2.0, ""},
}};

constexpr double kGap = 1.3;    // between letters
constexpr double kCapital = 8;  // units
constexpr double kDescent = 3;  // below the line
constexpr double kPen = 0.55;   // half the width of a stroke
constexpr double kUnknown = 3;  // width of a letter nobody drew

char small(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

const Glyph* glyph_of(char letter) {
  const auto found =
      std::find_if(kGlyphs.begin(), kGlyphs.end(), [&](const Glyph& g) { return g.letter == small(letter); });
  return found == kGlyphs.end() ? nullptr : &*found;
}

std::vector<Stroke> strokes_of(const Glyph& glyph) {
  std::vector<Stroke> strokes;
  std::istringstream words(glyph.strokes);
  for (std::string word; words >> word;) {
    if (word == "l") {
      strokes.emplace_back();
    } else if (word == "a") {
      double cx = 0, cy = 0, rx = 0, ry = 0, from = 0, to = 0;
      words >> cx >> cy >> rx >> ry >> from >> to;
      Stroke& arc = strokes.emplace_back();
      constexpr int kPieces = 20;
      for (int i = 0; i <= kPieces; ++i) {
        const double angle = (from + (to - from) * i / kPieces) * std::numbers::pi / 180;
        arc.push_back({.x = cx + rx * std::cos(angle), .y = cy + ry * std::sin(angle)});
      }
    } else {
      double y = 0;
      words >> y;
      strokes.back().push_back({.x = std::stod(word), .y = y});
    }
  }
  return strokes;
}

double distance_to(const Point& p, const Point& a, const Point& b) {
  const double dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
  const double t = length > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length, 0.0, 1.0) : 0;
  return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

// How far (x, y) lies outside a rectangle with round corners; below 0 inside.
double outside(double x, double y, double width, double height, const RoundCorners& corners) {
  const bool is_left = x < width / 2, is_top = y < height / 2;
  const bool is_round = is_top ? (is_left ? corners.top_left : corners.top_right)
                               : (is_left ? corners.bottom_left : corners.bottom_right);
  const double radius = is_round ? std::min({corners.radius, width / 2, height / 2}) : 0;
  const double dx = std::max(radius - x, x - (width - radius)),
               dy = std::max(radius - y, y - (height - radius));
  if (radius > 0 && dx > 0 && dy > 0) return std::hypot(dx, dy) - radius;
  return std::max(dx, dy) - radius;
}

std::uint8_t mixed(int from, int to, double share) {
  return static_cast<std::uint8_t>(std::lround(from + (to - from) * share));
}

}  // namespace

Ink lighter(const Ink& ink, double towards_white) {
  const auto channel = [&](int value) { return static_cast<int>(mixed(value, 255, towards_white)); };
  return {.red = channel(ink.red), .green = channel(ink.green), .blue = channel(ink.blue)};
}

Canvas::Canvas(int width, int height, const Ink& paper) : sheet_(width, height) {
  fill(0, 0, width, height, paper);
}

void Canvas::blend(int x, int y, const Ink& ink, double share) {
  if (x < 0 || y < 0 || x >= sheet_.width() || y >= sheet_.height() || share <= 0) return;
  const auto pixel =
      sheet_.rgb8().subspan(3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(sheet_.width()) +
                                 static_cast<std::size_t>(x)),
                            3);
  const double part = std::min(share, 1.0);
  pixel[0] = mixed(pixel[0], ink.red, part);
  pixel[1] = mixed(pixel[1], ink.green, part);
  pixel[2] = mixed(pixel[2], ink.blue, part);
}

void Canvas::fill(int x, int y, int width, int height, const Ink& ink, const RoundCorners& corners) {
  for (int row = 0; row < height; ++row) {
    for (int column = 0; column < width; ++column) {
      blend(x + column, y + row, ink, 0.5 - outside(column + 0.5, row + 0.5, width, height, corners));
    }
  }
}

void Canvas::paste(const Image& picture, int x, int y, double radius) {
  const Image source = picture.to_depth(Depth::U8);
  const auto rgb = source.rgb8();
  std::size_t at = 0;
  for (int row = 0; row < source.height(); ++row) {
    for (int column = 0; column < source.width(); ++column, at += 3) {
      const double share =
          0.5 - outside(column + 0.5, row + 0.5, source.width(), source.height(), {.radius = radius});
      blend(x + column, y + row, {.red = rgb[at], .green = rgb[at + 1], .blue = rgb[at + 2]}, share);
    }
  }
}

double Canvas::text_width(const std::string& text, double size) {
  double units = 0;
  for (const char letter : text) {
    const Glyph* glyph = glyph_of(letter);
    units += (glyph == nullptr ? kUnknown : glyph->width) + kGap;
  }
  return std::max(0.0, units - kGap) * size / kCapital;
}

void Canvas::write(const std::string& text, double x, double y, double size, const Ink& ink) {
  const double scale = size / kCapital;
  const double pen = std::max(kPen * scale, 0.55);
  for (const char letter : text) {
    const Glyph* glyph = glyph_of(letter);
    const double width = glyph == nullptr ? kUnknown : glyph->width;
    if (glyph != nullptr) {
      std::vector<Stroke> strokes = strokes_of(*glyph);
      for (Stroke& stroke : strokes) {
        for (Point& point : stroke) point = {.x = x + point.x * scale, .y = y + point.y * scale};
      }
      const int left = static_cast<int>(std::floor(x - 2 * scale)) - 1;
      const int right = static_cast<int>(std::ceil(x + (width + 1) * scale)) + 1;
      const int top = static_cast<int>(std::floor(y - scale)) - 1;
      const int bottom = static_cast<int>(std::ceil(y + (kCapital + kDescent) * scale)) + 1;
      for (int row = top; row <= bottom; ++row) {
        for (int column = left; column <= right; ++column) {
          double nearest = 1e9;
          for (const Stroke& stroke : strokes) {
            for (std::size_t i = 1; i < stroke.size(); ++i) {
              nearest = std::min(nearest, distance_to({column + 0.5, row + 0.5}, stroke[i - 1], stroke[i]));
            }
          }
          blend(column, row, ink, 0.5 + pen - nearest);
        }
      }
    }
    x += (width + kGap) * scale;
  }
}

void Canvas::write_centred(std::string text, double x, double y, double width, double size, const Ink& ink) {
  const double fitting = size * std::min(1.0, width / std::max(1e-9, text_width(text, size)));
  const double chosen = std::max(fitting, size * 2 / 3);
  if (text_width(text, chosen) > width + 0.5) {
    while (!text.empty() && text_width(text + "..", chosen) > width) text.pop_back();
    text += "..";
  }
  write(text, x + (width - text_width(text, chosen)) / 2, y + size - chosen, chosen, ink);
}

}  // namespace atelier::cli
