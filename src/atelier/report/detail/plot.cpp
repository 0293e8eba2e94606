#include "atelier/report/detail/plot.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "atelier/report/escape.h"

namespace atelier::report {
namespace {

constexpr double kLegendLine = 18, kSwatch = 12;

std::string points_text(const std::vector<std::pair<double, double>>& points) {
  std::string text;
  for (const auto& [x, y] : points) text += fmt::format("{:.1f},{:.1f} ", x, y);
  return text;
}

}  // namespace

double text_width(std::string_view text) {
  const auto letters = std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
  return 6.6 * static_cast<double>(letters);
}

std::string series_colour(std::size_t index) {
  return fmt::format("var(--c{})", index % 8);
}

double Plot::head(const std::vector<std::string>& names) {
  double y = 8;
  if (!text_.title.empty()) {
    y += 14;
    words(8, y, text_.title, Anchor::Start, "title");
    y += 6;
  }
  if (names.size() > 1 || (names.size() == 1 && !names.front().empty())) {
    double x = 8;
    y += kLegendLine - 4;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const double width = kSwatch + 6 + text_width(names[i]) + 16;
      if (x > 8 && x + width > text_.width) {
        x = 8;
        y += kLegendLine;
      }
      box(x, y - kSwatch + 2, kSwatch, kSwatch, series_colour(i), names[i]);
      words(x + kSwatch + 6, y, names[i], Anchor::Start, "label");
      x += width;
    }
    y += 6;
  }
  return y + 8;
}

void Plot::vertical_grid(const Axis& x, double top, double bottom) {
  for (const double tick : x.ticks()) {
    line(x.at(tick), top, x.at(tick), bottom, "class=\"grid\"");
    words(x.at(tick), bottom + 16, x.text(tick), Anchor::Middle);
  }
}

void Plot::x_name(double middle) {
  words(middle, text_.height - 6, text_.x_label, Anchor::Middle);
}

void Plot::axes(const Axis& x, const Axis& y) {
  const double left = x.at(x.ticks().front()), right = x.at(x.ticks().back());
  const double bottom = y.at(y.ticks().front()), top = y.at(y.ticks().back());
  for (const double tick : y.ticks()) {
    line(left, y.at(tick), right, y.at(tick), "class=\"grid\"");
    words(left - 6, y.at(tick) + 4, y.text(tick), Anchor::End);
  }
  vertical_grid(x, top, bottom);
  line(left, bottom, right, bottom, "class=\"axis\"");
  line(left, top, left, bottom, "class=\"axis\"");
  x_name((left + right) / 2);
  if (!text_.y_label.empty()) {
    marks_ +=
        fmt::format("<text text-anchor=\"middle\" transform=\"translate(13 {:.1f}) rotate(-90)\">{}</text>",
                    (top + bottom) / 2, escape_html(text_.y_label));
  }
}

void Plot::line(double x1, double y1, double x2, double y2, std::string_view style) {
  marks_ += fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {}/>", x1, y1, x2, y2,
                        style);
}

void Plot::path(const std::vector<std::pair<double, double>>& points, const std::string& colour) {
  if (points.size() < 2) return;
  marks_ += fmt::format(
      "<polyline points=\"{}\" fill=\"none\" style=\"stroke:{}\" stroke-width=\"1.8\" "
      "stroke-linejoin=\"round\"/>",
      points_text(points), colour);
}

void Plot::shade(const std::vector<std::pair<double, double>>& outline, const std::string& colour) {
  marks_ += fmt::format("<polygon points=\"{}\" style=\"fill:{}\" opacity=\"0.18\"/>", points_text(outline),
                        colour);
}

void Plot::box(double x, double y, double width, double height, const std::string& colour,
               std::string_view tip) {
  marks_ += fmt::format(
      "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"2\" "
      "style=\"fill:{}\"><title>{}</title></rect>",
      x, y, width, height, colour, escape_html(tip));
}

void Plot::dot(double x, double y, const std::string& colour, std::string_view tip) {
  marks_ +=
      fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" style=\"fill:{}\"><title>{}</title></circle>",
                  x, y, colour, escape_html(tip));
}

void Plot::words(double x, double y, std::string_view text, Anchor anchor, std::string_view kind) {
  if (text.empty()) return;
  const char* const where = anchor == Anchor::Start ? "start" : anchor == Anchor::Middle ? "middle" : "end";
  const std::string look = kind.empty() ? "" : fmt::format(" class=\"{}\"", kind);
  marks_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>", x, y, where, look,
                        escape_html(text));
}

std::string Plot::svg(double height) const {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" aria-label=\"{}\" width=\"{}\" "
      "height=\"{:.0f}\" "
      "viewBox=\"0 0 {} {:.0f}\">{}</svg>",
      escape_html(text_.title), text_.width, height, text_.width, height, marks_);
}

}  // namespace atelier::report
