#pragma once

#include <string>

#include "atelier/image/image.h"

namespace atelier::cli {

/// 0..255 each.
struct Ink {
  int red = 0, green = 0, blue = 0;
};

Ink lighter(const Ink& ink, double towards_white);  ///< 0 the ink itself, 1 white

/// Corners of a rectangle that are to be round.
struct RoundCorners {
  double radius = 0;  ///< pixels
  bool top_left = true, top_right = true, bottom_left = true, bottom_right = true;
};

/// A sheet to lay pictures and words out on: rectangles, pictures, and text in a stroke font of our own, all
/// anti-aliased. What lies outside the sheet is cut off.
class Canvas {
 public:
  Canvas(int width, int height, const Ink& paper);

  void fill(int x, int y, int width, int height, const Ink& ink, const RoundCorners& corners = {});
  /// An 8-bit picture with its top left corner at (x, y), round corners.
  void paste(const Image& picture, int x, int y, double radius = 0);
  /// One line; (x, y) is the left end of the line's top, `size` the height of a capital in pixels. Known are
  /// letters (drawn small), digits and some signs; others leave a gap.
  void write(const std::string& text, double x, double y, double size, const Ink& ink);
  /// The same in the middle of `width` pixels, smaller down to two thirds where it must be, else cut with
  /// "..".
  void write_centred(std::string text, double x, double y, double width, double size, const Ink& ink);

  static double text_width(const std::string& text, double size);

  Image take() && { return std::move(sheet_); }

 private:
  void blend(int x, int y, const Ink& ink, double share);

  Image sheet_;
};

}  // namespace atelier::cli
