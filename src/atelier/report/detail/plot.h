#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "atelier/report/chart_text.h"
#include "atelier/report/detail/axis.h"

namespace atelier::report {

/// Width of a text in the page's 12 px font, roughly; browsers differ by a few percent.
double text_width(std::string_view text);
/// The page's colour for the n-th series.
std::string series_colour(std::size_t index);

/// The sheet a chart is drawn on: title, legend, axes, then marks in pixels.
class Plot {
 public:
  enum class Anchor { Start, Middle, End };

  explicit Plot(const ChartText& text) : text_(text) {}

  /// Title and legend; returns the y where the drawing may start.
  double head(const std::vector<std::string>& names);
  /// Grid lines, tick texts and the axes' names.
  void axes(const Axis& x, const Axis& y);
  void vertical_grid(const Axis& x, double top, double bottom);
  void x_name(double middle);

  void line(double x1, double y1, double x2, double y2, std::string_view style);
  void path(const std::vector<std::pair<double, double>>& points, const std::string& colour);
  void shade(const std::vector<std::pair<double, double>>& outline, const std::string& colour);
  void box(double x, double y, double width, double height, const std::string& colour, std::string_view tip);
  void dot(double x, double y, const std::string& colour, std::string_view tip);
  void words(double x, double y, std::string_view text, Anchor anchor = Anchor::Start,
             std::string_view kind = "");
  void no_data() { words(text_.width / 2.0, text_.height / 2.0, "no data", Anchor::Middle); }

  /// Height in pixels replaces that of the text.
  std::string svg(double height) const;
  std::string svg() const { return svg(text_.height); }

 private:
  const ChartText& text_;
  std::string marks_;
};

}  // namespace atelier::report
