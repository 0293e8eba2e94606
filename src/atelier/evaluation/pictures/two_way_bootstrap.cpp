#include "atelier/evaluation/pictures/two_way_bootstrap.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <vector>

namespace atelier::evaluation {
namespace {

// How often each of the indices that occur was drawn; the others stay 0.
std::vector<double> drawn_counts(const std::vector<std::size_t>& present, std::size_t size,
                                 std::mt19937_64& random) {
  std::vector<double> counts(size, 0);
  for (std::size_t i = 0; i < present.size(); ++i) ++counts[present[random() % present.size()]];
  return counts;
}

std::vector<std::size_t> present_indices(std::span<const Cell> cells, std::size_t Cell::*index) {
  std::set<std::size_t> present;
  for (const Cell& cell : cells) present.insert(cell.*index);
  return {present.begin(), present.end()};
}

double percentile(const std::vector<double>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (at - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

}  // namespace

Interval two_way_bootstrap(std::span<const Cell> cells, const BootstrapOptions& options) {
  if (cells.empty()) return {};
  const std::vector<std::size_t> contents = present_indices(cells, &Cell::content);
  const std::vector<std::size_t> styles = present_indices(cells, &Cell::style);
  double sum = 0;
  for (const Cell& cell : cells) sum += cell.value;
  const double mean = sum / static_cast<double>(cells.size());

  std::mt19937_64 random(options.seed);
  std::vector<double> means;
  for (int i = 0; i < options.resamples; ++i) {
    const std::vector<double> of_content = drawn_counts(contents, contents.back() + 1, random);
    const std::vector<double> of_style = drawn_counts(styles, styles.back() + 1, random);
    double total = 0, weight = 0;
    for (const Cell& cell : cells) {
      const double w = of_content[cell.content] * of_style[cell.style];
      total += w * cell.value;
      weight += w;
    }
    if (weight > 0) means.push_back(total / weight);
  }
  if (means.empty()) return {mean, mean, mean};
  std::sort(means.begin(), means.end());
  const double outside = (1 - options.confidence) / 2;
  return {mean, percentile(means, outside), percentile(means, 1 - outside)};
}

}  // namespace atelier::evaluation
