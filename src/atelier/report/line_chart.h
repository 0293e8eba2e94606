#pragma once

#include <string>
#include <vector>

#include "atelier/report/chart_text.h"

namespace atelier::report {

/// Curves over a number. Values that are not finite break the curve. Draws `<svg class="chart">`, coloured by
/// the page.
class LineChart {
 public:
  struct Series {
    std::string name;
    std::vector<double> x, y;  ///< of one length
    Intervals band = {};       ///< around y, drawn as a shade; of the same length or empty
  };
  /// A vertical line with a word, for example where a loss term starts.
  struct Mark {
    double x = 0;
    std::string text;
  };

  explicit LineChart(ChartText text) : text_(std::move(text)) {}

  /// Error Internal "chart.lengths" when the lengths differ.
  LineChart& add(Series series);
  LineChart& mark(Mark mark);
  /// Counts y in powers of ten; values at or below 0 are left out.
  LineChart& logarithmic();

  std::string svg() const;

 private:
  ChartText text_;
  std::vector<Series> series_;
  std::vector<Mark> marks_;
  bool logarithmic_ = false;
};

}  // namespace atelier::report
