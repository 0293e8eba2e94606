#pragma once

#include <string>
#include <vector>

#include "atelier/report/chart_text.h"

namespace atelier::report {

/// Bars lying down, a group of them for each category, so that long names can be read. Bars start at 0.
/// Values that are not finite leave a gap.
class BarChart {
 public:
  struct Series {
    std::string name;
    std::vector<double> values;  ///< one a category
    Intervals interval = {};     ///< drawn as whiskers; one a category or empty
  };

  /// text.height is ignored: the chart grows with its bars.
  BarChart(ChartText text, std::vector<std::string> categories)
      : text_(std::move(text)), categories_(std::move(categories)) {}

  /// Error Internal "chart.lengths" unless there is one value for each category.
  BarChart& add(Series series);

  std::string svg() const;

 private:
  ChartText text_;
  std::vector<std::string> categories_;
  std::vector<Series> series_;
};

}  // namespace atelier::report
