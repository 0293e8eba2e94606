#include "atelier/report/scatter_chart.h"

#include <spdlog/fmt/fmt.h>

#include <cmath>

#include "atelier/report/detail/plot.h"

namespace atelier::report {

ScatterChart& ScatterChart::add(Group group) {
  groups_.push_back(std::move(group));
  return *this;
}

std::string ScatterChart::svg() const {
  Range across, up;
  std::vector<std::string> names;
  const auto shown = [](const Point& point) { return std::isfinite(point.x) && std::isfinite(point.y); };
  for (const Group& group : groups_) {
    names.push_back(group.name);
    for (const Point& point : group.points) {
      if (!shown(point)) continue;
      across.include(point.x);
      up.include(point.y);
      if (point.x_interval) across.include(point.x_interval->first), across.include(point.x_interval->second);
      if (point.y_interval) up.include(point.y_interval->first), up.include(point.y_interval->second);
    }
  }
  Plot plot(text_);
  const double top = plot.head(names);
  if (up.empty()) {
    plot.no_data();
    return plot.svg();
  }
  const Axis x(nice_ticks(across.low(), across.high(), 7), 66, text_.width - 18);
  const Axis y(nice_ticks(up.low(), up.high(), 5), text_.height - 42, top);
  plot.axes(x, y);
  for (std::size_t n = 0; n < groups_.size(); ++n) {
    const Group& group = groups_[n];
    const std::string colour = series_colour(n),
                      stroke = "style=\"stroke:" + colour + "\" stroke-opacity=\"0.6\"";
    if (group.joined) {
      std::vector<std::pair<double, double>> curve;
      for (const Point& point : group.points) {
        if (shown(point)) curve.emplace_back(x.at(point.x), y.at(point.y));
      }
      plot.path(curve, colour);
    }
    for (const Point& point : group.points) {
      if (!shown(point)) continue;
      const double px = x.at(point.x), py = y.at(point.y);
      if (point.x_interval)
        plot.line(x.at(point.x_interval->first), py, x.at(point.x_interval->second), py, stroke);
      if (point.y_interval)
        plot.line(px, y.at(point.y_interval->first), px, y.at(point.y_interval->second), stroke);
      plot.dot(px, py, colour,
               fmt::format("{} {}: {:.4g}, {:.4g}", group.name, point.label, point.x, point.y));
      // Near the right edge the words go to the left, where there is room.
      const bool right = px + 10 + text_width(point.label) > text_.width;
      plot.words(right ? px - 7 : px + 7, py - 6, point.label,
                 right ? Plot::Anchor::End : Plot::Anchor::Start, "label");
    }
  }
  return plot.svg();
}

}  // namespace atelier::report
