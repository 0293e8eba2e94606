#include "atelier/report/bar_chart.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "atelier/core/error.h"
#include "atelier/report/detail/plot.h"

namespace atelier::report {
namespace {

constexpr double kBar = 14, kGap = 10;

}  // namespace

BarChart& BarChart::add(Series series) {
  const std::size_t count = categories_.size();
  const bool whole = series.values.size() == count &&
                     series.interval.low.size() == series.interval.high.size() &&
                     (series.interval.empty() || series.interval.low.size() == count);
  if (!whole)
    throw Error(ErrorCode::Internal, "chart.lengths", "bars need one value (and interval) for each category");
  series_.push_back(std::move(series));
  return *this;
}

std::string BarChart::svg() const {
  Range values;
  values.include(0);
  std::vector<std::string> names;
  bool some = false;
  for (const Series& s : series_) {
    names.push_back(s.name);
    for (std::size_t i = 0; i < s.values.size(); ++i) {
      if (!std::isfinite(s.values[i])) continue;
      some = true;
      values.include(s.values[i]);
      if (s.interval.empty()) continue;
      values.include(s.interval.low[i]);
      values.include(s.interval.high[i]);
    }
  }
  const double group = kBar * static_cast<double>(series_.size()) + kGap;
  ChartText text = text_;
  Plot heading(text);
  const double top = heading.head(names);
  const double bottom = top + group * static_cast<double>(categories_.size());
  text.height = static_cast<int>(bottom) + 42;
  Plot plot(text);
  plot.head(names);
  if (!some) {
    plot.no_data();
    return plot.svg();
  }
  double label = 40;
  for (const std::string& category : categories_) label = std::max(label, text_width(category));
  label = std::min(label, text.width * 0.45);
  const Axis x(nice_ticks(values.low(), values.high(), 6), label + 18, text.width - 24);
  plot.vertical_grid(x, top, bottom);
  plot.x_name((label + text.width) / 2);
  for (std::size_t c = 0; c < categories_.size(); ++c) {
    const double y = top + group * static_cast<double>(c) + kGap / 2;
    plot.words(label + 10, y + (group - kGap) / 2 + 4, categories_[c], Plot::Anchor::End, "label");
    for (std::size_t s = 0; s < series_.size(); ++s) {
      const double value = series_[s].values[c];
      if (!std::isfinite(value)) continue;
      const double from = x.at(0), to = x.at(value), bar = y + kBar * static_cast<double>(s);
      plot.box(std::min(from, to), bar + 1, std::max(std::abs(to - from), 0.5), kBar - 2, series_colour(s),
               fmt::format("{} {}: {:.4g}", categories_[c], series_[s].name, value));
      const Intervals& interval = series_[s].interval;
      if (interval.empty() || !std::isfinite(interval.low[c]) || !std::isfinite(interval.high[c])) continue;
      const double low = x.at(interval.low[c]), high = x.at(interval.high[c]), middle = bar + kBar / 2;
      plot.line(low, middle, high, middle, "class=\"axis\"");
      plot.line(low, middle - 3, low, middle + 3, "class=\"axis\"");
      plot.line(high, middle - 3, high, middle + 3, "class=\"axis\"");
    }
  }
  plot.line(x.at(0), top, x.at(0), bottom, "class=\"axis\"");
  return plot.svg();
}

}  // namespace atelier::report
