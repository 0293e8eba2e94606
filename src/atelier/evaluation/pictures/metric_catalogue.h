#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace atelier::evaluation {

/// What a number says about a painting, for tables, gates and people.
struct Metric {
  std::string key;    ///< in files and on the command line: "style"
  std::string title;  ///< in tables: "style loss (VGG-19 Gram)"
  bool higher_is_better = false;
  int digits = 3;         ///< behind the point
  bool headline = false;  ///< stands in the first table
  std::string formula;    ///< how it is measured, one sentence
};

/// Those measured on every painting, in the order of the tables.
const std::vector<Metric>& pair_metrics();
/// Those measured on all paintings of a system together.
const std::vector<Metric>& set_metrics();

/// nullptr when there is no metric of that key.
const Metric* find_metric(std::string_view key);
std::vector<std::string> metric_keys();

}  // namespace atelier::evaluation
