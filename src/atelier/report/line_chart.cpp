#include "atelier/report/line_chart.h"

#include <cmath>

#include "atelier/core/error.h"
#include "atelier/report/detail/plot.h"

namespace atelier::report {

LineChart& LineChart::add(Series series) {
  const std::size_t count = series.x.size();
  const bool whole = series.y.size() == count && series.band.low.size() == series.band.high.size() &&
                     (series.band.empty() || series.band.low.size() == count);
  if (!whole)
    throw Error(ErrorCode::Internal, "chart.lengths",
                "a curve needs as many y values and bounds as x values");
  series_.push_back(std::move(series));
  return *this;
}

LineChart& LineChart::mark(Mark mark) {
  marks_.push_back(std::move(mark));
  return *this;
}

LineChart& LineChart::logarithmic() {
  logarithmic_ = true;
  return *this;
}

std::string LineChart::svg() const {
  const auto shown = [&](double x, double y) {
    return std::isfinite(x) && std::isfinite(y) && (!logarithmic_ || y > 0);
  };
  Range across, up;
  std::vector<std::string> names;
  for (const Series& s : series_) {
    names.push_back(s.name);
    for (std::size_t i = 0; i < s.x.size(); ++i) {
      if (!shown(s.x[i], s.y[i])) continue;
      across.include(s.x[i]);
      up.include(s.y[i]);
      if (s.band.empty()) continue;
      for (const double bound : {s.band.low[i], s.band.high[i]}) {
        if (shown(s.x[i], bound)) up.include(bound);
      }
    }
  }
  Plot plot(text_);
  const double top = plot.head(names) + (marks_.empty() ? 0 : 14);
  if (up.empty()) {
    plot.no_data();
    return plot.svg();
  }
  const Axis x(nice_ticks(across.low(), across.high(), 7), 66, text_.width - 18);
  const Axis y(logarithmic_ ? decade_ticks(up.low(), up.high()) : nice_ticks(up.low(), up.high(), 5),
               text_.height - 42, top, logarithmic_);
  plot.axes(x, y);
  for (const Mark& mark : marks_) {
    if (mark.x < x.ticks().front() || mark.x > x.ticks().back()) continue;
    plot.line(x.at(mark.x), top, x.at(mark.x), text_.height - 42, "class=\"axis\" stroke-dasharray=\"3 4\"");
    plot.words(x.at(mark.x), top - 4, mark.text, Plot::Anchor::Middle);
  }
  for (std::size_t n = 0; n < series_.size(); ++n) {
    const Series& s = series_[n];
    const std::string colour = series_colour(n);
    std::vector<std::pair<double, double>> curve, lower, upper;
    const auto flush = [&] {
      if (upper.size() > 1) {
        upper.insert(upper.end(), lower.rbegin(), lower.rend());
        plot.shade(upper, colour);
      }
      plot.path(curve, colour);
      if (curve.size() == 1) plot.dot(curve.front().first, curve.front().second, colour, s.name);
      curve.clear();
      lower.clear();
      upper.clear();
    };
    for (std::size_t i = 0; i < s.x.size(); ++i) {
      if (!shown(s.x[i], s.y[i])) {
        flush();
        continue;
      }
      curve.emplace_back(x.at(s.x[i]), y.at(s.y[i]));
      if (!s.band.empty() && shown(s.x[i], s.band.low[i]) && shown(s.x[i], s.band.high[i])) {
        lower.emplace_back(x.at(s.x[i]), y.at(s.band.low[i]));
        upper.emplace_back(x.at(s.x[i]), y.at(s.band.high[i]));
      }
    }
    flush();
  }
  return plot.svg();
}

}  // namespace atelier::report
