#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "atelier/report/chart_text.h"

namespace atelier::report {

/// Labelled points in groups, joined in their order on request: for example style against content loss of
/// several systems, each a curve over its strength.
class ScatterChart {
 public:
  struct Point {
    double x = 0, y = 0;
    std::string label = {};  ///< written beside it; may be empty
    std::optional<std::pair<double, double>> x_interval = {}, y_interval = {};  ///< drawn as whiskers
  };
  struct Group {
    std::string name;
    std::vector<Point> points;
    bool joined = false;
  };

  explicit ScatterChart(ChartText text) : text_(std::move(text)) {}

  ScatterChart& add(Group group);

  std::string svg() const;

 private:
  ChartText text_;
  std::vector<Group> groups_;
};

}  // namespace atelier::report
